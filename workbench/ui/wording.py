"""Numbers and names as people read them."""

from __future__ import annotations

import math

from workbench.errors import UserError

_SPACE = "\N{NO-BREAK SPACE}"  # figures and their units stay together
_SHARES = {"accuracy", "precision", "recall", "f1"}

_NAMES = {
    "train_loss": "Training loss",
    "val_loss": "Validation loss",
    "roc_auc": "ROC AUC",
    "f1": "F1",
    "r2": "R²",
    "mean_absolute_error": "MAE",
    "mean_squared_error": "MSE",
    "root_mean_squared_error": "RMSE",
}


def figure(metric: str, value: float) -> str:
    """Return a metric's value: shares in per cent, others with four digits."""
    if not math.isfinite(value):
        return "–"
    return f"{100 * value:.1f}{_SPACE}%" if metric in _SHARES else f"{value:.4g}"


def spelled(metric: str) -> str:
    """Return a metric's name: roc_auc as ROC AUC."""
    return _NAMES.get(metric, metric.replace("_", " ").capitalize())


def count(number: float) -> str:
    """Return a count: 320, 9 216, 92.2 k, 1.3 M."""
    for limit, scale, unit in ((1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k")):
        if number >= limit:
            return f"{number / scale:.1f}{_SPACE}{unit}"
    return grouped(round(number))


def grouped(number: int) -> str:
    """Return a whole number with spaces between thousands."""
    return f"{number:,}".replace(",", _SPACE)


def duration(seconds: float) -> str:
    """Return a time as a clock shows it: 0:42, 1:03:20."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def sentences(error: UserError) -> str:
    """Return what is wrong and what to do, where it is plain what it is about: only a layer is named."""
    said = str(error) if error.place.startswith("layer ") else f"{error.what} {error.remedy}".strip()
    return said[:1].upper() + said[1:]
