"""The one answer that is explained: its score, and where in the network it is attributed to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench.errors import UserError
from workbench.interpret.attribution.scored import Scored
from workbench.interpret.attribution.shapes import rows_per_pass, specs_of, vectors_of_ids
from workbench.interpret.capture import array, capture, device_of, known
from workbench.interpret.look import Look, gradients, look
from workbench.interpret.method import Result
from workbench.interpret.observe import undisturbed
from workbench.interpret.subject import Subject
from workbench.layers import TensorSpec
from workbench.train.outputs import Reading, reading

Array = NDArray[np.generic]
At = Literal["values", "vectors", "layer"]
"""What is attributed to: the Input's values, with gradients the vectors of its ids, or a layer's output."""


@dataclass(eq=False)
class Answer:
    """A score as a function of what stands at a layer, and the sample there.

    ``values``: (1, *shape), what the entrance gives out for the sample. ``summed``: whether the entrance
    holds a vector for each id of the sample, so that attributions are summed over it. ``rows``: how many
    samples go through the network at once. ``total``: how many go through it in all, for the progress.
    """

    subject: Subject
    entrance: str
    summed: bool
    seen: Look
    read: Reading
    values: Tensor
    sample: Tensor
    specs: Mapping[str, TensorSpec]
    rows: int
    total: int = 0
    _done: int = field(default=0, init=False)

    @property
    def at_input(self) -> bool:
        """Whether the arrays are in the sample's shape."""
        return self.summed or self.entrance in self.subject.model.input_ids

    @property
    def target(self) -> int | None:
        """The class whose score it is; None for regression."""
        return None if self.read.task == "regression" else int(self.seen.target or 0)

    def scored(self, model: torch.nn.Module | None = None) -> Scored:
        """Return the score as a module, of a copy of the model if one is given."""
        chosen = self.subject.model if model is None else model
        return Scored(
            chosen,  # type: ignore[arg-type]
            self.read,
            self.target,
            self.sample,
            self.entrance,
            self._passed,
        )

    def difference(self, scored: Scored, start: Tensor) -> float:
        """Return the sample's score minus that of a baseline, (1, *shape)."""
        with torch.no_grad():
            both = scored(torch.cat((self.values, start))).double()
        return float(both[0] - both[1])

    def expect(self, rows: int) -> None:
        """Let progress be told of that many samples more."""
        self.total = self._done + rows

    def leaf(self) -> Tensor:
        """Return the values as what gradients are taken for."""
        return self.values.clone().requires_grad_()

    def result(
        self, attribution: Tensor, note: str, figures: Mapping[str, float] | None = None, **more: Array
    ) -> Result:
        """Return an attribution, (1, *shape), as a method's result. Raises `UserError` for nan."""
        found = attribution.detach()[0]
        if self.summed:
            found = found.sum(-1)
        if not torch.isfinite(found).all():
            raise UserError(
                "the attribution holds values that are no numbers (nan or infinite).",
                place=f"layer {self.entrance}",
                remedy="Choose another method, or a layer behind the one whose gradient isn't finite.",
            )
        arrays = {"attribution": array(found), **more}
        if self.at_input:
            arrays["input"] = array(self.sample[0])
        else:
            arrays["activation"] = array(self.values[0])
        return replace(self.seen.result(arrays, note), figures=dict(figures or {}))

    def _passed(self, rows: int) -> None:
        self._done += rows
        if self.total:
            self.subject.tell(min(self._done, self.total), self.total)


@contextmanager
def answering(subject: Subject, at: At) -> Iterator[Answer]:
    """Look at the subject's sample, and let its model be run in eval mode without a trace.

    Raises `UserError` for samples, targets and layers that aren't there, for a layer without gradients, for
    an output that is no score, and where the network gives values that are no numbers.
    """
    model, dataset = subject.model, subject.dataset
    known(model, [subject.layer] if subject.layer else None)
    specs = specs_of(model.graph)
    read = reading(model, dataset.task, subject.loss)
    _has_scores(model.layer_ids[-1], specs, read, len(dataset.classes))
    entrance, summed = _entrance(subject, at, specs)
    seen = look(replace(subject, layer=entrance), of="score")
    _are_numbers(subject, seen, entrance)
    if at != "values":
        gradients(seen, entrance)
    place = device_of(model)
    with undisturbed(model):
        # weights stay as they are: nothing is kept for gradients of theirs
        model.requires_grad_(False)
        yield Answer(
            subject=subject,
            entrance=entrance,
            summed=summed,
            seen=seen,
            read=read,
            values=torch.as_tensor(seen.captured.activations[entrance], device=place),
            sample=torch.as_tensor(subject.inputs(), device=place),
            specs=specs,
            rows=rows_per_pass(specs),
        )


def _entrance(subject: Subject, at: At, specs: dict[str, TensorSpec]) -> tuple[str, bool]:
    """The layer whose output is attributed to, and whether it holds vectors of the sample's ids."""
    model, first = subject.model, subject.model.input_ids[0]
    if at == "layer":
        return subject.layer or next(iter(model.graph.sources()[-1]), first), False
    if subject.layer not in ("", first):
        raise UserError(
            "this method is of the input, not of a layer.",
            place=f"layer {subject.layer}",
            remedy="Leave the layer out, or use a method for layers.",
        )
    if at == "vectors" and specs[first].dtype == "int64":
        return vectors_of_ids(model.graph, specs), True
    return first, False


def _has_scores(last: str, specs: Mapping[str, TensorSpec], read: Reading, classes: int) -> None:
    if read.form == "embedding":
        return  # refused where its classes are read
    shape = specs[last].shape
    if len(shape) != (2 if read.form == "sequence" else 1):
        raise UserError(
            f"the network's output is {'×'.join(map(str, shape)) or 'a single number'}, not a row of scores.",
            place=f"layer {last}",
            remedy="End the stack in a Linear layer with an output for each class, or one for a value.",
        )
    most = 1 if read.task == "regression" else classes
    if read.form != "sequence" and shape[0] > most:
        raise UserError(
            f"the network has {shape[0]} outputs, and the data have {most} classes."
            if classes
            else f"the network has {shape[0]} outputs, and the data have one value.",
            place=f"layer {last}",
            remedy=f"Give it {most} outputs." if classes else "Give it one output.",
        )


def _are_numbers(subject: Subject, seen: Look, entrance: str) -> None:
    found = seen.captured
    held = found.activations[entrance]
    if np.isfinite(found.outputs).all() and np.isfinite(held.astype(np.float64)).all():
        return
    model, dataset = subject.model, subject.dataset
    everything = capture(model, subject.inputs(), task=dataset.task, loss=subject.loss).activations
    first = next(name for name in model.layer_ids if not np.isfinite(everything[name]).all())
    if first in model.input_ids:
        raise UserError(
            "it holds values that are no numbers (nan or infinite).",
            place="sample",
            remedy="Choose another sample, or mend the data.",
        )
    raise UserError(
        "its output holds values that are no numbers (nan or infinite), so nothing can be attributed.",
        place=f"layer {first}",
        remedy="Choose an earlier epoch, or train again with a lower rate.",
    )
