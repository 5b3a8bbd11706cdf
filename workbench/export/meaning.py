"""What a model's numbers stand for: how stored values become inputs, and what the outputs say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from workbench.build.model import StackModel
    from workbench.build.objective import End
    from workbench.data.dataset import Dataset
    from workbench.graph import Project
    from workbench.graph.project import Task
    from workbench.train.outputs import Reading

_NAMED = 4
"""Classes of which each is named in a sentence; of more, the first two and the last."""

_KINDS: Mapping[End, str] = {
    "softmax": "probabilities",
    "log_softmax": "log-probabilities",
    "sigmoid": "scores of 0 to 1",
    "scores": "scores (logits)",
}


@dataclass(frozen=True)
class Meaning:
    """What whoever gets the file must know besides its shapes.

    ``scale``: the model's inputs are the stored values times this, as float32.
    ``stored``: the dtype of the data's own values, as NumPy calls it.
    ``cut``: where two classes share one output, what the second's is above. None otherwise.
    ``form``: "classes" where each output is a class's (or the value), "embedding", or "sequence" where they
    are at each step, behind blank's.
    ``words``: in the vocabulary, 0 where there is none. ``text``: whether samples are texts, read by it.
    ``output``: the outputs' name, dtype and shape, and what they are.
    """

    task: Task = "regression"
    target: str = "target"
    classes: tuple[str, ...] = ()
    scale: float = 1.0
    stored: str = "float32"
    cut: float | None = None
    form: Literal["classes", "embedding", "sequence"] = "classes"
    words: int = 0
    text: bool = False
    output: str = ""

    @property
    def input(self) -> str:
        """How inputs come from the data's values."""
        if self.text:
            return "the ids of a text's words, behind padding"
        if self.stored == "int64":
            return "whole-number ids, as stored" + (f", of {self.words:,} tokens" if self.words else "")
        return "stored values" + (f" × {self.scale!r}" if self.scale != 1 else "")

    @property
    def range(self) -> str:
        """The stored values that the scale is for."""
        return f"stored values 0 to {1 / self.scale:g}"


def meaning(model: StackModel, dataset: Dataset, project: Project) -> Meaning:
    """Return what a model's numbers stand for, trained on these data as the project says."""
    from workbench.build.check import check
    from workbench.train.outputs import reading

    output = check(model.graph).rows[-1].output
    assert output is not None  # the stack was built, so its shapes fit
    read = reading(model, dataset.task, project.training.loss)
    cut = None
    if dataset.classes and output.shape == (1,) and read.form in {"classes", "apart"}:
        cut = 0.5 if read.end == "sigmoid" else 0.0
    sides = ", ".join(map(str, ("batch", *output.shape)))
    return Meaning(
        task=dataset.task,
        target=dataset.target,
        classes=() if read.form == "embedding" else dataset.classes,
        scale=dataset.scale if dataset.input_dtype == "float32" else 1.0,
        stored=str(dataset.inputs.dtype),
        cut=cut,
        words=len(dataset.vocabulary),
        text=dataset.tokenizer is not None,
        form=read.form if read.form in {"embedding", "sequence"} else "classes",
        output=f"output {output.dtype} [{sides}]: {_said(dataset, read, cut)}",
    )


def _said(dataset: Dataset, read: Reading, cut: float | None) -> str:
    """What the outputs are, in a few words."""
    classes, end = dataset.classes, read.end
    if not classes:
        return f"value of {dataset.target}"
    if cut is not None:
        kind = "probability" if end == "sigmoid" else "score (logit)"
        return f"{kind} of {classes[1]}; up to {cut:g} it is {classes[0]}"
    if read.form == "embedding":
        return f"an embedding, near (Euclidean) to those of the same {dataset.target}"
    named = ", ".join(classes)
    if len(classes) > _NAMED:
        named = f"{classes[0]}, {classes[1]}, … {classes[-1]}"
    if read.form == "directions":
        return f"lengths along the axes of {named}; the longest tells the class"
    if read.form == "sequence":
        return f"{_KINDS[end]} of blank, {named} at each step (CTC)"
    apart = ", each apart (a sigmoid makes them 0 to 1)" if read.form == "apart" and end == "scores" else ""
    return f"{_KINDS[end]} of {named}{apart}"
