"""The columns of the table of runs: what each shows, and which fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QCoreApplication

from workbench.runs.info import RunInfo
from workbench.runs.lookup import Values, best_loss, best_metric, value_of
from workbench.ui.wording import duration, figure, grouped, spelled


def tr(text: str) -> str:
    """Translate what the table says."""
    return QCoreApplication.translate("runs", text)


@dataclass(frozen=True)
class Column:
    """One column: ``key`` is what it is sorted by, `workbench.runs.lookup.value_of` explains."""

    key: str
    title: str
    text: Callable[[RunInfo], str]
    width: int
    help: str = ""
    figures: bool = False
    """Numbers, to the right and in a fixed-width font."""
    rank: int = 99
    """Columns of the lowest ranks are shown where not all fit."""


def columns() -> tuple[Column, ...]:
    """Return all columns, from left to right."""
    return (  # words first, and figures to the right of them
        Column("id", tr("RUN"), lambda run: run.id, 74, rank=0),
        Column("state", tr("STATE"), lambda run: run.state, 92, rank=1),
        Column("tags", tr("TAGS"), lambda run: " ".join(run.tags), 112, tr("F2 edits them"), rank=5),
        Column("notes", tr("NOTES"), _notes, 140, tr("F2 edits them"), rank=6),
        Column("optimizer", tr("OPTIMIZER"), _plain("optimizer"), 92, rank=12),
        Column("device", tr("DEVICE"), _plain("device"), 76, rank=14),
        Column("parent", tr("FROM"), _parent, 96, tr("The run and step it was branched from"), rank=16),
        Column("epochs", tr("EPOCHS"), _epochs, 72, tr("Done, of those planned"), True, 4),
        Column(
            "best_epoch", tr("BEST AT"), _plain("best_epoch"), 74, tr("The epoch of lowest loss"), True, 7
        ),
        Column("best_loss", tr("BEST LOSS"), _loss, 92, tr("The lowest validation loss"), True, 2),
        Column("best_metric", tr("METRIC"), _metric, 100, tr("The metric at the best epoch"), True, 3),
        Column("optimizer.lr", tr("LR"), _plain("optimizer.lr"), 70, tr("Learning rate at first"), True, 10),
        Column("batch_size", tr("BATCH"), _plain("batch_size"), 72, tr("Samples a step"), True, 13),
        Column("seed", tr("SEED"), _plain("seed"), 62, tr("Starts every random choice"), True, 15),
        Column("seconds", tr("TIME"), _time, 68, tr("Time in steps and validation"), True, 8),
        Column("samples_per_second", tr("SAMPLES/S"), _speed, 92, "", True, 11),
        Column("created", tr("STARTED"), _started, 120, "", True, 9),
    )


def fitting(all_columns: Sequence[Column], width: int) -> set[str]:
    """Return the keys of the columns that fit into a width, those that matter most first."""
    chosen: set[str] = set()
    for column in sorted(all_columns, key=lambda column: column.rank):
        width -= column.width
        if width < 0:
            break
        chosen.add(column.key)
    return chosen


def common_metric(runs: Sequence[RunInfo]) -> str:
    """Return the metric that all runs have first, "" where they differ."""
    names = {metric[0] for metric in map(best_metric, runs) if metric}
    return names.pop() if len(names) == 1 else ""


def spoken(values: Values) -> str:
    """Return a value as people read it."""
    if values is None:
        return "–"
    if isinstance(values, tuple):
        return " ".join(values)
    return f"{values:.4g}" if isinstance(values, float) else str(values)


def _plain(key: str) -> Callable[[RunInfo], str]:
    return lambda run: spoken(value_of(run, key))


def _epochs(run: RunInfo) -> str:
    if run.epochs == run.planned_epochs or not run.planned_epochs:
        return str(run.epochs)
    return f"{run.epochs}/{run.planned_epochs}"


def _loss(run: RunInfo) -> str:
    loss = best_loss(run)
    return "–" if loss is None else f"{loss:.4g}"


def _metric(run: RunInfo) -> str:
    metric = best_metric(run)
    return "–" if metric is None else figure(*metric)


def metric_in_words(run: RunInfo) -> str:
    """Return the metric with its name, for runs whose metrics differ."""
    metric = best_metric(run)
    return "–" if metric is None else f"{spelled(metric[0])} {figure(*metric)}"


def _time(run: RunInfo) -> str:
    return duration(run.seconds) if run.seconds else "–"


def _speed(run: RunInfo) -> str:
    return grouped(round(run.samples_per_second)) if run.samples_per_second else "–"


def _started(run: RunInfo) -> str:
    return started(run)


def started(run: RunInfo, seconds: bool = False) -> str:
    """Return when a run was begun, in this place's time."""
    try:
        begun = datetime.fromisoformat(run.created).astimezone()
    except ValueError:
        return "–"
    return begun.strftime("%Y-%m-%d %H:%M:%S" if seconds else "%y-%m-%d %H:%M")


def _parent(run: RunInfo) -> str:
    return f"{run.parent.run} @ {run.parent.step}" if run.parent else "–"


def _notes(run: RunInfo) -> str:
    return " ".join(run.notes.split())
