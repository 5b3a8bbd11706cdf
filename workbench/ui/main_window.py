"""The window: what is where, and what each action does."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from workbench.ui import places, theme_choice
from workbench.ui.actions import STAGES, Actions
from workbench.ui.between_stages import BetweenStages
from workbench.ui.command_palette import CommandPalette
from workbench.ui.jobs import Jobs
from workbench.ui.kept_notice import KeptNotice
from workbench.ui.layer_health_popover import LayerHealthPopover
from workbench.ui.leaving import may_leave
from workbench.ui.notice import NoticeBar
from workbench.ui.run_controls import RunControl
from workbench.ui.stack_picture import StackPictures
from workbench.ui.stack_splitter import StackSplitter
from workbench.ui.stack_view import StackView
from workbench.ui.stack_vitals import StackVitals
from workbench.ui.stages import Stages
from workbench.ui.starting import Starting
from workbench.ui.status_bar import StatusBar
from workbench.ui.top_bar import TopBar
from workbench.ui.training import Training
from workbench.ui.welcome import Welcome
from workbench.ui.workspace import Workspace


class MainWindow(QMainWindow):
    """One window, one project."""

    painted = Signal()
    """The window was painted for the first time."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle("Model Workbench")
        self.setAcceptDrops(True)
        self.jobs = Jobs(self)
        self.workspace = Workspace(self.jobs)
        self.training = Training(self.workspace)
        self.starting = Starting(self.workspace, self, self._may_leave)
        self.opening = self.starting.opening
        self.pictures = StackPictures(self.workspace, self)
        self.run_control = RunControl(self.workspace, self.training)
        self.stack = StackView(self.workspace)
        self._painted = False
        self.actions_ = Actions(self, self._handlers())
        self._lay_out()
        self._connect()
        self._restore()

    # Layout

    def _lay_out(self) -> None:
        self.top = TopBar(self.workspace, self.training, self.actions_)
        self.notice = NoticeBar()
        self.stack.set_actions(self.actions_)
        self.stages = Stages(self.workspace, self.training)
        StackVitals(self.stack.rows, self.stages, self.training)
        self.health = LayerHealthPopover(
            self.stack.table, self.stack.rows, self.workspace, self.training, self
        )
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.pages = QStackedWidget()
        self._splitter = StackSplitter(self.stack, self.stages)
        self._welcome: Welcome | None = None
        self.pages.addWidget(self._splitter)
        self.status = StatusBar(self.workspace, self.training)
        column.addWidget(self.top)
        column.addWidget(self.notice)
        column.addWidget(self.pages, 1)
        column.addWidget(self.status)
        self.setCentralWidget(right)
        self.setMinimumSize(1180, 640)
        self._palette = CommandPalette(self.actions_.all(), self)
        self.pictures.watch(self.actions_)
        self.run_control.watch(self.actions_)

    def _connect(self) -> None:
        self.workspace.notified.connect(self.notice.display)
        self.workspace.opened.connect(self._on_opened)
        self.workspace.changed.connect(self._title)
        self.top.stage_chosen.connect(self.show_stage)
        BetweenStages(self.stages, self.show_stage, self.training, self.top, self.stack.rows, self.starting)
        self.opening.data_opened.connect(lambda: self.show_stage("design"))
        KeptNotice(self.training, self.notice, partial(self.show_stage, "inspect"))
        self.painted.connect(self.workspace.start_engine)

    def _handlers(self) -> dict[str, Callable[[], object]]:
        handlers: dict[str, Callable[[], object]] = {
            **self.starting.handlers(),
            **self.pictures.handlers(),
            "save": self.workspace.saving.save,
            "close": self.close,
            "undo": self.workspace.undo,
            "redo": self.workspace.redo,
            "search_palette": self.search_palette,
            **self.stack.handlers(),
            "theme_system": lambda: self.set_theme("system"),
            "theme_dark": lambda: self.set_theme("dark"),
            "theme_light": lambda: self.set_theme("light"),
            "commands": lambda: self._palette.present(),
            "train": self.train,
            "queue_run": self.queue_run,
            **self.run_control.handlers(),
        }
        for stage in STAGES:
            handlers[f"stage_{stage}"] = partial(self.show_stage, stage)
        return handlers

    def show_welcome(self) -> None:
        """Show the page from which people start."""
        if self._welcome is None:
            self._welcome = Welcome(places.recent())
            self._welcome.sample_chosen.connect(self.open_sample)
            self._welcome.wanted.connect(lambda key: self.actions_[key].trigger())
            self._welcome.recent_chosen.connect(lambda path: self.open_path(Path(path)))
            self.pages.addWidget(self._welcome)
        self.pages.setCurrentWidget(self._welcome)

    def show_stage(self, stage: str) -> None:
        """Show a stage's panel."""
        if self.workspace.is_open:
            self.pages.setCurrentWidget(self._splitter)
            self.stages.show_stage(stage)
            self.top.show_stage(stage)

    def search_palette(self) -> None:
        """Show the palette and let people type what they look for."""
        self.show_stage("design")
        field = self.findChild(QLineEdit, "paletteSearch")
        if field is not None and self.workspace.is_open:
            field.setFocus()
            field.selectAll()

    # Opening

    def open_sample(self, name: str) -> None:
        """Open a sample as a project of the user's own."""
        self.starting.open_sample(name)

    def open_path(self, path: Path) -> None:
        """Open a project, import a model, or make a project from a data file or folder."""
        self.starting.open_path(path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            QTimer.singleShot(0, lambda: self.open_path(Path(files[0])))

    def _on_opened(self) -> None:
        self.notice.hide()
        if self.workspace.folder is not None:
            places.remember(self.workspace.folder)
        self.show_stage(self.stages.stage or "design")
        self.stack.table.setFocus()
        self._title()

    # Training

    def train(self) -> None:
        """Train what is open and show it."""
        self.show_stage("train")
        self.training.start(self.top.device)

    def queue_run(self) -> None:
        """Add a run of what is open to the queue, and show it."""
        self.show_stage("train")
        panel = self.stages.panel("train")
        if panel is not None and self.workspace.is_open:
            panel.queue_run()  # type: ignore[attr-defined]

    def pause(self) -> None:
        """Pause, or go on."""
        self.run_control.pause()

    # The window itself

    def set_theme(self, name: str) -> None:
        """Wear a theme: dark, light, or the system's."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme_choice.choose(app, name)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.painted.emit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters that nothing else wants begin a layer, wherever the focus is."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        if event.text().isalpha() and plain and self.workspace.is_open:
            self.stack.add.begin(event.text())
        else:
            super().keyPressEvent(event)

    def _title(self) -> None:
        self.setWindowTitle(f"{self.workspace.project.name}[*] — Model Workbench")
        self.setWindowModified(not self.workspace.document.saved)

    def _restore(self) -> None:
        geometry = places.settings().value("geometry")
        if not (isinstance(geometry, QByteArray) and self.restoreGeometry(geometry)):
            self.resize(1440, 900)

    def _may_leave(self) -> bool:
        return may_leave(self, self.workspace, self.training)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._may_leave():
            event.ignore()
            return
        places.settings().setValue("geometry", self.saveGeometry())
        self._splitter.keep()
        self.hide()  # what is under way ends unseen
        self.jobs.close()
        event.accept()
