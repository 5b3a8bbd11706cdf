"""From which layer on classes lie apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from workbench.errors import UserError
from workbench.interpret.method import Method, Result, Scope
from workbench.interpret.subject import Subject

if TYPE_CHECKING:
    from workbench.interpret.representation.layer_features import Features

Counts = NDArray[np.int64]


class ConfusionByLayer(Method):
    """Arrays: ``layers`` (layers,) ids; ``confusion`` (layers, classes, classes) int64, rows true classes.

    And ``accuracy`` (layers,). Each layer answers with the class whose centre is nearest; centres are means
    of some samples' features, and others are judged. A layer whose output isn't finite has no counts, and
    accuracy nan. ``model`` (classes, classes): the model's own answers for the same samples, if it has any.
    """

    name = "confusion_by_layer"
    title = "Confusion by layer"
    help = "Which classes each layer still mixes up, where a sample is of the class with the nearest mean."
    scope: ClassVar[Scope] = "samples"

    samples: int = Field(default=2000, ge=10, le=20_000, description="At most so many, drawn evenly.")
    seed: int = Field(default=0, ge=0, le=2**32 - 1, description="Of which samples make the centres.")

    def run(self, subject: Subject) -> Result:
        """See `Method.run`. Raises `UserError` for regression."""
        from workbench.interpret.capture import known
        from workbench.interpret.representation.answers import answers
        from workbench.interpret.representation.fit_parts import fit_parts
        from workbench.interpret.representation.layer_features import MOST_OF_ALL, layer_features
        from workbench.interpret.representation.progress import part

        dataset = subject.dataset
        if dataset.task != "classification":
            raise UserError(
                "its answers are values, so there are no classes to mix up.",
                place="data",
                remedy="Use linear probes.",
            )
        numbers = subject.chosen(self.samples, self.seed)
        layers = known(subject.model, [subject.layer] if subject.layer else None)
        found = layer_features(subject, layers, numbers, MOST_OF_ALL, part(subject.tell, 0, 0.5))
        truth = dataset.targets[numbers].astype(np.int64)
        fitted, judged = fit_parts(truth, True, self.seed)
        count = len(dataset.classes)
        tables = np.zeros((len(layers), count, count), np.int64)
        for number, name in enumerate(layers):
            features = found.features[name]
            if np.isfinite(features).all():
                said = nearest_centre(features[fitted], truth[fitted], features[judged])
                tables[number] = table(truth[judged], said, count)
            part(subject.tell, 0.5, 1)(number + 1, len(layers))
        more = answers(subject, numbers, found.outputs).get("predicted")
        with np.errstate(invalid="ignore"):
            right = np.trace(tables, axis1=1, axis2=2) / tables.sum((1, 2))
        return Result(
            {
                "layers": np.array(layers),
                "confusion": tables,
                "accuracy": right,
                **({} if more is None else {"model": table(truth[judged], more[judged], count)}),
            },
            f"Answers by the nearest of the classes' means at each layer's output: means of {len(fitted):,} "
            f"samples, for {len(judged):,} others.{found.note}",
        )


def nearest_centre(features: Features, classes: Counts, asked: Features) -> Counts:
    """Return the class of the nearest mean, int64 (m,), by Euclidean distance, for m samples' features."""
    there = np.unique(classes)
    centres = np.stack([features[classes == c].mean(0, dtype=np.float64) for c in there])
    # squared distances less each sample's own square, which is the same for all centres
    distances = (centres**2).sum(1) - 2 * asked.astype(np.float64) @ centres.T
    return np.asarray(there[distances.argmin(1)])


def table(true: Counts, predicted: Counts, count: int) -> Counts:
    """Return how often a true class, by row, was taken for another, by column: int64 (count, count)."""
    return np.bincount(true * count + predicted, minlength=count * count).reshape(count, count)
