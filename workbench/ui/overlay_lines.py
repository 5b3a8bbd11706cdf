"""The curves of several runs, read to be drawn together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from workbench.runs.axes import Axis, epoch_ends, places, steps_per_epoch
from workbench.runs.info import RunInfo
from workbench.runs.run import Run
from workbench.runs.scalars import Curve as Points
from workbench.runs.scalars import curves
from workbench.ui.curve import Curve

BOTH = "losses"
"""Not a series, but two: the training and the validation loss."""
MOST = 40
"""Runs that are drawn together; nobody tells more lines apart."""
TOKENS = (
    "accent",
    "validation",
    "normalisation",
    "merge",
    "core",
    "recurrent",
    "attention",
    "signal",
    "arithmetic",
    "pooling",
)


@dataclass(frozen=True)
class Tick:
    """A setting that was changed while training: where on the axis, and in words."""

    x: float
    text: str


@dataclass(frozen=True)
class OverlayLine:
    """A run's curve and how it is drawn."""

    run: str
    name: str
    token: str
    dash: bool
    curve: Curve = field(compare=False)
    ticks: tuple[Tick, ...] = ()
    second: bool = False
    """Drawn thin beside the run's line proper: its training loss, averaged over an epoch."""
    window: int = 1
    """Points that are averaged at least."""


@dataclass(frozen=True)
class Overlay:
    """The lines of one quantity, and the quantities that any of the runs has."""

    series: str
    axis: Axis
    lines: tuple[OverlayLine, ...] = ()
    known: tuple[str, ...] = ()


def read_overlay(folder: Path, runs: Sequence[RunInfo], series: str, axis: Axis) -> Overlay:
    """Read one series of some runs, oldest first; of too many, the newest.

    Where no run has the series, it is the first that there is. Raises `UserError`.
    """
    read = [(info, curves(Run(folder / "runs" / info.id))) for info in runs[-MOST:]]
    known = tuple(dict.fromkeys(name for _, found in read for name in found))
    if {"train_loss", "val_loss"} <= set(known):
        known = (BOTH, *known)
    shown = (
        series if series in known else next((n for n in ("val_loss", "train_loss", *known) if n in known), "")
    )
    lines = []
    for number, (info, found) in enumerate(read):
        look = TOKENS[number % len(TOKENS)], number >= len(TOKENS)
        names = ("train_loss", "val_loss") if shown == BOTH else (shown,)
        lines += [_line(info, found, name, axis, look, shown == BOTH) for name in names if name in found]
    return Overlay(shown, axis, tuple(lines), known)


def _line(
    info: RunInfo, found: dict[str, Points], series: str, axis: Axis, look: tuple[str, bool], both: bool
) -> OverlayLine:
    steps, values = found[series]
    curve = Curve()
    curve.append(places(steps, axis, info, found), values)
    token, dash = look
    if both and series == "train_loss":
        return OverlayLine(info.id, f"{info.id} train", token, True, curve, (), True, _epoch(info, found))
    changes = [(int(change.get("step", 0)), _words(change)) for change in info.changes]
    at = places(np.array([step for step, _ in changes], np.int64), axis, info, found)
    ticks = tuple(Tick(float(x), text) for x, (_, text) in zip(at, changes, strict=True))
    return OverlayLine(info.id, _name(info), token, dash, curve, ticks)


def _epoch(info: RunInfo, found: dict[str, Points]) -> int:
    """The steps of an epoch."""
    ends = epoch_ends(found)
    return int(ends[0]) if len(ends) else round(steps_per_epoch(info))


def _name(info: RunInfo) -> str:
    return f"{info.id} {' '.join(info.tags)}".strip()


def _words(change: dict[str, object]) -> str:
    value, before = change.get("value"), change.get("before")
    figures = [f"{part:.4g}" if isinstance(part, int | float) else str(part) for part in (before, value)]
    told = f"{change.get('name')} {' → '.join(figures)}, from step {change.get('step')} on"
    return f"{told}\n{change['why']}" if change.get("why") else told
