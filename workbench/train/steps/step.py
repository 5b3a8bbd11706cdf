"""What every kind of step is to the loop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from torch import Tensor

from workbench.train.ema import Ema


class Step(Protocol):
    """A whole step: forward, loss, backward, and the optimiser's update.

    Learning rates and weight decay are those of the optimiser's groups at the time of the call. Random
    numbers come from torch's global generators.
    """

    @property
    def note(self) -> str:
        """What a person should be told, as a sentence; "" for nothing."""

    @property
    def parts(self) -> int:
        """How many parts a batch is run in, one after the other."""

    @property
    def ema(self) -> Ema | None:
        """The averaged weights, where training keeps some."""

    def __call__(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """Learn from a batch, (N, ...) and (N, ...) on the device. Return its mean loss.

        That is a detached scalar on the device, worked out before the update and without penalties, which
        no later step overwrites.
        """

    def state(self) -> Mapping[str, Tensor]:
        """Return what resuming needs beside model and optimiser; not copied."""

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Take over what `state` gave, and what model and optimiser have loaded since. Raises `UserError`."""
