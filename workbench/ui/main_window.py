"""The window: what is where, and what each action does."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLineEdit,
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from workbench.ui import places, theme
from workbench.ui.actions import STAGES, Actions
from workbench.ui.command_palette import CommandPalette
from workbench.ui.jobs import Jobs
from workbench.ui.layer_health_popover import LayerHealthPopover
from workbench.ui.leaving import may_drop_edits, may_stop_training
from workbench.ui.notice import Notice, NoticeBar
from workbench.ui.run_controls import RunControl
from workbench.ui.runs_choice import RunsChoice
from workbench.ui.stack_picture import StackPictures
from workbench.ui.stack_view import StackView
from workbench.ui.stack_vitals import StackVitals
from workbench.ui.stages import Stages
from workbench.ui.starting import Starting
from workbench.ui.status_bar import StatusBar
from workbench.ui.top_bar import TopBar
from workbench.ui.training import Training
from workbench.ui.welcome import Welcome
from workbench.ui.wording import figure, spelled
from workbench.ui.workspace import Workspace

STACK_SHARE = 0.38
"""Of the window's width, until the user drags the handle."""


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
        self._painted = False
        self._split_by_hand = False
        self._kept = ""
        """What was last said of a run that ended."""
        self.actions_ = Actions(self, self._handlers())
        self._lay_out()
        self._connect()
        self._restore()

    # Layout

    def _lay_out(self) -> None:
        self.top = TopBar(self.workspace, self.training, self.actions_)
        self.notice = NoticeBar()
        self.stack = StackView(self.workspace)
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
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setObjectName("splitter")
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(1)
        self._splitter.addWidget(self.stack)
        self._splitter.addWidget(self.stages)
        self._splitter.splitterMoved.connect(self._on_splitter_moved)
        self._splitter.setStretchFactor(0, 0)
        self._splitter.setStretchFactor(1, 1)
        self.stack.setMinimumWidth(380)
        self.stages.setMinimumWidth(560)
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
        self.stages.made.connect(self._on_stage_made)
        self.opening.data_opened.connect(lambda: self.show_stage("design"))
        self.training.ended.connect(self._on_training_ended)
        self.training.run_opened.connect(self._on_run_opened)
        self.painted.connect(self.workspace.start_engine)

    def _handlers(self) -> dict[str, Callable[[], object]]:
        handlers: dict[str, Callable[[], object]] = {
            **self.starting.handlers(),
            **self.pictures.handlers(),
            "save": self.workspace.save,
            "close": self.close,
            "undo": self.workspace.undo,
            "redo": self.workspace.redo,
            "add_layer": lambda: self.stack.add.begin(),
            "search_palette": self.search_palette,
            **self._stack_handlers(),
            "theme_system": lambda: self.set_theme("system"),
            "theme_dark": lambda: self.set_theme("dark"),
            "theme_light": lambda: self.set_theme("light"),
            "commands": lambda: self._palette.present(),
            "train": self.train,
            **self.run_control.handlers(),
        }
        for stage in STAGES:
            handlers[f"stage_{stage}"] = partial(self.show_stage, stage)
        return handlers

    def _stack_handlers(self) -> dict[str, Callable[[], object]]:
        edits = self.workspace.stack
        return {
            "find": lambda: self.stack.finder.begin(),
            "cut": edits.cut,
            "copy": edits.copy,
            "paste": edits.paste,
            "duplicate": edits.duplicate,
            "bypass": edits.toggle_bypass,
            "move_up": lambda: self.stack.table.nudge(up=True),
            "move_down": lambda: self.stack.table.nudge(up=False),
            "remove": edits.remove,
            "apply_fix": lambda: self.stack.table.apply_fix(),
            "make_block": lambda: self.stack.make_block(),
            "ungroup": lambda: self.stack.ungroup(),
            "repeat_block": lambda: self.stack.repeat_block(),
            "keep_block": edits.keep_block,
            "fold_all": lambda: self.stack.fold_all(True),
            "unfold_all": lambda: self.stack.fold_all(False),
        }

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

    def pause(self) -> None:
        """Pause, or go on."""
        self.run_control.pause()

    def _on_stage_made(self, stage: str) -> None:
        panel = self.stages.panel(stage)
        if stage == "train":
            panel.runs.resume_wanted.connect(  # type: ignore[union-attr]
                lambda run: self.training.start(self.top.device, run)
            )
            panel.runs.branch_wanted.connect(  # type: ignore[union-attr]
                lambda run, step: self.training.branch(run, step, self.top.device)
            )
            panel.runs.evaluate_wanted.connect(partial(self._look_at, "evaluate"))  # type: ignore[union-attr]
            panel.runs.inspect_wanted.connect(partial(self._look_at, "inspect"))  # type: ignore[union-attr]
        if stage == "inspect":
            panel.vitals_ready.connect(self.stack.rows.set_vitals)  # type: ignore[union-attr]
        if stage == "evaluate":
            panel.sample_wanted.connect(self._inspect_sample)  # type: ignore[union-attr]
        if stage == "data":
            panel.data_wanted.connect(self._replace_data)  # type: ignore[union-attr]

    def _look_at(self, stage: str, run_id: str) -> None:
        """Evaluate or inspect a run."""
        self.show_stage(stage)
        panel = self.stages.panel(stage)
        choice = panel.findChild(RunsChoice) if panel else None
        if choice is not None:
            choice.choose(run_id)

    def _inspect_sample(self, part: str, index: int) -> None:
        self.show_stage("inspect")
        self.stages.panel("inspect").go_to(part, index)  # type: ignore[union-attr]

    def _replace_data(self, folder: bool) -> None:
        if folder:
            chosen = QFileDialog.getExistingDirectory(self, self.tr("Choose a folder of data"))
        else:
            chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Choose data"))
        if chosen:
            self.opening.replace_data(Path(chosen))

    def _on_training_ended(self, run_id: str) -> None:
        epoch = self.training.best_epoch
        if not run_id or epoch is None or (self.notice.isVisible() and self.notice.tone == "problem"):
            return
        name = next(iter(epoch.metrics), "")
        best = f"{spelled(name)} {figure(name, epoch.metrics[name])}" if name else ""
        text = self.tr("Run {} is kept. Lowest validation loss at epoch {}: {}.")
        text = self._kept = text.format(run_id, epoch.epoch, best or f"{epoch.val_loss:.4g}")
        look = (self.tr("Inspect it"), lambda: self.show_stage("inspect"))
        self.notice.display(Notice("good", text, (look,)))

    def _on_run_opened(self) -> None:
        if self.notice.text == self._kept:  # of the run before
            self.notice.hide()

    # The window itself

    def set_theme(self, name: str) -> None:
        """Wear a theme: dark, light, or the system's."""
        places.settings().setValue("theme", name)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.apply(app, theme.THEMES.get(name) or theme.system())

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
        settings = places.settings()
        geometry = settings.value("geometry")
        if not (isinstance(geometry, QByteArray) and self.restoreGeometry(geometry)):
            self.resize(1440, 900)
        sizes = settings.value("splitter")
        self._split_by_hand = isinstance(sizes, list)
        if isinstance(sizes, list):
            self._splitter.setSizes([int(size) for size in sizes])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._split_by_hand:
            self._splitter.setSizes(
                [round(STACK_SHARE * self.width()), round((1 - STACK_SHARE) * self.width())]
            )

    def _on_splitter_moved(self) -> None:
        self._split_by_hand = True

    def _may_leave(self) -> bool:
        """Ask what to do about unsaved edits and a training; return whether to go on."""
        if not may_drop_edits(self, self.workspace):
            return False
        if may_stop_training(self, self.training):
            return True
        self.workspace.keep_recovery()  # edits that were to be discarded stay after all
        return False

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._may_leave():
            event.ignore()
            return
        settings = places.settings()
        settings.setValue("geometry", self.saveGeometry())
        if self._split_by_hand:
            settings.setValue("splitter", self._splitter.sizes())
        self.hide()  # what is under way ends unseen
        self.jobs.close()
        event.accept()
