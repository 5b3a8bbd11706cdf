"""Whether a run and the data that are open belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import UserError
from workbench.graph import DataSection

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset
    from workbench.runs.run import Run


def require_same_data(run: Run, section: DataSection | None) -> None:
    """Raise `UserError` unless the run was trained on these data with this split.

    Another split mixes samples that the run has learned into those that judge it.
    """
    if run.project().data != section:
        raise UserError(
            f"run {run.id} was trained on other data, or on another split of them.",
            remedy="Train again, or undo the change in the Data stage.",
        )


def refuse_other_data(run: Run, dataset: Dataset) -> None:
    """Raise `UserError` where the data are not what the run was trained on: its answers would be wrong."""
    trained = run.info().data
    if trained is None:
        return
    differs = []
    if trained.task != dataset.task:
        differs.append(f"the task was {trained.task}, now it is {dataset.task}")
    if trained.sample_shape != dataset.sample_shape:
        was, now = ("×".join(map(str, s)) or "scalar" for s in (trained.sample_shape, dataset.sample_shape))
        differs.append(f"a sample was {was}, now it is {now}")
    if trained.classes != dataset.classes and trained.task == dataset.task:
        was, now = _differing(trained.classes, dataset.classes)
        differs.append(f"the classes were {was}, now they are {now}")
    now_read = dataset.tokenizer.digest if dataset.tokenizer else ""
    if trained.vocabulary != now_read and not differs:
        differs.append("its words have other ids now")
    if differs:
        raise UserError(
            f"the data have changed since it was trained: {'; '.join(differs)}.",
            place=f"run {run.id}",
            remedy="Put them back, or train again.",
        )


def _differing(was: tuple[str, ...], now: tuple[str, ...]) -> tuple[str, str]:
    """Both lists of classes; of long ones, from the first that differs on."""
    same = next(
        (n for n, (a, b) in enumerate(zip(was, now, strict=False)) if a != b), min(len(was), len(now))
    )
    start = same if max(len(was), len(now)) > _SHOWN else 0
    return listed(was, start), listed(now, start)


_SHOWN = 10
"""Of more classes than that, so many are shown."""


def listed(names: tuple[str, ...], start: int = 0) -> str:
    """Return names from ``start`` on, with how many there are; of many, the first ten."""
    shown = [*(["…"] if start else []), *names[start : start + _SHOWN]]
    return ", ".join([*shown, *(["…"] if len(names) > start + _SHOWN else [])]) + f" ({len(names)})"
