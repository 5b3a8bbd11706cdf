"""Choosing the run whose weights a panel works with."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QWidget

from workbench.runs.info import RunInfo
from workbench.ui.cards import Page
from workbench.ui.form import Choice
from workbench.ui.inspect.models import UNTRAINED
from workbench.ui.runs_reading import RunsReading
from workbench.ui.training import Training
from workbench.ui.workspace import Workspace


class RunsChoice(Choice):
    """Runs with a saved best checkpoint, newest first; it follows the newest until another is chosen."""

    chosen = Signal()
    """Another run is chosen, or the chosen one has new weights."""

    def __init__(
        self,
        workspace: Workspace,
        training: Training,
        *,
        untrained: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("runChoice")
        self.setAccessibleName(self.tr("Run"))
        self.setToolTip(self.tr("Whose weights to take: a run's best, by validation loss."))
        self.setSizeAdjustPolicy(self.SizeAdjustPolicy.AdjustToContents)
        self._untrained = untrained
        self._reading = RunsReading(workspace)
        self._reading.answered.connect(self._fill)
        self.activated.connect(lambda: self.chosen.emit())
        workspace.opened.connect(self._forget)
        training.ended.connect(self.refresh)
        training.epoch_ended.connect(self._follow)
        self._behind = False  # epochs ended while the stage was out of sight
        self._wanted = ""  # chosen before it was listed
        self.listed = False
        """Whether the runs were read; before that, nobody knows if there are any."""
        self.refresh()

    @property
    def run(self) -> str:
        """The chosen run's id; `UNTRAINED` for fresh weights."""
        return str(self.currentData() or UNTRAINED)

    def choose(self, run_id: str) -> None:
        """Take a run's weights, once it is listed."""
        place = self.findData(run_id)
        self._wanted = "" if place >= 0 else run_id
        if place >= 0 and place != self.currentIndex():
            self.setCurrentIndex(place)
            self.chosen.emit()

    def _forget(self) -> None:
        """Another project is open: its runs aren't known yet."""
        self.listed = False
        self.blockSignals(True)
        self.clear()
        self.blockSignals(False)
        self.refresh()

    def _follow(self) -> None:
        """Read the runs anew if their stage is in sight, else once it is: what hangs on a choice is dear."""
        panel = self._panel()
        if panel is None or panel.isVisible():
            self.refresh()
        elif not self._behind:
            self._behind = True
            panel.installEventFilter(self)

    def _panel(self) -> Page | None:
        """The stage's panel, of which this may be a part that is hidden."""
        here = self.parentWidget()
        while here is not None and not isinstance(here, Page):
            here = here.parentWidget()
        return here

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and self._behind:
            self._behind = False
            watched.removeEventFilter(self)
            self.refresh()
        return super().eventFilter(watched, event)

    def refresh(self) -> None:
        """Read the runs anew."""
        self._reading.refresh()

    def _fill(self, runs: list[RunInfo]) -> None:
        self.listed = True
        usable = [run for run in reversed(runs) if run.best_epoch is not None]
        before, newest = self.run, self.itemData(0)
        self.blockSignals(True)
        self.clear()
        for run in usable:
            self.addItem(self.tr("Run {} · epoch {}").format(run.id, run.best_epoch), run.id)
        if self._untrained:
            self.addItem(self.tr("Untrained"), UNTRAINED)
        follows = before in (newest, UNTRAINED)
        kept = -1 if follows else self.findData(before)
        if self._wanted and self.findData(self._wanted) >= 0:
            kept, self._wanted = self.findData(self._wanted), ""
        self.setCurrentIndex(max(kept, 0))
        self.blockSignals(False)
        self.chosen.emit()
