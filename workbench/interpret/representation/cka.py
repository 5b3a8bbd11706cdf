"""How alike the representations of layers are, within a model and between two."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from workbench.errors import UserError
from workbench.interpret.method import Method, Result, Scope
from workbench.interpret.representation.hsic import biased, gram, unbiased
from workbench.interpret.subject import Progress, Subject

if TYPE_CHECKING:
    from workbench.build.model import StackModel

Floats = NDArray[np.float64]


class Cka(Method):
    """Arrays: ``cka`` (rows, columns) float64; ``rows`` and ``columns``, the layers' ids.

    Linear centred kernel alignment (Kornblith et al., 2019): from 0 for nothing in common to 1 for the same
    up to rotation and scale. Columns are layers of the same model, or of ``subject.other`` if there is one.
    It is nan for a layer whose output isn't finite, or is the same for all samples.

    More samples than a batch holds are compared batch by batch, by the unbiased estimate of Nguyen, Raghu and
    Kornblith, 2021, which may lie a little under 0.
    """

    name = "cka"
    title = "CKA between layers"
    help = (
        "How alike what two layers make of the samples is, from 0 to 1. Linear CKA, Kornblith et al., 2019."
    )
    scope: ClassVar[Scope] = "samples"

    samples: int = Field(default=500, ge=10, le=20_000, description="At most so many, drawn evenly.")
    batch: int = Field(
        default=500, ge=10, le=2000, description="Samples compared at once; more are averaged over batches."
    )
    seed: int = Field(default=0, ge=0, le=2**32 - 1, description="Of which samples are drawn.")

    def run(self, subject: Subject) -> Result:
        """See `Method.run`."""
        from workbench.interpret.capture import known
        from workbench.interpret.representation.progress import part

        numbers = subject.chosen(self.samples, self.seed)
        if len(numbers) < 4:
            raise UserError(
                "comparing layers needs 4 samples or more.", place="samples", remedy="Choose another part."
            )
        rows = known(subject.model, [subject.layer] if subject.layer else None)
        other = subject.other or subject.model
        columns = other.layer_ids
        mixed = np.random.default_rng(self.seed).permutation(numbers)
        batches = np.array_split(mixed, -(-len(mixed) // self.batch))
        estimate = biased if len(batches) == 1 else unbiased
        shared = np.zeros((len(rows), len(columns)))
        own, others = np.zeros(len(rows)), np.zeros(len(columns))
        for number, batch in enumerate(batches):
            tell = part(subject.tell, number / len(batches), (number + 1) / len(batches))
            theirs = self._grams(subject, other, columns, batch, part(tell, 0, 0.5))
            if other is subject.model:
                mine = theirs[[columns.index(name) for name in rows]]
            else:
                mine = self._grams(subject, subject.model, rows, batch, part(tell, 0.5, 1))
            shared += estimate(mine, theirs)
            own += [estimate(one[None], one[None])[0, 0] for one in mine]
            others += [estimate(one[None], one[None])[0, 0] for one in theirs]
            tell(1, 1)
        against = "" if other is subject.model else " of two models"
        how = "" if len(batches) == 1 else f", averaged over {len(batches)} batches"
        return Result(
            {"cka": _ratio(shared, own, others), "rows": np.array(rows), "columns": np.array(columns)},
            f"Linear CKA between layers{against}, for {len(numbers):,} samples{how}.",
        )

    @staticmethod
    def _grams(
        subject: Subject,
        model: StackModel,
        layers: tuple[str, ...],
        samples: NDArray[np.int64],
        tell: Progress,
    ) -> Floats:
        """Each layer's inner products of the samples, (layers, n, n)."""
        from workbench.interpret.representation.layer_features import MOST_OF_ALL, features_of

        found = features_of(subject, model, layers, samples, MOST_OF_ALL, tell)
        return np.stack([gram(found.features[name]) for name in layers])


class CkaOfModels(Cka):
    """See `Cka`: rows are layers of the model, columns those of the other."""

    name = "cka_models"
    title = "CKA between models"
    help = (
        "How alike what the layers of two models make of the samples is. Linear CKA, Kornblith et al., 2019."
    )
    scope: ClassVar[Scope] = "models"

    def run(self, subject: Subject) -> Result:
        """See `Method.run`. Raises `UserError` without a second model."""
        if subject.other is None:
            raise UserError(
                "there is no second model to compare with.",
                place="other",
                remedy="Choose another run, or use cka for the layers of one model.",
            )
        return super().run(subject)


def _ratio(shared: Floats, own: Floats, others: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = np.sqrt(np.where(own > 0, own, np.nan))[:, None] * np.sqrt(
            np.where(others > 0, others, np.nan)
        )
        return np.asarray(shared / scale)
