"""How the next run is trained: its settings, its learning rate as a plot, and what it will take."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from pydantic import BaseModel
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from workbench.graph import TrainingSection
from workbench.graph.training import Plateau
from workbench.ui import theme
from workbench.ui.cards import Card, button, label, scrolling, tab_through
from workbench.ui.in_parts import InParts
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


class SettingsPage(InParts):
    """The settings of the next run."""

    queue_wanted = Signal()
    """A run with these settings is to be put into the queue."""

    def __init__(self, workspace: Workspace, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settingsPage")
        self._workspace, self._training = workspace, training

    def make_parts(self) -> Iterator[None]:
        workspace = self._workspace
        self._form = TrainingForm(self)
        self._form.edited.connect(self._edit)
        self._form.rejected.connect(self._say_fault)
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 16, 14, 16)
        row.setSpacing(theme.M)
        row.addWidget(self._settings(), 1)  # now: what is in it by then is styled once more
        yield
        for _ in self._form.show_groups(workspace.project.training):
            yield
        self.schedule = SchedulePreview(self)
        yield
        self.preflight = PreflightCard(workspace, self._training, self)
        yield
        self._aside = self._beside()
        row.addWidget(self._aside)
        self._fit_aside()
        yield
        workspace.changed.connect(self._show)
        workspace.data_changed.connect(self._show)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.whole:
            self._fit_aside()

    def _fit_aside(self) -> None:
        least, most = ASIDE
        self._aside.setFixedWidth(max(least, min(most, (self.width() - 48) // 2)))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.whole:
            self._order_tabs()  # being put into the window changed it

    def _settings(self) -> Card:
        card = Card(self.tr("Settings"), self.tr("for the next run"))
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 8, 0)
        column.addWidget(self._form)
        column.addStretch(1)
        self._queue = button(self.tr("Add to queue"), "flat", glyph="plus", name="queueSettings")
        self._queue.setToolTip(
            self.tr("Train with these settings later, after what waits already (Ctrl+Shift+Return)")
        )
        self._queue.clicked.connect(self.queue_wanted)
        card.head.addWidget(self._queue)
        card.body.addWidget(scrolling(content), 1)
        self._fault = label("", "problem", wrap=True, name="settingsFault")
        self._fault.hide()
        card.body.addWidget(self._fault)
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
        tab_through([self._queue, *self._form.editors, *beside])

    def _hint(self, pointed: str) -> None:
        """Tell the rate under the pointer, or else what the plot can't show."""
        if not pointed and isinstance(self._workspace.project.training.schedule, Plateau):
            pointed = self.tr("falls when the validation loss stalls")
        self._schedule_card.set_hint(pointed)

    def _say_fault(self, fault: str) -> None:
        """Tell why what is typed can't be, below the form: what is edited stays where it is."""
        self._fault.setText(fault[:1].upper() + fault[1:])
        self._fault.setVisible(bool(fault))

    def _edit(self, name: str, section: BaseModel) -> None:
        self._say_fault("")
        if isinstance(section, TrainingSection):
            project = self._workspace.project.model_copy(update={"training": section})
            text = self.tr("Set {}").format(name.replace(".", " "))
            self._workspace.edit(text, project, f"training.{name}")
