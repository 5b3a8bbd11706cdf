"""Training by several processes together, as the loop sees it; alone, it costs nothing.

How training calls it, for ``team = Alone()`` and for `workbench.train.processes.Processes` alike:

* once, before the optimiser is made: ``called = team.wrap(setup.model)``; steps call ``called(inputs)``, and
  everything else goes on using ``setup.model``. ``team.plain`` says that steps may neither be compiled whole
  nor captured as a graph.
* an epoch's batches: ``team.batches(setup.train, visits, setup.sizes, first)`` in place of
  ``setup.train.batches(visits, setup.sizes, first)``; sizes, steps and samples everywhere else are those of
  whole batches.
* when to report: ``len(losses) >= team.every`` where that is a number, else by the clock.
* a report: ``team.mean(torch.stack(losses), sizes)``, with the whole batches' sizes of these steps.
* whether weights are finite: ``team.agreed(finite(setup.model))``, as each process may have but a part of
  them, and all must take the same way from there.
* validation: ``val_loss, metrics = team.once(lambda: validation.validate(...))``.
* after each ``yield event`` of the trainer, the last one too: ``team.meet(self, event)``, before it is looked
  whether to stop. There all processes get the same orders, which become calls of the trainer's `change` and
  `stop` and of its controls' `keep`.
* checkpoints hold ``team.whole(tensor)``, and restoring copies ``team.placed(tensor, like)`` into ``like``.
  `Trainer.snapshot`, which only the first process may be asked for, begins with ``team.call()``; the others
  then do the same, without it, in `Trainer.join`.
* vitals and probes: the first process alone looks, with the whole model, for at most a hundredth of the time
  each; the others wait for it at the next exchange. Where the model is sharded nobody can.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

from torch import Tensor, nn

from workbench.train.batches import Batch, Samples
from workbench.train.controls import Controls
from workbench.train.events import Event

Found = TypeVar("Found")


class Led(Protocol):
    """What orders are given to: a `workbench.train.trainer.Trainer`."""

    controls: Controls

    def change(self, name: str, value: float) -> None:
        """Change a setting from the next step on."""

    def stop(self) -> None:
        """End after the next event."""

    def join(self) -> None:
        """Take part in a snapshot that the first process takes."""


class Team(Protocol):
    """The processes that train one model: each learns from its part of every batch."""

    rank: int
    """This process's number; 0 records the run."""
    size: int
    """How many there are."""
    every: int | None
    """Steps between reports, the same in all processes; None: by the clock."""
    plain: bool
    """Whether each step must call the wrapped model itself, as gradients are exchanged on its way."""
    sharded: bool
    """Whether no process has the whole model: then only steps, `once` and snapshots may run it."""

    def wrap(self, model: nn.Module) -> nn.Module:
        """Return the module for steps to call: its gradients are those of the whole batch's mean loss."""

    def batches(
        self, samples: Samples, order: Tensor, sizes: Sequence[int], first: int = 0
    ) -> Iterator[Batch]:
        """Yield this process's part of each batch; arguments as for `Samples.batches`.

        What follows until the next is asked for, learns from that part.
        """

    def mean(self, losses: Tensor, sizes: Sequence[int]) -> Tensor:
        """Return whole batches' mean losses, shape (steps,), from those of this process's parts."""

    def agreed(self, good: bool) -> bool:
        """Return whether it is so in all processes. All of them call it alike."""

    def once(self, function: Callable[[], Found]) -> Found:
        """Return the first process's answer: a value, or a tuple of values, that JSON can hold."""

    def whole(self, tensor: Tensor) -> Tensor:
        """Return a tensor of the model or optimiser with all its parts. All processes call it alike."""

    def placed(self, tensor: Tensor, like: Tensor) -> Tensor:
        """Return this process's part of a whole tensor, laid out as ``like``."""

    def call(self) -> None:
        """Let the others, who wait in `meet`, join the first in taking a snapshot."""

    def meet(self, trainer: Led, event: Event) -> None:
        """Give the trainers of all processes the same orders, after an event that all of them had."""


class Alone:
    """One process: nobody to ask."""

    rank = 0
    size = 1
    every: int | None = None
    plain = False
    sharded = False

    def wrap(self, model: nn.Module) -> nn.Module:
        """Return the model."""
        return model

    def batches(
        self, samples: Samples, order: Tensor, sizes: Sequence[int], first: int = 0
    ) -> Iterator[Batch]:
        """Return whole batches."""
        return samples.batches(order, list(sizes), first)

    def mean(self, losses: Tensor, sizes: Sequence[int]) -> Tensor:
        """Return the losses."""
        return losses

    def agreed(self, good: bool) -> bool:
        """Return whether it is so."""
        return good

    def once(self, function: Callable[[], Found]) -> Found:
        """Return its own answer."""
        return function()

    def whole(self, tensor: Tensor) -> Tensor:
        """Return the tensor."""
        return tensor

    def placed(self, tensor: Tensor, like: Tensor) -> Tensor:
        """Return the tensor."""
        return tensor

    def call(self) -> None:
        """Do nothing."""

    def meet(self, trainer: Led, event: Event) -> None:
        """Do nothing."""
