"""How much of the answer can be read off each layer by a linear model."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from workbench.interpret.method import Method, Result, Scope
from workbench.interpret.subject import Progress, Subject

Floats = NDArray[np.float64]
STEPS = 200
"""Of the solver, at most: enough to judge a layer by."""


class LinearProbe(Method):
    """Arrays: ``layers`` (layers,) ids; ``score`` and ``fit_score`` (layers,) float64.

    Scores are accuracy, or R² for values, on samples held out and on those that the probe was fitted to; nan
    for a layer whose output isn't finite. Figures: ``chance``, the score without any layer.
    Alain and Bengio, 2016.
    """

    name = "linear_probe"
    title = "Linear probes"
    help = (
        "How well a linear model reads the answer off each layer, on samples that it was not fitted to. "
        "Alain and Bengio, 2016."
    )
    scope: ClassVar[Scope] = "samples"

    samples: int = Field(default=1000, ge=10, le=20_000, description="At most so many, drawn evenly.")
    strength: float = Field(
        default=1.0, ge=1e-6, le=1e6, description="Of the L2 penalty on the probe's weights."
    )
    seed: int = Field(default=0, ge=0, le=2**32 - 1, description="Of which samples are held out.")

    def run(self, subject: Subject) -> Result:
        """See `Method.run`."""
        from workbench.interpret.capture import known
        from workbench.interpret.representation.fit_parts import fit_parts
        from workbench.interpret.representation.layer_features import MOST_OF_ALL, layer_features
        from workbench.interpret.representation.progress import part

        numbers = subject.chosen(self.samples, self.seed)
        layers = known(subject.model, [subject.layer] if subject.layer else None)
        found = layer_features(subject, layers, numbers, MOST_OF_ALL, part(subject.tell, 0, 0.1))
        truth = subject.dataset.targets[numbers]
        classes = subject.dataset.task == "classification"
        fitted, judged = fit_parts(truth, classes, self.seed)
        scores = np.full((len(layers), 2), np.nan)
        for number, name in enumerate(layers):
            tell = part(
                subject.tell, 0.1 + 0.9 * number / len(layers), 0.1 + 0.9 * (number + 1) / len(layers)
            )
            features = found.features[name].astype(np.float64)
            if np.isfinite(features).all():
                scores[number] = self._probe(features, truth, fitted, judged, classes, tell)
            tell(1, 1)
        chance, said = _chance(truth, fitted, judged, classes)
        return Result(
            {"layers": np.array(layers), "score": scores[:, 0], "fit_score": scores[:, 1]},
            f"{'Accuracy' if classes else 'R²'} of a "
            f"{'logistic' if classes else 'ridge'} regression on each layer's output, fitted to "
            f"{len(fitted):,} samples and judged on {len(judged):,} others; {said} reaches {chance:.3g}."
            f"{found.note}",
            figures={"chance": chance},
        )

    def _probe(
        self,
        features: Floats,
        truth: NDArray[Any],
        fitted: NDArray[np.int64],
        judged: NDArray[np.int64],
        classes: bool,
        tell: Progress,
    ) -> tuple[float, float]:
        import warnings

        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression, Ridge
        from sklearn.preprocessing import StandardScaler

        from workbench.interpret.representation.progress import listening

        scale = StandardScaler().fit(features[fitted])
        rows, others = short(scale.transform(features[fitted]), scale.transform(features[judged]))
        probe = (
            LogisticRegression(C=1 / self.strength, max_iter=STEPS) if classes else Ridge(alpha=self.strength)
        )
        with warnings.catch_warnings(), listening(tell, "sklearn.linear_model", "loss_gradient", STEPS):
            warnings.simplefilter("ignore", ConvergenceWarning)
            probe.fit(rows, truth[fitted])
        return float(probe.score(others, truth[judged])), float(probe.score(rows, truth[fitted]))


def short(rows: Floats, others: Floats) -> tuple[Floats, Floats]:
    """Return rows, (n, features), and others, (m, features), by at most n features that tell as much.

    They are coordinates in the space that the rows span. Weights under an L2 penalty never leave it, so
    probes answer the same, and fitting them costs a fraction.
    """
    if rows.shape[1] <= len(rows):
        return rows, others
    sizes, axes = np.linalg.eigh(rows @ rows.T)
    kept = sizes > 1e-10 * sizes[-1]
    if not kept.any():  # nothing varies
        return rows[:, :1], others[:, :1]
    axes = axes[:, kept] / np.sqrt(sizes[kept])
    return rows @ (rows.T @ axes), others @ (rows.T @ axes)


def _chance(
    truth: NDArray[Any], fitted: NDArray[np.int64], judged: NDArray[np.int64], classes: bool
) -> tuple[float, str]:
    """The score of what knows only the answers that it was fitted to."""
    if not classes:
        return 0.0, "the mean"
    common = int(np.bincount(truth[fitted]).argmax())
    return float((truth[judged] == common).mean()), "the most common class"
