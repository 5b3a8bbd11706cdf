"""What is said of an attribution: which question it answers, and how far it adds up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset
    from workbench.interpret.method import Result


def question(title: str, result: Result | None, dataset: Dataset, sample: str) -> str:
    """Return what an attribution is of: "Saliency of class 7, sample 12"."""
    say = QCoreApplication.translate
    if result is None or result.target is None:
        return f"{title}, {sample}"
    if not dataset.classes:
        return say("attribution", "{} of the predicted {}, {}").format(title, dataset.target, sample)
    name = dataset.classes[int(result.target)]
    return say("attribution", "{} of class {}, {}").format(title, name, sample)


def accuracy(result: Result) -> str:
    """Return how well the attributions add up to the score's change, "" for methods that don't promise it."""
    figures = result.figures
    if not {"convergence_delta", "score_difference"} <= figures.keys():
        return ""
    change = figures["score_difference"]
    total = change + figures["convergence_delta"]
    say = QCoreApplication.translate
    said = say("attribution", "Attributions sum to {}, the score changes by {}").format(
        short(total), short(change)
    )
    share = figures.get("completeness_error")
    if share is None:
        return f"{said}."
    return f"{said}: {say('attribution', 'error {} %').format(_percent(100 * share))}."


def short(value: float) -> str:
    """Return a number as prose has it: three figures, and all those before the point."""
    return (f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}").replace("-", "−")


def _percent(percent: float) -> str:
    if percent < 0.01:
        return "under 0.01"
    return f"{percent:.2g}" if percent < 10 else f"{percent:.0f}"
