"""The selected runs' curves, drawn together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from workbench.runs.axes import Axis
from workbench.runs.info import RunInfo
from workbench.ui import theme
from workbench.ui.cards import Segments, button, label
from workbench.ui.form import Choice
from workbench.ui.jobs import Latest
from workbench.ui.overlay_lines import BOTH, MOST, Overlay, read_overlay
from workbench.ui.overlay_plot import OverlayPlot
from workbench.ui.plot_legend import PlotLegend
from workbench.ui.wording import spelled
from workbench.ui.workspace import Workspace

_NAMES = {
    BOTH: "Both losses",
    "train_loss": "Training loss",
    "val_loss": "Validation loss",
    "lr": "Learning rate",
}
_SMOOTHEST = 0.2
"""Share of a curve's points that are averaged at most."""


class CurvesOverlay(QWidget):
    """One quantity of several runs, over epochs, steps or time."""

    picked = Signal(str)
    """The run whose line was clicked."""
    coloured = Signal(dict)
    """The theme token of each run that is drawn, by id."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._runs: list[RunInfo] = []
        self._series = "val_loss"
        self.plot = OverlayPlot("overlayPlot")
        self.plot.failed = workspace.tell_error
        self.plot.setAccessibleName(self.tr("Curves of the selected runs"))
        self.legend = PlotLegend("overlayLegend")
        self._none = label("", "muted")
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._read = Latest(workspace.jobs)
        self._read.answered.connect(self._show)
        self._read.failed.connect(workspace.tell_error)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._row = self._controls()
        column.addWidget(self._row)
        column.addWidget(self.legend)
        grid = QGridLayout()
        grid.addWidget(self.plot, 0, 0)
        grid.addWidget(self._none, 0, 0)
        column.addLayout(grid, 1)
        self.plot.picked.connect(self.picked)
        self.plot.looked.connect(self._tell)
        self._show(Overlay("", "epoch"))

    def _controls(self) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.S)
        self._which = Choice()
        self._which.setObjectName("overlaySeries")
        self._which.setAccessibleName(self.tr("What is drawn"))
        self._which.setSizeAdjustPolicy(self._which.SizeAdjustPolicy.AdjustToContents)
        self._which.activated.connect(lambda: self._choose(str(self._which.currentData())))
        self._axis = Segments(
            [("epoch", self.tr("Epoch")), ("step", self.tr("Step")), ("time", self.tr("Time"))], "overlayAxis"
        )
        self._axis.setToolTip(self.tr("What the curves are drawn over; time is at a run's mean speed."))
        self._axis.group.buttonClicked.connect(lambda: self._ask())
        self._log = button(self.tr("Log scale"), "segment", name="overlayLog")
        self._log.setCheckable(True)
        self._log.toggled.connect(self.plot.set_log)
        self.smooth = QSlider(Qt.Orientation.Horizontal)
        self.smooth.setObjectName("overlaySmooth")
        self.smooth.setAccessibleName(self.tr("Smoothing"))
        self.smooth.setToolTip(self.tr("Average over more or fewer of the points before"))
        self.smooth.setRange(0, 100)
        self.smooth.setFixedWidth(96)
        self.smooth.valueChanged.connect(lambda at: self.plot.set_smoothing(_SMOOTHEST * (at / 100) ** 2))
        row.addWidget(self._which)
        row.addWidget(self._axis)
        row.addStretch(1)
        row.addWidget(label(self.tr("Smooth"), "muted"))
        row.addWidget(self.smooth)
        row.addWidget(self._log)
        return made

    def display(self, runs: Sequence[RunInfo]) -> None:
        """Draw these runs' curves as they are now."""
        self._runs = list(runs)
        self._ask()

    def set_current(self, run_id: str) -> None:
        """Draw a run's line thicker."""
        self.plot.set_current(run_id)

    def _choose(self, series: str) -> None:
        self._series = series
        self._ask()

    def _ask(self) -> None:
        folder = self._workspace.folder
        axis = cast(Axis, self._axis.value)
        if folder is None or not self._runs:
            self._show(Overlay("", axis))
            return
        self._read.ask(partial(read_overlay, folder, self._runs, self._series, axis))

    def _show(self, overlay: Overlay) -> None:
        self._offer(overlay)
        self.plot.display(overlay)
        drawn = bool(overlay.lines)
        self.plot.setVisible(drawn)
        self._none.setVisible(not drawn)
        if self._runs:
            self._none.setText(self.tr("No curve was recorded."))
        else:
            self._none.setText(self.tr("Select runs to see their curves."))
        for part in (self._row, self.legend):
            part.setVisible(drawn)
        tokens = {line.run: line.token for line in overlay.lines}
        self.coloured.emit(tokens if len(tokens) > 1 else {})
        self._tell()

    def _offer(self, overlay: Overlay) -> None:
        known = [str(self._which.itemData(place)) for place in range(self._which.count())]
        if known != list(overlay.known):
            self._which.clear()
            for name in overlay.known:
                self._which.addItem(self.tr(_NAMES.get(name, "")) or spelled(name), name)
        self._which.setCurrentIndex(max(0, self._which.findData(overlay.series)))

    def _tell(self) -> None:
        lines, place = self.plot.legend()
        if not place and len(self._runs) > MOST:
            place = self.tr("the newest {} of {} runs").format(MOST, len(self._runs))
        self.legend.display(lines, place)
