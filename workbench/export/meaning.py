"""What a model's numbers stand for: how stored values become inputs, and what the outputs say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.build.model import StackModel
    from workbench.data.dataset import Dataset
    from workbench.graph.project import Task

_NAMED = 4
"""Classes of which each is named in a sentence; of more, the first two and the last."""


@dataclass(frozen=True)
class Meaning:
    """What whoever gets the file must know besides its shapes.

    ``scale``: the model's inputs are the stored values times this, as float32.
    ``stored``: the dtype of the data's own values, as NumPy calls it.
    ``cut``: where two classes share one output, what the second's is above. None otherwise.
    ``output``: the outputs' name, dtype and shape, and what they are.
    """

    task: Task = "regression"
    target: str = "target"
    classes: tuple[str, ...] = ()
    scale: float = 1.0
    stored: str = "float32"
    cut: float | None = None
    output: str = ""

    @property
    def input(self) -> str:
        """How inputs come from the data's values."""
        if self.stored == "int64":
            return "whole-number ids, as stored"
        return "stored values" + (f" × {self.scale!r}" if self.scale != 1 else "")

    @property
    def range(self) -> str:
        """The stored values that the scale is for."""
        return f"stored values 0 to {1 / self.scale:g}"


def meaning(model: StackModel, dataset: Dataset) -> Meaning:
    """Return what a model's numbers stand for, trained on these data."""
    from workbench.build.check import check
    from workbench.train.outputs import reading

    output = check(model.graph).rows[-1].output
    assert output is not None  # the stack was built, so its shapes fit
    end = reading(model, dataset.task).end
    cut = None
    if dataset.classes and output.shape == (1,):
        cut = 0.5 if end == "sigmoid" else 0.0
    sides = ", ".join(map(str, ("batch", *output.shape)))
    return Meaning(
        task=dataset.task,
        target=dataset.target,
        classes=dataset.classes,
        scale=dataset.scale if dataset.input_dtype == "float32" else 1.0,
        stored=str(dataset.inputs.dtype),
        cut=cut,
        output=f"output {output.dtype} [{sides}]: {_said(dataset, end, cut)}",
    )


def _said(dataset: Dataset, end: str, cut: float | None) -> str:
    """What the outputs are, in a few words."""
    classes = dataset.classes
    if not classes:
        return f"value of {dataset.target}"
    if cut is not None:
        kind = "probability" if end == "sigmoid" else "score (logit)"
        return f"{kind} of {classes[1]}; up to {cut:g} it is {classes[0]}"
    kinds = {"softmax": "probabilities", "sigmoid": "scores of 0 to 1", "scores": "scores (logits)"}
    named = ", ".join(classes)
    if len(classes) > _NAMED:
        named = f"{classes[0]}, {classes[1]}, … {classes[-1]}"
    return f"{kinds[end]} of {named}"
