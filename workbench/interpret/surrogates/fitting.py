"""What a surrogate is fitted to, and what it is judged by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.errors import UserError
from workbench.interpret.subject import Subject
from workbench.interpret.surrogates.features import Features

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Fitting:
    """Features and answers of the samples that a surrogate is fitted to and of those held out.

    ``seen`` and ``held``: float64 (n, columns). ``answers`` and ``held_answers``: what the network says,
    class numbers or values. ``truth``: what is true of those held out.
    """

    seen: NDArray[np.float64]
    answers: Array
    held: NDArray[np.float64]
    held_answers: Array
    truth: Array


@dataclass(frozen=True)
class Fidelity:
    """How far a surrogate answers as the network does, on samples that it wasn't fitted to.

    ``fidelity``: the share of equal answers, or R² of the values. ``own`` and ``network``: accuracy or R² of
    the surrogate and of the network against the truth. ``fitted`` and ``held``: numbers of samples.
    """

    fidelity: float
    own: float
    network: float
    fitted: int
    held: int

    def figures(self, score: str) -> dict[str, float]:
        """Return it by name, ``score`` being accuracy or r2."""
        return {
            "fidelity": self.fidelity,
            f"surrogate_{score}": self.own,
            f"network_{score}": self.network,
            "fitted": self.fitted,
            "held_out": self.held,
        }


def fitting(subject: Subject, features: Features, most: int, seed: int) -> Fitting:
    """Ask the network for the training split, and for held-out samples. Raises `UserError`."""
    from workbench.interpret.surrogates.network import Network

    seen, held = shared_out(subject, most, seed)
    dataset, network = subject.dataset, Network(subject)
    network.expect(len(seen) + len(held))
    told = network.answer(dataset.inputs[seen])
    held_out = network.answer(dataset.inputs[held])
    return Fitting(
        features.matrix(dataset.inputs[seen]),
        told.labels,
        features.matrix(dataset.inputs[held]),
        held_out.labels,
        dataset.targets[held],
    )


def fidelity(subject: Subject, fit: Fitting, said: Array) -> Fidelity:
    """Judge a surrogate by what it said of the held-out samples."""
    judge = r2 if subject.dataset.task == "regression" else _accuracy
    return Fidelity(
        judge(fit.held_answers, said),
        judge(fit.truth, said),
        judge(fit.truth, fit.held_answers),
        len(fit.seen),
        len(fit.held),
    )


def shared_out(subject: Subject, most: int, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the numbers of samples to fit to and of others to judge by, at most ``most`` each.

    Fitted is the training split; judged are the subject's samples, or if those are all of that split, the
    test or validation split. Without any outside the training split, a quarter of it is held out. Raises
    `UserError` where there are fewer than two samples.
    """
    chosen, splits = subject.chosen(), subject.dataset.splits
    nothing = np.array([], np.int64)
    train = splits.get("train", nothing)
    parts = (chosen, splits.get("test", nothing), splits.get("validation", nothing))
    held = next((left for part in parts if len(left := np.setdiff1d(part, train))), nothing)
    random = np.random.default_rng(seed)
    if not len(train) or not len(held):
        shuffled = random.permutation(np.union1d(train, chosen))
        if len(shuffled) < 2:
            raise UserError(
                "there is one sample only: a surrogate is fitted to some and judged by others.",
                place="samples",
                remedy="Choose another part, or load more data.",
            )
        aside = max(1, len(shuffled) // 4)
        train, held = shuffled[aside:], shuffled[:aside]
    fitted, judged = (
        np.sort(part if len(part) <= most else random.choice(part, most, replace=False))
        for part in (train, held)
    )
    return fitted, judged


def _accuracy(truth: Array, said: Array) -> float:
    return float(np.mean(truth == said))


def r2(truth: Array, said: Array) -> float:
    """Return R²; as scikit-learn has it, 1 or 0 where the truth doesn't vary."""
    truth, said = truth.astype(np.float64), said.astype(np.float64)
    missed, spread = float(((truth - said) ** 2).sum()), float(((truth - truth.mean()) ** 2).sum())
    if spread == 0:
        return 1.0 if missed == 0 else 0.0
    return 1 - missed / spread
