"""Where two models of the same data disagree, and from which layer on they see it differently."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from workbench.errors import UserError
from workbench.interpret.method import Method, Result, Scope
from workbench.interpret.subject import Subject

if TYPE_CHECKING:
    from workbench.interpret.representation.layer_features import LayerFeatures

Floats = NDArray[np.float64]


class Contrast(Method):
    """Arrays a sample, (n,): ``samples`` (its number), ``target``, ``predicted``, ``predicted_other``, and
    ``distance``; and arrays a layer that both have, (layers,): ``layers`` (ids), ``difference``, ``cka``.

    ``distance`` of two answers is the total variation between the classes' probabilities, 0 to 1, or for
    regression the size of the difference. ``difference`` is the mean over the samples of ‖a − b‖ over
    (‖a‖ + ‖b‖) / 2 of a layer's two outputs: 0 for the same, nan where their shapes differ. ``cka``: linear
    centred kernel alignment of the two layers (Kornblith et al., 2019): 1 for the same up to rotation and
    scale. Figures: ``agreement`` and ``accuracy`` and ``accuracy_other``, shares of the samples, or
    for regression ``mean_distance``, ``rmse`` and ``rmse_other``; and ``first_layer``, the place in
    ``layers`` of the first whose CKA is below ``alike``, -1 for none.
    """

    name = "contrast"
    title = "Contrast of two models"
    help = "On which samples two models answer differently, and from which layer on they differ."
    scope: ClassVar[Scope] = "models"

    samples: int = Field(default=500, ge=4, le=20_000, description="At most so many, drawn evenly.")
    alike: float = Field(
        default=0.9, ge=0, le=1, description="CKA below which two layers count as different."
    )
    seed: int = Field(default=0, ge=0, le=2**32 - 1, description="Of which samples are drawn.")

    def run(self, subject: Subject) -> Result:
        """See `Method.run`. Raises `UserError` without a second model, and for embeddings."""
        from workbench.interpret.capture import known
        from workbench.interpret.representation.layer_features import MOST_OF_ALL, features_of
        from workbench.interpret.representation.progress import part

        other = subject.other
        if other is None:
            raise UserError(
                "there is no second model to compare with.", place="other", remedy="Choose another run."
            )
        wanted = known(subject.model, [subject.layer] if subject.layer else None)
        layers = [name for name in wanted if name in other.layer_ids]
        numbers = subject.chosen(self.samples, self.seed)
        mine = features_of(subject, subject.model, layers, numbers, MOST_OF_ALL, part(subject.tell, 0, 0.5))
        theirs = features_of(subject, other, layers, numbers, MOST_OF_ALL, part(subject.tell, 0.5, 1))
        arrays, figures = _answers(subject, mine, theirs)
        differences, alike = _by_layer(layers, mine, theirs)
        below = np.flatnonzero(alike < self.alike)
        first = int(below[0]) if len(below) else -1
        arrays |= {"layers": np.array(layers, dtype=np.str_), "difference": differences, "cka": alike}
        return Result(
            arrays,
            f"Two models on {len(numbers):,} samples.",
            figures={**figures, "first_layer": float(first)},
            text=self._words(layers, alike, first),
        )

    def _words(self, layers: list[str], alike: Floats, first: int) -> str:
        if not layers:
            return "The two models have no layer of the same name."
        if first < 0:
            return f"All layers see the samples alike (CKA at least {self.alike:g})."
        return f"From {layers[first]} on they see the samples differently: CKA {alike[first]:.3f} there."


def _answers(
    subject: Subject, mine: LayerFeatures, theirs: LayerFeatures
) -> tuple[dict[str, NDArray[np.generic]], dict[str, float]]:
    """What both say of each sample, how far that is apart, and how often they agree or are right."""
    from workbench.interpret.misfit import misfit
    from workbench.train.outputs import reading

    dataset = subject.dataset
    assert subject.other is not None
    read = reading(subject.model, dataset.task, subject.loss)
    other = reading(subject.other, dataset.task, subject.loss)
    if read.form == "embedding" or other.form == "embedding":
        raise UserError(
            "embeddings tell of no class, so two models' answers can't be compared.",
            place="model",
            remedy="Compare their layers by CKA.",
        )
    for model in (subject.model, subject.other):
        wrong = misfit(model, dataset, subject.loss)
        if wrong:
            raise wrong
    here, there = read.labels(mine.outputs).numpy(), other.labels(theirs.outputs).numpy()
    target = dataset.targets[mine.samples]
    arrays: dict[str, NDArray[np.generic]] = {
        "samples": mine.samples,
        "target": target,
        "predicted": here,
        "predicted_other": there,
    }
    if dataset.task == "regression":
        arrays["distance"] = np.abs(here - there)
        rmse = [float(np.sqrt(np.mean((values - target) ** 2))) for values in (here, there)]
        return arrays, {
            "mean_distance": float(arrays["distance"].mean()),
            "rmse": rmse[0],
            "rmse_other": rmse[1],
        }
    shares, others = read.probabilities(mine.outputs).numpy(), other.probabilities(theirs.outputs).numpy()
    arrays["distance"] = np.abs(shares - others).sum(1) / 2
    right, right_other = here == target, there == target
    return arrays, {
        "agreement": float(np.mean(here == there)),
        "accuracy": float(right.mean()),
        "accuracy_other": float(right_other.mean()),
    }


def _by_layer(layers: list[str], mine: LayerFeatures, theirs: LayerFeatures) -> tuple[Floats, Floats]:
    """How far each layer's two outputs are apart, and their CKA; nan where that can't be said."""
    from workbench.interpret.representation.hsic import biased, gram

    differences, alike = np.full(len(layers), np.nan), np.full(len(layers), np.nan)
    for place, name in enumerate(layers):
        here, there = mine.features[name], theirs.features[name]
        if here.shape == there.shape and np.isfinite(here).all() and np.isfinite(there).all():
            apart = np.linalg.norm(here - there, axis=1)
            size = (np.linalg.norm(here, axis=1) + np.linalg.norm(there, axis=1)) / 2
            differences[place] = np.mean(np.divide(apart, size, out=np.zeros_like(apart), where=size > 0))
        one, two = gram(here)[None], gram(there)[None]
        with np.errstate(over="ignore", invalid="ignore"):  # weights gone wild
            scale = np.sqrt(biased(one, one)[0, 0]) * np.sqrt(biased(two, two)[0, 0])
            if scale > 0:
                alike[place] = biased(one, two)[0, 0] / scale
    return differences, alike
