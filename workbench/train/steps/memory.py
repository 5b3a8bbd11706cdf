"""Going on where memory runs out: the same batch in more parts."""

from __future__ import annotations

import gc
from collections.abc import Mapping

import torch
from torch import Tensor

from workbench.train.ema import Ema
from workbench.train.steps.eager import Eager
from workbench.train.steps.memory_errors import ran_out
from workbench.train.steps.random import random_state, same, set_random_state


class Sparing:
    """A step that is tried again in twice as many parts when memory runs out, and all after it are run so.

    What ran out is let go, the same random numbers are drawn, and the batch gives the gradients that it
    would have given, but for rounding and for what batch norm sees (see `Gradients`). A step whose update
    had begun can't be tried again, nor one whose parts are as small as they can be, ``smallest`` samples:
    the error is raised then. ``parts`` tells the loop what happened.
    """

    def __init__(self, step: Eager, device: torch.device, smallest: int = 1) -> None:
        self._step = step
        self._device = device
        self._smallest = smallest
        self._draws: bool | None = None
        """Whether steps draw random numbers, as all do or none does; None before the first."""

    @property
    def note(self) -> str:
        """What a person should be told, as a sentence; or ""."""
        return self._step.note

    @property
    def parts(self) -> int:
        """How many parts a batch is run in from here on."""
        return self._step.parts

    @property
    def ema(self) -> Ema | None:
        """The averaged weights."""
        return self._step.ema

    def __call__(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """Learn from a batch; return its mean loss."""
        state = random_state(self._device) if self._draws is not False else None
        while True:
            try:
                loss = self._step(inputs, targets)
            except (RuntimeError, MemoryError) as error:
                most = max(1, len(inputs) // self._smallest)
                if not ran_out(error) or self._step.updating or self.parts >= most:
                    raise
            else:
                if self._draws is None and state:
                    self._draws = not same(state, random_state(self._device))
                return loss
            # Only here is the error gone, and with it the tensors that its traceback held on to.
            self._step.parts = min(most, 2 * self.parts)
            self._step.forget()
            gc.collect(1)  # what the step made is young; a whole collection takes as long as many steps
            if self._device.type == "cuda":
                torch.cuda.empty_cache()
            if state:
                set_random_state(state, self._device)

    def state(self) -> Mapping[str, Tensor]:
        """Return what resuming needs beside model and optimiser."""
        return self._step.state()

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Take over what `state` gave."""
        self._step.restore(state)
