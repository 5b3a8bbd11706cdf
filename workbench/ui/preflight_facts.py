"""The figures of a run before it starts: parameters, memory, the largest batch, the time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from workbench.train.preflight.amounts import size_of, span
from workbench.ui.cards import button, label, set_role
from workbench.ui.memory_bar import MemoryBar
from workbench.ui.wording import count, grouped

if TYPE_CHECKING:
    from workbench.build.check import Report
    from workbench.train.preflight.forecast import Forecast

_WAITING = "…"


class PreflightFacts(QWidget):
    """A row a figure; what isn't known yet is a dot dot dot."""

    batch_wanted = Signal(int)
    """Take this batch size."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preflightFacts")
        self._size = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._params = self._row(self.tr("Parameters"), "preflightParams")
        self._flops = self._row(self.tr("FLOPs per sample"), "preflightFlops")
        self._memory = self._row(self.tr("Memory per step"), "preflightMemory")
        self.bar = MemoryBar()
        self.bar.setToolTip(
            self.tr("The whole bar is what is free now. The tick leaves a tenth of it alone.")
        )
        self._parts = label("", "small", wrap=True, name="preflightParts")
        for part in (self.bar, self._parts):
            self._grid.addWidget(part, self._grid.rowCount(), 0, 1, 3)
        self._largest = self._row(self.tr("Largest batch"), "preflightLargest")
        self._use = button(self.tr("Use it"), "fix", name="useBatch")
        self._use.clicked.connect(lambda: self.batch_wanted.emit(self._size))
        self._grid.addWidget(self._use, self._grid.rowCount() - 1, 2)
        self._epoch = self._row(self.tr("Time per epoch"), "preflightEpoch")
        self._run = self._row(self.tr("Whole run"), "preflightRun")
        self.show_report(None)
        self.show_forecast(None)

    def show_report(self, report: Report | None) -> None:
        """Show what checking found."""
        self._params.setText(count(report.params) if report else _WAITING)
        self._flops.setText(count(report.flops) if report else _WAITING)

    def show_forecast(self, found: Forecast | None, waiting: str = _WAITING) -> None:
        """Show what is known of a run so far; ``waiting`` stands for all that isn't."""
        memory = found.memory if found else None
        for part in (self.bar, self._parts):
            part.setVisible(memory is not None)
        if found is None or memory is None:
            for value in (self._memory, self._largest, self._epoch, self._run):
                value.setText(waiting)
            set_role(self._memory, "mono")
            self._use.hide()
            return
        room = found.room
        self._memory.setText(self.tr("{} of {} free").format(size_of(memory.total), size_of(room.free)))
        set_role(self._memory, "mono" if found.fits else "problem")
        names = {
            "weights": self.tr("weights"),
            "gradients": self.tr("gradients"),
            "optimizer": self.tr("optimiser"),
            "averages": self.tr("averages"),
            "activations": self.tr("activations"),
            "copies": self.tr("backup copies"),
            "data": self.tr("data"),
        }
        parts = {name: getattr(memory, name) for name in names}
        self.bar.display(list(parts.values()), room.free, room.usable)
        self._parts.setText(" · ".join(f"{names[n]} {size_of(b)}" for n, b in parts.items() if b))
        self._show_largest(found)
        timing = found.timing
        if timing is None:
            text = _WAITING if found.fits else "–"
            self._epoch.setText(text)
            self._run.setText(text)
            return
        speed = self.tr("{} samples/s").format(grouped(round(timing.samples_per_second)))
        self._epoch.setText(f"{span(timing.epoch_seconds)} · {speed}")
        epochs = (
            self.tr("1 epoch") if found.epochs == 1 else self.tr("{} epochs").format(grouped(found.epochs))
        )
        self._run.setText(f"{span(found.run_seconds or 0)} · {epochs}")

    def what_would_fit(self, found: Forecast) -> str:
        """What to do about a step that doesn't fit."""
        if found.largest_batch:
            return self.tr("A step needs more memory than is free. Take a smaller batch, as below.")
        return self.tr(
            "A step needs more memory than is free, even with one sample. Make the network smaller, or free "
            "memory."
        )

    def _show_largest(self, found: Forecast) -> None:
        self._size = found.largest_batch or 0
        if not self._size:
            self._largest.setText(self.tr("not even one sample fits"))
        elif self._size == found.samples:
            self._largest.setText(self.tr("{} · all samples").format(grouped(self._size)))
        else:
            self._largest.setText(grouped(self._size))
        self._largest.setToolTip(
            self.tr("The largest batch whose step leaves a tenth of the free memory alone.")
        )
        self._use.setVisible(bool(self._size) and self._size != found.batch_size)

    def _row(self, name: str, key: str) -> QLabel:
        row = self._grid.rowCount()
        value = label(_WAITING, "mono", name=key)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._grid.addWidget(label(name, "muted"), row, 0)
        self._grid.addWidget(value, row, 1, 1, 1 if key == "preflightLargest" else 2)
        return value
