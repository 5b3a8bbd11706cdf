"""Whether a model and data go together: the sentence that says why not, before torch fails at it."""

from __future__ import annotations

from workbench.build.ends import ends
from workbench.build.model import StackModel
from workbench.build.objective import form_of
from workbench.data.dataset import Dataset
from workbench.errors import UserError
from workbench.graph import training
from workbench.interpret.attribution.shapes import specs_of
from workbench.train.outputs import no_classes


def entrance_misfit(model: StackModel, dataset: Dataset) -> UserError | None:
    """Return why the model can't read the data's samples, None if it can."""
    return next((error for layer, error in _errors(model, dataset, "auto") if layer in model.input_ids), None)


def untold(model: StackModel, dataset: Dataset, loss: training.Loss = training.AUTO) -> UserError | None:
    """Return why the outputs tell of none of the data's classes or values; None if they do."""
    return misfit(model, dataset, loss) or (no_classes() if form_of(loss.name) == "embedding" else None)


def misfit(model: StackModel, dataset: Dataset, loss: training.Loss = training.AUTO) -> UserError | None:
    """Return why the model can't read the data, or its outputs tell nothing of their target; else None.

    Embeddings fit where the loss asks for them, though they tell of no class.
    """
    if dataset.task == "classification" and len(dataset.classes) < 2:
        return UserError(
            "the data have one class only, so there is nothing to tell apart.",
            place="data",
            remedy="Load data of two classes or more.",
        )
    return next((error for _, error in _errors(model, dataset, loss.name)), None)


def _errors(model: StackModel, dataset: Dataset, loss: training.LossName) -> list[tuple[str, UserError]]:
    return [
        (problem.layer, UserError(problem.message, place=f"layer {problem.layer}"))
        for problem in ends(model.graph, dataset.facts, specs_of(model.graph), loss)
        if problem.severity == "error"
    ]
