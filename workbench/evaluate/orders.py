"""Orders in which to look at samples: mistakes, the least sure, the most wrong, those of a class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Order = Literal["mistake", "least sure", "most wrong", "class"]


@dataclass(frozen=True, eq=False)
class Answers:
    """What a model answers for N samples of a part of the data.

    ``numbers``: the samples' in the data, int64 (N,), rising. ``truth`` and ``labels``: class numbers, or for
    regression values, (N,). ``probabilities``: (N, classes), None where there are none.
    """

    numbers: NDArray[np.int64]
    truth: NDArray[Any]
    labels: NDArray[Any]
    probabilities: NDArray[np.float32] | None

    def ordered(self, order: Order, chosen: int = 0) -> NDArray[np.int64]:
        """Return the numbers of the samples that an order goes through, int64, the first first.

        "mistake": answered wrongly, in the data's order. "least sure": by the largest probability, rising.
        "most wrong": the mistakes by the true class's probability, rising; of values by the absolute error,
        falling. "class": those truly of the class ``chosen``, in the data's order. Equals keep the data's
        order. Empty where the answers don't tell.
        """
        if order == "class":
            return self._where(self.truth == chosen)
        if self.truth.dtype.kind == "f":
            error = np.abs(self.truth.astype(np.float64) - self.labels)
            return self._where(np.argsort(-error, kind="stable")) if order == "most wrong" else _NONE
        wrong = self.labels != self.truth
        if order == "mistake":
            return self._where(wrong)
        if self.probabilities is None:
            return _NONE
        if order == "least sure":
            return self._where(np.argsort(self.probabilities.max(1), kind="stable"))
        mistakes = np.flatnonzero(wrong)
        of_truth = self.probabilities[mistakes, self.truth[mistakes]]
        return self._where(mistakes[np.argsort(of_truth, kind="stable")])

    def _where(self, places: NDArray[Any]) -> NDArray[np.int64]:
        return np.asarray(self.numbers[places], np.int64)


def following(ordered: NDArray[np.int64], current: int | None) -> int | None:
    """Return the sample after the current one in an order, from the first again; None where it is empty.

    From a sample that isn't in an order by number, the next larger number follows; else the first.
    """
    if not len(ordered):
        return None
    at = np.flatnonzero(ordered == current) if current is not None else _NONE
    if len(at):
        return int(ordered[(at[0] + 1) % len(ordered)])
    if current is not None and bool((np.diff(ordered) > 0).all()):
        return int(ordered[np.searchsorted(ordered, current) % len(ordered)])
    return int(ordered[0])


_NONE = np.array([], np.int64)
