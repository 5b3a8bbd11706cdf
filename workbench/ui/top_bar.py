"""The bar on top: menu, project, stages, device, and the buttons that train."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from workbench.ui import cards
from workbench.ui.actions import STAGES, Actions
from workbench.ui.cards import label
from workbench.ui.form import Choice
from workbench.ui.icons import icon
from workbench.ui.training import Training
from workbench.ui.workspace import Workspace


class TopBar(QFrame):
    """Always there, whatever the stage."""

    stage_chosen = Signal(str)

    def __init__(
        self, workspace: Workspace, training: Training, actions: Actions, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.setFixedHeight(52)
        self._workspace, self._training, self._actions = workspace, training, actions
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 14, 0)
        row.setSpacing(8)
        row.addWidget(self._left(), 1)
        row.addWidget(self._stages(), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._right(), 1)
        workspace.changed.connect(self._update)
        workspace.opened.connect(self._update)
        workspace.checked.connect(self._update)
        workspace.data_changed.connect(self._update)
        training.state_changed.connect(self._update)
        self._update()

    @property
    def device(self) -> str:
        """What the next training runs on: auto, cpu or cuda."""
        return self._device.currentText().lower()

    def show_stage(self, stage: str) -> None:
        """Mark a stage as the current one."""
        self._buttons[stage].setChecked(True)

    def _left(self) -> QWidget:
        holder = QWidget()
        holder.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        menu = QToolButton()
        menu.setObjectName("menuButton")
        menu.setProperty("role", "flat")
        menu.setIcon(icon("list"))
        menu.setToolTip(self.tr("Menu"))
        menu.setAccessibleName(self.tr("Menu"))
        menu.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu.setMenu(self._actions.menu(menu))
        self._name = label("", "heading", name="projectName")
        self._saved = label("", "muted", name="savedState")
        for part in (menu, self._name, self._saved):
            row.addWidget(part)
        row.addStretch(1)
        return holder

    def _stages(self) -> QFrame:
        frame = QFrame()
        frame.setProperty("role", "stages")
        self._stages_frame = frame
        row = QHBoxLayout(frame)
        row.setContentsMargins(3, 3, 3, 3)
        row.setSpacing(2)
        group = QButtonGroup(self)
        self._buttons = {}
        for number, stage in enumerate(STAGES, 1):
            made = cards.button(stage.capitalize(), "stage", name=f"stage_{stage}")
            made.setCheckable(True)
            made.setToolTip(f"{stage.capitalize()} (Ctrl+{number})")
            made.clicked.connect(lambda _=False, stage=stage: self.stage_chosen.emit(stage))
            group.addButton(made)
            row.addWidget(made)
            self._buttons[stage] = made
        return frame

    def _right(self) -> QWidget:
        holder = QWidget()
        holder.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        self._device = Choice()
        self._device.setObjectName("device")
        self._device.addItems(["Auto", "CPU", "CUDA"])
        self._device.setAccessibleName(self.tr("Device"))
        self._device.setToolTip(self.tr("What training runs on. Auto takes CUDA where there is a device."))
        self._device.activated.connect(self._set_device)
        self._pause = cards.button(self.tr("Pause"), name="pauseButton")
        self._stop = cards.button(self.tr("Stop"), name="stopButton")
        self._train = cards.button(self.tr("Train"), "primary", glyph="play", name="trainButton")
        for widget, key in ((self._pause, "pause"), (self._stop, "stop"), (self._train, "train")):
            action = self._actions[key]
            widget.setToolTip(f"{action.text()} ({action.shortcut().toString()})")
            widget.clicked.connect(action.trigger)
        for part in (self._device, self._pause, self._stop, self._train):
            row.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        return holder

    def _set_device(self) -> None:
        section = self._workspace.project.training.model_copy(update={"device": self.device})
        project = self._workspace.project.model_copy(update={"training": section})
        self._workspace.edit(self.tr("Set device"), project)

    def _update(self) -> None:
        workspace, state = self._workspace, self._training.state
        is_open, active = workspace.is_open, self._training.active
        self._name.setText(workspace.project.name if is_open else "Model Workbench")
        saved = self.tr("saved") if workspace.document.saved else self.tr("edited")
        self._saved.setText(saved if is_open else "")
        for part in (self._stages_frame, self._device, self._pause, self._stop, self._train):
            part.setVisible(is_open)
        index = {"auto": 0, "cpu": 1, "cuda": 2}[workspace.project.training.device]
        self._device.setCurrentIndex(index)
        self._pause.setVisible(is_open and active)
        self._stop.setVisible(is_open and active)
        self._device.setEnabled(not active)
        ready = workspace.dataset is not None and workspace.report is not None and not workspace.report.errors
        self._train.setEnabled(ready and not active)
        self._train.setToolTip(self._why_not())
        self._pause.setEnabled(state in ("starting", "running", "paused"))
        self._pause.setText(self.tr("Resume") if state == "paused" else self.tr("Pause"))
        self._stop.setEnabled(state in ("starting", "running", "paused"))
        self._actions["train"].setEnabled(self._train.isEnabled())
        self._say_undo()

    def _why_not(self) -> str:
        """What the Train button says: its keys, or why it can't be pressed."""
        workspace = self._workspace
        if self._training.active:
            return self.tr("A training is under way.")
        if workspace.report is not None and workspace.report.errors:
            return self.tr("The stack doesn't fit yet: {}").format(workspace.report.errors[0].message)
        if workspace.data_error is not None or workspace.project.data is None:
            return self.tr("There are no data yet: choose some in the Data stage.")
        if workspace.dataset is None or workspace.report is None:
            return self.tr("Getting ready…")
        return self.tr("Train ({})").format(self._actions["train"].shortcut().toString())

    def _say_undo(self) -> None:
        document = self._workspace.document
        for key, word, what in (
            ("undo", self.tr("Undo"), document.undo_label),
            ("redo", self.tr("Redo"), document.redo_label),
        ):
            self._actions[key].setText(f"{word}: {what}" if what else word)
            self._actions[key].setEnabled(what is not None)
        self._actions["save"].setEnabled(self._workspace.is_open)
