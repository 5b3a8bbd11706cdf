"""How the next run is trained: its settings, its learning rate as a plot, and what it will take."""

from __future__ import annotations

from functools import partial

from pydantic import BaseModel
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from workbench.graph import TrainingSection
from workbench.graph.training import Plateau
from workbench.ui import theme
from workbench.ui.cards import Card, scrolling, tab_through
from workbench.ui.preflight_card import PreflightCard
from workbench.ui.schedule_preview import SchedulePreview
from workbench.ui.training import Training
from workbench.ui.training_form import TrainingForm
from workbench.ui.workspace import Workspace

UNKNOWN_STEPS = 100
"""Steps an epoch that the preview assumes while there are no data."""
TAB = Qt.FocusPolicy.TabFocus
ASIDE = (372, 470)
"""Least and greatest width of what stands beside the form."""


class SettingsPage(QWidget):
    """The settings of the next run."""

    def __init__(self, workspace: Workspace, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settingsPage")
        self._workspace = workspace
        self._form = TrainingForm()
        self._form.edited.connect(self._edit)
        self.schedule = SchedulePreview()
        self.preflight = PreflightCard(workspace, training)
        self._aside = self._beside()
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 16, 14, 16)
        row.setSpacing(theme.M)
        row.addWidget(self._settings(), 1)
        row.addWidget(self._aside)
        workspace.changed.connect(self._show)
        workspace.data_changed.connect(self._show)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        least, most = ASIDE
        self._aside.setFixedWidth(max(least, min(most, (self.width() - 48) // 2)))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._order_tabs()  # being put into the window changed it

    def _settings(self) -> Card:
        card = Card(self.tr("Settings"), self.tr("for the next run"))
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 8, 0)
        column.addWidget(self._form)
        column.addStretch(1)
        card.body.addWidget(scrolling(content), 1)
        return card

    def _beside(self) -> QWidget:
        card = Card(self.tr("Learning rate"))
        card.setObjectName("scheduleCard")
        self._schedule_card = card
        self.schedule.setFixedHeight(132)
        self.schedule.pointed.connect(self._hint)
        card.body.addWidget(self.schedule)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(theme.M)
        column.addWidget(card)
        column.addWidget(self.preflight)
        column.addStretch(1)
        area = scrolling(content)
        for trial in (self.preflight.finder, self.preflight.one_batch):
            trial.busy_changed.connect(partial(self._reveal, area, trial))
        return area

    def _reveal(self, area: QScrollArea, part: QWidget) -> None:
        """Scroll to a trial that has begun or has ended, once it has its size."""
        QTimer.singleShot(40, part, lambda: area.ensureWidgetVisible(part, 0, 16))

    def _show(self) -> None:
        training, dataset = self._workspace.project.training, self._workspace.dataset
        before = self._form.editors
        self._form.show_section(training)
        if self._form.editors != before:
            self._order_tabs()
        samples = len(dataset.splits["train"]) if dataset else UNKNOWN_STEPS * training.batch_size
        self.schedule.show_schedule(training, max(1, -(-samples // training.batch_size)))
        self._hint("")

    def _order_tabs(self) -> None:
        """Have the tab key go through the form before what stands beside it, which was made earlier."""
        beside = [part for part in self._aside.findChildren(QWidget) if part.focusPolicy() & TAB]
        tab_through([*self._form.editors, *beside])

    def _hint(self, pointed: str) -> None:
        """Tell the rate under the pointer, or else what the plot can't show."""
        if not pointed and isinstance(self._workspace.project.training.schedule, Plateau):
            pointed = self.tr("falls when the validation loss stalls")
        self._schedule_card.set_hint(pointed)

    def _edit(self, name: str, section: BaseModel) -> None:
        if isinstance(section, TrainingSection):
            project = self._workspace.project.model_copy(update={"training": section})
            text = self.tr("Set {}").format(name.replace(".", " "))
            self._workspace.edit(text, project, f"training.{name}")
