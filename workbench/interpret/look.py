"""One sample through the model: what the methods that show layers' outputs have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.build.model import StackModel
from workbench.data.dataset import Dataset
from workbench.errors import UserError
from workbench.graph import training
from workbench.interpret.capture import Capture, capture
from workbench.interpret.method import Of, Result, Target, number, sample_of, target_of

Array = NDArray[np.generic]


@dataclass(frozen=True)
class Look:
    """What a pass with one sample gave, and what its gradients refer to."""

    captured: Capture
    sample: int
    target: Target
    of: str
    """In words: the loss against …, the score of …."""

    def result(self, arrays: Mapping[str, Array], note: str) -> Result:
        """Return arrays as a method's result."""
        predicted = number(self.captured.predicted)
        return Result(arrays, self.sample, self.target, predicted, self.captured.loss, note)


def look(
    model: StackModel,
    dataset: Dataset,
    layer: str | None,
    sample: int,
    target: Target | None,
    *,
    of: Of = "loss",
    loss: training.Loss = training.AUTO,
) -> Look:
    """Run one sample through the model and record a layer, or all for None or "". Raises `UserError`."""
    inputs = sample_of(dataset, sample)
    truth = target_of(dataset, sample, target)
    layers = [layer] if layer else None
    if of == "loss":
        found = capture(model, inputs, truth, layers, task=dataset.task, loss=loss)
        return Look(found, sample, number(truth), f"the loss against {_named(dataset, number(truth))}")
    aimed = None if target is None else truth
    found = capture(model, inputs, aimed, layers, task=dataset.task, of="score", loss=loss)
    if dataset.task == "regression":
        return Look(found, sample, number(truth), "the output")
    meant = number(found.predicted if aimed is None else aimed)
    return Look(found, sample, meant, f"the score of {_named(dataset, meant)}")


def gradients(seen: Look, layer: str | None) -> dict[str, Array]:
    """Return the gradients without the batch dimension. Raises `UserError` if ``layer`` has none."""
    found = {name: gradient[0] for name, gradient in seen.captured.gradients.items()}
    if not layer or layer in found:
        return found
    if seen.captured.activations[layer].dtype == np.int64:
        raise UserError(
            "it holds whole-number ids, which have no gradient.",
            place=f"layer {layer}",
            remedy="Choose the Embedding that reads them, or a layer after it.",
        )
    raise UserError(
        "the output doesn't depend on it, so there is no gradient.",
        place=f"layer {layer}",
        remedy="Choose another layer, or let one read it.",
    )


def _named(dataset: Dataset, target: Target) -> str:
    if dataset.task == "classification":
        return f"class {dataset.classes[int(target)]}"
    return f"{dataset.target} = {target:g}"
