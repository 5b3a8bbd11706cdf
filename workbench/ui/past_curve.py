"""An earlier run's curve, to lay under the live ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.runs.info import RunInfo
from workbench.ui.curve import Curve

LOSSES, RATES = ("val_loss", "train_loss"), ("lr", "learning_rate")


@dataclass(frozen=True)
class PastCurve:
    """A run's validation loss, or its training loss where it has none, or its first metric, over epochs."""

    run: str
    name: str
    shown: str
    curve: Curve | None
    noisy: bool = False


def past_curve(folder: Path, run_id: str, shown: str, other_than: str) -> PastCurve:
    """Return a run's curve of the losses or the metric (``shown``); without an id the best run's.

    ``other_than`` is a run that isn't looked at. Raises `UserError` for a run that can't be read.
    """
    from workbench.runs.scalars import curves
    from workbench.runs.store import RunStore

    store, name = RunStore(folder), f"run {run_id}"
    if not run_id:
        run_id = _best(store.list(), other_than)
        name = f"run {run_id} (best)"
    if not run_id or run_id == other_than:
        return PastCurve(run_id, "", shown, None)
    found = curves(store.open(run_id))
    others = (steps for series, (steps, _) in found.items() if series != "train_loss")
    ends = max(others, key=len, default=None)
    metrics = (series for series in found if series not in (*LOSSES, *RATES))
    wanted = LOSSES if shown == "loss" else metrics
    series = next((s for s in wanted if s in found and len(found[s][0])), None)
    if series is None:
        return PastCurve(run_id, name, shown, None)
    curve = Curve()
    curve.append(in_epochs(found[series][0], ends), found[series][1])
    return PastCurve(run_id, name, shown, curve, series == "train_loss")


def _best(runs: list[RunInfo], other_than: str) -> str:
    """The run with the lowest validation loss, else the lowest training loss; "" for none."""

    def loss(run: RunInfo) -> float:
        return run.best.get("val_loss", run.best.get("train_loss", math.inf))

    known = [run for run in runs if run.id != other_than and math.isfinite(loss(run))]
    return min(known, key=loss).id if known else ""


def in_epochs(steps: NDArray[np.int64], ends: NDArray[np.int64] | None) -> NDArray[np.float64]:
    """Return where steps lie, in epochs that end after the steps ``ends``; after the last, at its pace."""
    if ends is None or not len(ends):
        return steps / max(int(steps[-1]), 1)
    known = np.concatenate(([0], ends))
    found = np.interp(steps, known, np.arange(len(known)))
    pace = 1 / max(int(known[-1] - known[-2]), 1)
    return np.asarray(np.where(steps > known[-1], len(ends) + (steps - known[-1]) * pace, found))
