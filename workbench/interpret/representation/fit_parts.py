"""Samples shared out between fitting a probe and judging it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.errors import UserError

Places = NDArray[np.int64]
HELD_OUT = 0.3


def fit_parts(targets: NDArray[np.generic], classes: bool, seed: int) -> tuple[Places, Places]:
    """Return places in ``targets``, (n,), to fit on and to judge on, three tenths of each class.

    Of a class one sample at least is for fitting. Raises `UserError` where nothing is left to judge on, or
    only one class is there to tell apart.
    """
    random = np.random.default_rng(seed)
    groups = (
        [np.flatnonzero(targets == c) for c in np.unique(targets)] if classes else [np.arange(len(targets))]
    )
    fitted, judged = [], []
    for group in groups:
        mixed = random.permutation(group)
        held = min(round(HELD_OUT * len(mixed)), len(mixed) - 1)
        judged.append(mixed[:held])
        fitted.append(mixed[held:])
    to_fit, to_judge = np.sort(np.concatenate(fitted)), np.sort(np.concatenate(judged))
    if len(to_judge) < 2 or len(to_fit) < 2 or (classes and len(groups) < 2):
        raise UserError(
            "there are too few samples to fit a probe on some and judge it on others.",
            place="samples",
            remedy="Choose a larger part of the data.",
        )
    return to_fit, to_judge
