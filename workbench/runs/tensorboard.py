"""A run's curves as TensorBoard's event files, for those who watch them there."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from workbench.errors import UserError
from workbench.graph.atomic import replace_atomic
from workbench.runs.info import RunInfo
from workbench.runs.run import Run
from workbench.runs.scalars import Curve, curves

AT_ONCE = 5000
"""Values between two words on how far it is: some hundredths of a second."""


def _silent(done: int, total: int) -> None:
    pass


def write_events(run: Run, folder: Path, progress: Callable[[int, int], None] = _silent) -> Path:
    """Write a run's curves into a folder of its own in ``folder``; return that.

    A series is a scalar of that name, a value's time that of the run at its mean speed. TensorBoard keeps
    values as float32. ``progress`` is told how many values are written, and of how many; what it raises ends
    the work, and no file is left. Raises `UserError` where TensorBoard isn't installed, the folder can't be
    written, or holds events of the run already: TensorBoard would draw both.
    """
    try:
        # Its own writer below SummaryWriter: that one hands each value to a thread, and takes thrice as long.
        import tensorboard.summary.writer.record_writer  # noqa: F401
    except ImportError as error:
        raise UserError(
            "TensorBoard is not installed.",
            remedy="Install it with: pip install 'model-workbench[tensorboard]'",
        ) from error
    target = folder / run.id
    if next(target.glob("events.out.tfevents.*"), None) is not None:
        raise UserError(
            f"there are events of run {run.id} here already.",
            place=str(target),
            remedy="Choose another folder, or delete that one.",
        )
    info = run.info()
    begun = _begun(info)
    made = not target.exists()
    file = target / f"events.out.tfevents.{begun:.0f}.{socket.gethostname()}.{run.id}"
    try:
        replace_atomic(file, partial(_write, found=curves(run), begun=begun, info=info, progress=progress))
    except BaseException:
        if made:
            with suppress(OSError):
                target.rmdir()
        raise
    return target


def _begun(info: RunInfo) -> float:
    return (datetime.fromisoformat(info.created) if info.created else datetime.now(UTC)).timestamp()


def _write(
    path: Path, *, found: dict[str, Curve], begun: float, info: RunInfo, progress: Callable[[int, int], None]
) -> None:
    from tensorboard.summary.writer.record_writer import RecordWriter

    total = sum(len(steps) for steps, _ in found.values())
    per_step = info.seconds / info.step if info.step else 0.0
    with path.open("wb") as file:
        records = RecordWriter(file)
        for done, event in enumerate(_events(found, begun, per_step)):
            if done % AT_ONCE == 0:
                progress(done, total)
            records.write(event.SerializeToString())
        records.flush()
    progress(total, total)


def _events(found: dict[str, Curve], begun: float, per_step: float) -> Iterator[Any]:
    """Yield TensorBoard's events: first the format's version, then a value each."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary

    yield Event(wall_time=begun, file_version="brain.Event:2")
    for name, (steps, values) in found.items():
        for step, value in zip(steps.tolist(), values.tolist(), strict=True):
            summary = Summary(value=[Summary.Value(tag=name, simple_value=value)])
            yield Event(wall_time=begun + step * per_step, step=step, summary=summary)
