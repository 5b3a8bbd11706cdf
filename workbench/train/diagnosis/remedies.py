"""What may help, as buttons: each applied as it stands."""

from __future__ import annotations

from workbench.graph.training import LBFGS
from workbench.train.diagnosis.history import History
from workbench.train.events import Remedy


def lower_rate(history: History, by: float = 10) -> Remedy:
    """A lower learning rate, live."""
    rate = _round(history.rate / by)
    return Remedy(f"Lower the learning rate to {rate:g}", (("optimizer.lr", rate),))


def raise_rate(history: History, by: float = 10) -> Remedy:
    """A higher learning rate, live."""
    rate = _round(min(100.0, history.rate * by))
    return Remedy(f"Raise the learning rate to {rate:g}", (("optimizer.lr", rate),))


def larger_batch(history: History) -> Remedy:
    """Twice the batch, live."""
    size = 2 * history.batch_size
    return Remedy(f"Take batches of {size}", (("batch_size", size),))


def more_decay(history: History) -> tuple[Remedy, ...]:
    """More weight decay, live; nothing for an optimiser without."""
    now = history.weight_decay
    if now is None or now >= 1:
        return ()
    usual = 0.01 if history.training.optimizer.name in ("AdamW", "Muon") else 1e-4
    decay = _round(now * 10 if now else usual)
    return (Remedy(f"Raise weight decay to {decay:g}", (("optimizer.weight_decay", decay),)),)


def smoothing(history: History) -> tuple[Remedy, ...]:
    """Smoothed labels, in the next run, where the loss that was chosen has them."""
    if getattr(history.training.loss, "label_smoothing", None) != 0:
        return ()
    return (Remedy("Smooth the labels by 0.1", (("loss.label_smoothing", 0.1),)),)


def clip(history: History) -> tuple[Remedy, ...]:
    """Clipped gradients, in the next run."""
    if history.training.clip_norm or isinstance(history.training.optimizer, LBFGS):
        return ()
    return (Remedy("Clip gradients to a norm of 1", (("clip_norm", 1.0),)),)


def replaced(layers: tuple[str, ...], by: str) -> Remedy:
    """Another type in the place of layers, in the next run."""
    text = f"Use {by}" if len(layers) == 1 else f"Use {by} in all {len(layers)}"
    return Remedy(text, replace=by, layers=layers)


def _round(value: float) -> float:
    return float(f"{value:.1g}")
