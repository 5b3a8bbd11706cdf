"""What the losses of the epochs tell."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from workbench.train.diagnosis.history import History
from workbench.train.diagnosis.remedies import larger_batch, lower_rate, more_decay, smoothing
from workbench.train.events import Finding, Remedy

WINDOW = 8
"""Epochs that are looked at together."""
LEARNED = 0.2
"""A loss below this share of the untrained one is taken for learned, and may stay as it is."""
PATIENCE = 10


def overfitting(history: History) -> Iterator[Finding]:
    """Validation loss rises while training loss falls: the samples are learned by heart."""
    epochs = [epoch for epoch in history.epochs if epoch.val_loss is not None]
    losses = [epoch.val_loss for epoch in epochs if epoch.val_loss is not None]
    if len(losses) < WINDOW or not np.all(np.isfinite(losses)):
        return
    best = int(np.argmin(losses))
    if len(losses) - 1 - best < 5:
        return
    lowest, now = losses[best], float(np.mean(losses[-3:]))
    trained, training = epochs[best].train_loss, float(np.mean([e.train_loss for e in epochs[-3:]]))
    around = float(np.mean(losses[max(0, best - 1) : best + 2]))  # the best alone is partly luck
    margin = max(0.15 * around, 0.03 * max(losses[0], around))
    if now - around < margin or training > 0.9 * trained:
        return
    patience = Remedy(f"Stop early (patience {PATIENCE})", (("patience", PATIENCE),))
    yield Finding(
        "overfitting",
        "broken" if now > 2 * around else "watch",
        f"Overfitting: since epoch {epochs[best].epoch} validation loss has risen from {lowest:.3g} to "
        f"{now:.3g}, while training loss fell from {trained:.3g} to {training:.3g}.",
        remedies=(
            *more_decay(history),
            *smoothing(history),
            *(() if history.training.patience else (patience,)),
        ),
    )


def oscillation(history: History) -> Iterator[Finding]:
    """The loss jumps up and down from epoch to epoch by a good part of itself."""
    losses = history.judged[history.steady_since :][-WINDOW:]
    if len(losses) < WINDOW or not np.all(np.isfinite(losses)):
        return
    changes = np.diff(losses)
    turns = int((np.sign(changes[1:]) != np.sign(changes[:-1])).sum())
    jump, mean = float(np.abs(changes).mean()), float(np.mean(losses))
    scale = history.first_loss if history.whole else history.judged[0]
    if turns >= 3 and jump > 0.15 * mean and jump > 0.06 * scale:
        yield Finding(
            "oscillation",
            "watch",
            f"The {history.judged_name} jumps by {100 * jump / mean:.0f} % from epoch to epoch: "
            "the learning rate is high for this stack.",
            remedies=(lower_rate(history, 3), larger_batch(history)),
        )


def plateau(history: History) -> Iterator[Finding]:
    """The loss has stopped falling while it is still high, at a rate that stays as it is."""
    window = _flat(history)
    if not window or not history.constant or _learned(history):
        return
    losses = history.judged
    yield Finding(
        "plateau",
        "watch",
        f"The {history.judged_name} has hardly fallen for {window} epochs: {min(losses[:-window]):.4g}, then "
        f"{min(losses[-window:]):.4g}.",
        remedies=(
            lower_rate(history, 3),
            Remedy("Lower it by itself (plateau)", (("schedule.name", "plateau"),)),
        ),
    )


def settled(history: History) -> Iterator[Finding]:
    """The loss has stopped falling, and is low."""
    window = _flat(history)
    if window and _learned(history):
        yield Finding(
            "settled",
            "good",
            f"The {history.judged_name} has settled near {min(history.judged):.3g} for {window} epochs: "
            "more of them will hardly lower it.",
        )


def still_falling(history: History) -> Iterator[Finding]:
    """The run is about to end, or has ended, while the loss still falls."""
    planned, losses = history.training.epochs, history.judged
    some = max(3, planned // 10)
    if len(losses) < max(6, 2 * some) or history.epochs[-1].epoch < 0.95 * planned or not history.constant:
        return
    before, now = float(np.mean(losses[-2 * some : -some])), float(np.mean(losses[-some:]))
    if 0 < now < 0.95 * before and min(losses[-some:]) == min(losses):
        yield Finding(
            "still_falling",
            "good",
            f"The {history.judged_name} still falls, by {100 * (1 - now / before):.0f} % in {some} epochs: "
            "training longer would help.",
            remedies=(Remedy(f"Train {2 * planned} epochs", (("epochs", 2 * planned),)),),
        )


def _flat(history: History) -> int:
    """In how many epochs, up to now, the loss hasn't fallen by a hundredth; 0 for too few."""
    losses = history.judged[history.steady_since :]
    window = max(WINDOW, len(losses) // 5)
    if len(losses) < window + 2:
        return 0
    best, before = min(losses), min(losses[:-window])
    if before - min(losses[-window:]) > 0.01 * abs(before):
        return 0
    while window < len(losses) - 2 and min(losses[: -window - 1]) < best + 0.01 * abs(best):
        window += 1
    return window


def _learned(history: History) -> bool:
    first = history.first_loss if history.whole else history.judged[0]
    return min(history.judged) < LEARNED * first
