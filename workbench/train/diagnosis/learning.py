"""Runs that are lost: nothing is learned, or what was learned is forgotten."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from workbench.train.diagnosis.history import BLOCK, History
from workbench.train.diagnosis.remedies import clip, lower_rate, raise_rate
from workbench.train.diagnosis.updates import usual
from workbench.train.events import Finding

PATIENCE = 3
"""Epochs in which something should have been learned."""
SLOW = 3e-5
"""Updates below this are too small, where nothing is learned."""


def not_learning(history: History) -> Iterator[Finding]:
    """After some epochs the loss is what it was before the first step."""
    now, first = history.recent_loss, history.first_loss
    if len(history.epochs) < PATIENCE or not history.whole or not history.full_rate or first <= 0:
        return
    now = min(now, *(epoch.train_loss for epoch in history.epochs[-2:]))
    if now < 0.98 * first:
        return
    if now > 1.02 * first:
        remedies = [lower_rate(history)]
    elif 0 < usual(history) < SLOW:
        remedies = [raise_rate(history)]
    else:
        remedies = [lower_rate(history), raise_rate(history)]
    yield Finding(
        "not_learning",
        "broken",
        f"Nothing is being learned: after {len(history.epochs)} epochs the training loss is {now:.4g}; "
        f"untrained it was {first:.4g}.",
        remedies=tuple(remedies),
    )


def divergence(history: History) -> Iterator[Finding]:
    """The training loss rises well above what it had been, and stays there."""
    if len(history.blocks) < 8:
        return
    smooth = np.convolve(history.blocks, np.full(4, 0.25), "valid")
    best, now = float(smooth.min()), float(smooth[-1])
    scale = history.first_loss if history.whole else float(smooth[0])
    if now > 1.5 * best >= 0 and now - best > 0.15 * scale:
        since = BLOCK * (len(smooth) - 1 - int(smooth.argmin()))
        yield Finding(
            "divergence",
            "broken",
            f"The training loss has risen from {best:.4g} to {now:.4g} in {since:,} steps.".replace(",", " "),
            remedies=(lower_rate(history), *clip(history)),
        )
