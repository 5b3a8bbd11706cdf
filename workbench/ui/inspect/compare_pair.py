"""One sample through two models, worked out in the background."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.errors import UserError
from workbench.interpret.method import Method, Result
from workbench.interpret.subject import Progress, Subject, Target
from workbench.ui.inspect.attribution_reading import Reading, read
from workbench.ui.inspect.inspected import MakeSubject
from workbench.ui.inspect.other_model import Other
from workbench.ui.inspect.unit_names import names_in

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Seen:
    """All layers of one model for the sample, without the batch dimension, and its answer in words.

    ``right``: None where no true class is known.
    """

    activations: Mapping[str, Array]
    gradients: Mapping[str, Array]
    answer: str
    right: bool | None
    names: Mapping[str, tuple[str, ...]]
    """What units are called in layers where they have names."""


@dataclass(frozen=True, eq=False)
class Pair:
    """What both models make of a sample. ``of``: what the gradients are of, in words."""

    this: Seen
    that: Seen
    of: str


@dataclass(frozen=True, eq=False)
class Laid:
    """Two arrays on one scale, and their difference, if their shapes are the same."""

    this: Array
    that: Array
    names: tuple[str, ...] = ()
    """Of a vector's units, if they have some."""

    @property
    def difference(self) -> Array | None:
        """The first less the second; float64."""
        if self.this.shape != self.that.shape:
            return None
        return self.this.astype(np.float64) - self.that.astype(np.float64)

    @property
    def limits(self) -> tuple[float, float]:
        """The least and the largest finite value: of pictures those of both, which the difference of values
        of one sign stays within; of vectors also of the difference. Zero lies between them.
        """
        parts = [self.this, self.that]
        if self.this.ndim < 2 and self.difference is not None:
            parts.append(self.difference)
        values = np.concatenate([part.ravel() for part in parts])
        values = values[np.isfinite(values)]
        return float(values.min(initial=0.0)), float(values.max(initial=0.0))

    @property
    def relative(self) -> float:
        """‖a − b‖ over (‖a‖ + ‖b‖) / 2: 0 for the same, at most 2; nan where that isn't known."""
        if self.difference is None:
            return float("nan")
        size = (np.linalg.norm(self.this) + np.linalg.norm(self.that)) / 2
        return float(np.linalg.norm(self.difference) / size) if size > 0 else 0.0


def pair(make: MakeSubject, other: Other, progress: Progress) -> Pair:
    """Run the sample through both models, forward and backward. Raises `UserError`.

    Gradients are of the loss, or where no truth is known of one class's score: the one that this model
    predicts.
    """
    subject = make(progress)
    subject.tell(0, 2)
    this, target, of = _seen(subject)
    subject.tell(1, 2)
    aim = subject.target if subject.truth() is not None or not subject.dataset.classes else target
    that, _, _ = _seen(replace(subject, model=other.load(), target=aim))
    return Pair(this, that, of)


def _seen(subject: Subject) -> tuple[Seen, Target | None, str]:
    from workbench.interpret.look import look
    from workbench.interpret.subject import number

    # a class that is aimed at for want of a true one isn't the truth
    truth = replace(subject, target=None).truth()
    found = look(subject, of="score" if truth is None else "loss")
    seen, classes = found.captured, subject.dataset.classes
    if seen.predicted.size != 1:
        raise UserError("the models answer with more than one number, which isn't a class or value.")
    predicted = number(seen.predicted)
    answer = f"{predicted:.4g}"
    if classes:
        answer = classes[int(predicted)]
        if seen.probabilities is not None:
            answer += f" ({100 * float(seen.probabilities[0].max()):.0f} %)"
    return (
        Seen(
            {name: value[0] for name, value in seen.activations.items()},
            {name: value[0] for name, value in seen.gradients.items()},
            answer,
            None if truth is None or not classes else int(predicted) == int(number(truth)),
            {
                name: names_in(subject.model.graph, name, value.shape[1:], subject.dataset)
                for name, value in seen.activations.items()
            },
        ),
        found.target,
        found.of,
    )


def lay(seen: Pair, layer: str, kind: str, that: str) -> Laid | str:
    """Return a layer's activation or gradient in both models, or a sentence on why they can't be compared."""
    for one, name in ((seen.this, "this model"), (seen.that, that)):
        if layer not in one.activations:
            return f"{layer} isn't part of {name}."
    if kind == "activation":
        here, there = seen.this.activations[layer], seen.that.activations[layer]
    else:
        for one, name in ((seen.this, "this model"), (seen.that, that)):
            if layer not in one.gradients:
                return f"{layer} has no gradient in {name}: the answer doesn't depend on it smoothly."
        here, there = seen.this.gradients[layer], seen.that.gradients[layer]
    if not (here.size and there.size):
        return f"{layer} gives nothing: its output has no values."
    return Laid(here, there, seen.this.names[layer])


@dataclass(frozen=True, eq=False)
class AttributedPair:
    """An attribution by both models, for one class, and its difference: on one scale.

    ``results``: this model's and the other's.
    """

    this: Reading
    that: Reading
    difference: Reading
    results: tuple[Result, Result]


def attributions(method: Method, make: MakeSubject, other: Other, progress: Progress) -> AttributedPair:
    """Explain both models' score of the class that this one predicts. Raises `UserError`."""
    subject = make(lambda done, total: progress(done, 2 * total))
    subject.tell(0, 1)
    here = method.run(subject)
    dataset = subject.dataset
    there = method.run(
        replace(
            subject,
            model=other.load(),
            target=here.target if dataset.classes else None,
            progress=lambda done, total: progress(total + done, 2 * total),
        )
    )
    this, that = read(here, dataset), read(there, dataset)
    signed, limit = this.signed or that.signed, max(this.limit, that.limit)
    return AttributedPair(
        replace(this, signed=signed, limit=limit),
        replace(that, signed=signed, limit=limit),
        replace(this, values=this.values - that.values, signed=True, limit=limit),
        (here, there),
    )
