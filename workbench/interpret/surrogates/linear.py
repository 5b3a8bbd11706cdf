"""A linear support vector machine that answers as the network does."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from workbench.interpret.method import Method, Result
from workbench.interpret.subject import Subject
from workbench.interpret.surrogates.features import Features, features_of
from workbench.interpret.surrogates.fitting import Fidelity, Fitting, fidelity, fitting

Array = NDArray[Any]
STEPS = 5000


@dataclass(frozen=True, eq=False)
class Linear:
    """A fitted machine. Features are standardised, so that their coefficients can be compared.

    ``coefficients``: (classes, columns), by which a standard deviation moves a class's score, or the value,
    (1, columns). ``intercept``: (classes,). ``mean`` and ``scale``: (columns,), in the data's units.
    """

    features: Features
    classes: tuple[str, ...]
    coefficients: NDArray[np.float64]
    intercept: NDArray[np.float64]
    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    settled: bool
    judged: Fidelity

    @property
    def columns(self) -> tuple[str, ...]:
        """Each column's name: the feature's, with the value of a category."""
        found = (self.features.column(n) for n in range(len(self.mean)))
        return tuple(f"{feature.name} is {value}" if value else feature.name for feature, value in found)


class LinearSvm(Method):
    """Arrays ``coefficients``, ``intercept``, ``mean`` and ``scale``: (classes or 1, columns) and as long.

    Cortes and Vapnik, 1995; scikit-learn's ``LinearSVC`` (a class against all others) and ``LinearSVR``.
    """

    name = "linear_svm"
    title = "Linear SVM"
    help = (
        "A linear support vector machine fitted to what the network answers: a weight a feature "
        "(Cortes and Vapnik, 1995)."
    )
    scope = "samples"
    layers = "input"

    C: float = Field(default=1.0, gt=0, description="How much a wrong answer costs against large weights.")
    pool: int = Field(
        default=0, ge=0, description="Side of the squares of pixels that count as one; 0 chooses it."
    )
    samples: int = Field(default=2000, ge=2, description="Most samples that it is fitted to.")
    seed: int = Field(default=0, ge=0, le=2**32 - 1, description="Random state of the draw and the solver.")

    def run(self, subject: Subject) -> Result:
        """See `Method.run`."""
        found = fit_linear(subject, self)
        arrays = {
            "coefficients": found.coefficients,
            "intercept": found.intercept,
            "mean": found.mean,
            "scale": found.scale,
        }
        score = "r2" if subject.dataset.task == "regression" else "accuracy"
        note = "A linear SVM fitted to the network's answers; coefficients are of standardised features."
        if not found.settled:
            note += f" It hasn't settled within {STEPS} steps."
        return Result(arrays, note, figures=found.judged.figures(score), text=words(found))


def words(found: Linear, most: int = 10) -> str:
    """Return the largest coefficients, a line each, under their class."""
    lines = []
    for number, row in enumerate(found.coefficients):
        lines += [found.classes[number]] if found.classes else []
        largest = np.argsort(-np.abs(row), kind="stable")[:most]
        lines += [f"{row[n]:+.4g}  {found.columns[n]}" for n in largest]
    return "\n".join(lines)


def fit_linear(subject: Subject, params: LinearSvm) -> Linear:
    """Fit a linear SVM to the network's answers. Raises `UserError`, see `features_of`."""
    features = features_of(subject.dataset, params.pool)
    fit = fitting(subject, features, params.samples, params.seed)
    mean, scale = fit.seen.mean(0), fit.seen.std(0)
    scale = np.where(scale > 0, scale, 1.0)
    seen, held = (fit.seen - mean) / scale, (fit.held - mean) / scale
    if subject.dataset.task == "regression":
        weights, intercept, steps = _values(seen, fit, params)
        said = (held @ weights.T + intercept)[:, 0]
    else:
        weights, intercept, steps = _classes(seen, fit, params, len(subject.dataset.classes))
        said = (held @ weights.T + intercept).argmax(1)
    classes = subject.dataset.classes if subject.dataset.task == "classification" else ()
    judged = fidelity(subject, fit, said)
    return Linear(features, classes, weights, intercept, mean, scale, steps < STEPS, judged)


def _classes(seen: Array, fit: Fitting, params: LinearSvm, count: int) -> tuple[Array, Array, int]:
    from sklearn.svm import LinearSVC

    # against a class that is never answered, no weights and -1 cost nothing
    weights, intercept = np.zeros((count, seen.shape[1])), np.full(count, -1.0)
    answered = np.unique(fit.answers)
    if len(answered) == 1:  # it always says the same: nothing to part
        intercept[answered] = 1.0
        return weights, intercept, 0
    model = LinearSVC(C=params.C, dual="auto", max_iter=STEPS, random_state=params.seed)
    _fit(model, seen, fit.answers)
    signs = np.array([[-1.0], [1.0]]) if len(answered) == 2 else np.ones((len(answered), 1))
    weights[answered] = signs * model.coef_
    intercept[answered] = signs[:, 0] * model.intercept_
    return weights, intercept, int(model.n_iter_)


def _values(seen: Array, fit: Fitting, params: LinearSvm) -> tuple[Array, Array, int]:
    from sklearn.svm import LinearSVR

    middle, spread = float(fit.answers.mean()), float(fit.answers.std()) or 1.0
    model = LinearSVR(C=params.C, dual="auto", loss="squared_epsilon_insensitive", max_iter=STEPS)
    model.set_params(random_state=params.seed)
    _fit(model, seen, (fit.answers.astype(np.float64) - middle) / spread)
    return model.coef_[None] * spread, np.atleast_1d(model.intercept_) * spread + middle, int(model.n_iter_)


def _fit(model: Any, seen: Array, answers: Array) -> None:
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():  # the result says so itself
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(seen, answers)
