"""Where in training one looks: an epoch, one to compare it with, and a sample."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal


class EpochCursor(QObject):
    """Places among the recorded epochs. It stays at the newest while they grow, once it is there."""

    moved = Signal()
    grown = Signal()
    """`epochs` are others."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.epochs: tuple[int, ...] = ()
        self.place = 0
        self.other = 0
        self.comparing = False
        self.sample = 0

    @property
    def epoch(self) -> int:
        """The epoch that is looked at."""
        return self.epochs[self.place] if self.epochs else 0

    @property
    def other_epoch(self) -> int:
        """The epoch that it is compared with."""
        return self.epochs[self.other] if self.epochs else 0

    def set_epochs(self, epochs: Sequence[int]) -> None:
        """Move among these epochs, ascending, staying where it was."""
        at_end = self.place >= len(self.epochs) - 1
        epoch, other = self.epoch, self.other_epoch
        self.epochs = tuple(epochs)
        self.place = len(epochs) - 1 if at_end else self._nearest(epoch)
        self.other = self._nearest(other)
        self.grown.emit()
        self.moved.emit()

    def go_to(self, epoch: int) -> None:
        """Look at an epoch, or at the last before it that was recorded."""
        self.move(self._nearest(epoch))

    def move(self, place: int) -> None:
        """Look at the epoch at a place."""
        place = max(0, min(place, len(self.epochs) - 1))
        if place != self.place:
            self.place = place
            self.moved.emit()

    def move_other(self, place: int) -> None:
        """Compare with the epoch at a place."""
        place = max(0, min(place, len(self.epochs) - 1))
        if place != self.other:
            self.other = place
            self.moved.emit()

    def compare(self, on: bool) -> None:
        """Compare two epochs, or look at one."""
        self.comparing = on
        self.moved.emit()

    def choose_sample(self, sample: int) -> None:
        """Look at another of the probes."""
        if sample != self.sample:
            self.sample = sample
            self.moved.emit()

    def _nearest(self, epoch: int) -> int:
        return max(0, bisect_right(self.epochs, epoch) - 1)
