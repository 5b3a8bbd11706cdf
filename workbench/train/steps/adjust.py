"""What is done to gradients between backward and the optimiser's update."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torch import Tensor
from torch.nn.utils import clip_grad_norm_, clip_grad_value_

from workbench.graph.training import TrainingSection
from workbench.train.penalties import Penalty

Adjust = Callable[[], None]


def adjuster(training: TrainingSection, parameters: Sequence[Tensor]) -> Adjust | None:
    """Return a function that adds penalties and then clips, by norm and by value; None for neither.

    The order is that of penalties in the loss: what is clipped has them in it. It reads nothing back from
    the device, and works in a graph that is captured or compiled too.
    """
    done: list[Adjust] = []
    if training.l1 or training.l2:
        penalty = Penalty(training.l1, training.l2)
        done.append(lambda: penalty.add(parameters))
    if training.clip_norm:
        done.append(lambda: _clip_norm(parameters, training.clip_norm))
    if training.clip_value:
        done.append(lambda: clip_grad_value_(parameters, training.clip_value))
    if len(done) < 2:
        return done[0] if done else None

    def adjust() -> None:
        for one in done:
            one()

    return adjust


def _clip_norm(parameters: Sequence[Tensor], most: float) -> None:
    clip_grad_norm_(parameters, most)
