"""Changes of a training under way: from the step that they are made at, to what the loop goes on with."""

from __future__ import annotations

import torch

from workbench.train.controls import Wish
from workbench.train.course import Course
from workbench.train.events import Changed
from workbench.train.progress import Progress


def granted(
    wish: Wish, progress: Progress, course: Course, optimizer: torch.optim.Optimizer
) -> tuple[Progress, Changed]:
    """Return the progress with a setting changed from the next step on, and the event that tells of it."""
    if wish.name == "optimizer.lr":
        before = course.lr(progress)(progress.step)
        after = course.with_lr(progress, wish.value)
    elif wish.name == "batch_size":
        before = course.batch_size(progress)
        after = course.with_batch_size(progress, int(wish.value))
    else:
        before = float(optimizer.param_groups[0]["weight_decay"])
        after = progress.model_copy(update={"weight_decay": wish.value})
    steps = course.run_steps(after)
    return after, Changed(progress.step, wish.name, before, wish.value, steps)


def in_parts(parts: int, progress: Progress, course: Course) -> tuple[Progress, Changed]:
    """Return the progress since memory ran out and batches are run in more parts, and what tells of it."""
    after = progress.model_copy(update={"parts": parts})
    size = course.batch_size(progress)
    why = f"Memory didn't suffice for a batch of {size}: it is run in {parts} parts from here on."
    steps = course.run_steps(after)
    return after, Changed(progress.step, "accumulate", progress.parts, parts, steps, why)
