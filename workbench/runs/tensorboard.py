"""A run's curves as TensorBoard's event files, for those who watch them there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from workbench.errors import UserError
from workbench.graph.atomic import unwritable
from workbench.runs.run import Run
from workbench.runs.scalars import curves


def write_events(run: Run, folder: Path) -> Path:
    """Write a run's curves into a folder of its own in ``folder``; return that.

    A series is a scalar of that name, a value's time that of the run at its mean speed. TensorBoard keeps
    values as float32. Raises `UserError` where TensorBoard isn't installed, the folder can't be written, or
    holds events of the run already: TensorBoard would draw both.
    """
    try:
        from torch.utils.tensorboard import SummaryWriter
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
    begun = (
        datetime.fromisoformat(info.created).timestamp() if info.created else datetime.now(UTC).timestamp()
    )
    per_step = info.seconds / info.step if info.step else 0.0
    try:
        writer = SummaryWriter(str(target))
        try:
            for name, (steps, values) in curves(run).items():
                for step, value in zip(steps.tolist(), values.tolist(), strict=True):
                    writer.add_scalar(name, value, step, walltime=begun + step * per_step)
        finally:
            writer.close()
    except OSError as error:
        raise unwritable(target, error) from error
    return target
