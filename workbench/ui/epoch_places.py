"""Where in the epochs a training's steps are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.train.events import Changed, EpochEnded, Started


class EpochPlaces:
    """Follows a training's events; `of` tells where steps are, in epochs, which never falls."""

    def __init__(self) -> None:
        self._step = 0
        self._at = 0.0
        self._pace = 1.0
        """How much of an epoch a step is, from ``_step`` on."""
        self._end = 1
        """The epoch under way: no step of it is beyond."""
        self._samples = 1

    def begin(self, event: Started) -> None:
        """Take the start, of a new training or one that is gone on with."""
        self._step, self._end, self._samples = event.first_step, event.first_epoch, event.train_samples
        # Of one whose batches have had another size, steps alone don't tell the epoch.
        at = event.first_step / max(event.steps_per_epoch, 1)
        self._at = min(max(at, self._end - 1), self._end)
        self._pace = (event.epochs - self._at) / max(event.run_steps - event.first_step, 1)

    def end_epoch(self, event: EpochEnded) -> None:
        """Take an epoch's end, from which on all is exact again."""
        self._step, self._at, self._end = event.step, float(event.epoch), event.epoch + 1

    def change_batch_size(self, event: Changed) -> None:
        """Take another batch size."""
        self._at = float(self.of(event.step, 1)[0])
        self._step = event.step
        self._pace = min(event.value / self._samples, 1.0)

    def of(self, step: int, count: int) -> NDArray[np.float64]:
        """Return where steps are done in the epochs, shape (count,), the first after ``step`` steps."""
        done = np.arange(step - self._step, step - self._step + count)
        return np.asarray(np.minimum(self._at + done * self._pace, self._end), np.float64)
