"""What can be done with the training under way: one step, a checkpoint now, back to an earlier one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from workbench.runs.checkpoints import Kept
from workbench.ui.actions import TABLE, Actions
from workbench.ui.cards import button
from workbench.ui.icons import icon
from workbench.ui.jobs import Latest
from workbench.ui.notice import Notice
from workbench.ui.training import Training
from workbench.ui.wording import grouped
from workbench.ui.workspace import Workspace


class RunControl(QObject):
    """Acts on the training under way, and knows what can be done with it now."""

    def __init__(self, workspace: Workspace, training: Training, parent: QObject | None = None) -> None:
        super().__init__(parent or training)
        self._workspace, self._training = workspace, training
        self._afterwards: tuple[str, int] | None = None
        self._at = QPoint()
        self.menu: QMenu | None = None
        self._list = Latest(workspace.jobs)
        self._list.answered.connect(self._offer)
        self._list.failed.connect(workspace.tell_error)
        training.ended.connect(lambda _: self._go_on_from())

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What the window's actions do."""
        return {
            "pause": self.pause,
            "stop": self._training.stop,
            "step_once": self._training.step_once,
            "keep_checkpoint": self._training.keep,
            "go_back": self.choose,
        }

    def why_not(self, key: str) -> str:
        """Why an action can't be taken now, "" where it can."""
        state, active = self._training.state, self._training.active
        if key == "go_back":
            nothing = not self._training.run_id or self._workspace.folder is None
            return self.tr("Train first: there is no checkpoint to go back to.") if nothing else ""
        if not active:
            return self.tr("Nothing is being trained.")
        if state == "stopping":
            return self.tr("The training is about to end.")
        if key == "step_once" and state != "paused":
            return self.tr("Pause first.")
        if key == "keep_checkpoint" and state == "starting":
            return self.tr("The training is about to begin.")
        return ""

    def watch(self, actions: Actions) -> None:
        """Keep the window's actions enabled as they can be taken."""

        def update() -> None:
            for key in self.handlers():
                actions[key].setEnabled(not self.why_not(key))

        self._training.state_changed.connect(update)
        self._training.run_opened.connect(update)
        update()

    def pause(self) -> None:
        """Pause, or go on."""
        if self._training.state == "paused":
            self._training.resume()
        else:
            self._training.pause()

    # Going back

    def choose(self, at: QPoint | None = None) -> None:
        """Offer the run's checkpoints in a menu, at a place on the screen or at the mouse."""
        folder, run_id = self._workspace.folder, self._training.run_id
        if folder is not None and run_id:
            self._at = at or QCursor.pos()
            self._list.ask(partial(_kept, folder, run_id))

    def _offer(self, found: tuple[str, list[Kept]]) -> None:
        run_id, kept = found
        if not kept:
            text = self.tr("Run {} has no checkpoint to go back to yet. Save one, or wait for one.")
            self._workspace.tell(Notice("warning", text.format(run_id)))
            return
        menu = QMenu()
        menu.setObjectName("checkpointMenu")
        title = menu.addAction(self.tr("Go back, and train on in a new run from"))
        title.setEnabled(False)
        for one in reversed(kept):
            glyph = icon("flag", "muted") if one.asked else icon("clock-counter-clockwise", "muted")
            text = self.tr("step {} · after epoch {} · {}")
            text = text.format(grouped(one.step), one.epoch, ago(one.created))
            menu.addAction(glyph, text).triggered.connect(partial(self.go_back, run_id, one.step))
        self.menu = menu
        menu.popup(self._at)
        menu.setActiveAction(menu.actions()[1])

    def go_back(self, run_id: str, step: int) -> None:
        """Train on from a run's checkpoint, in a new run; what is under way is stopped for it."""
        if self._training.active:
            self._afterwards = (run_id, step)
            self._training.stop()
        else:
            self._training.branch(run_id, step, self._workspace.project.training.device)

    def _go_on_from(self) -> None:
        wanted, self._afterwards = self._afterwards, None
        if wanted is not None:
            self.go_back(*wanted)


class RunControls(QWidget):
    """The buttons of the Train stage."""

    def __init__(self, workspace: Workspace, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._control = RunControl(workspace, training, self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self._buttons: dict[str, QPushButton] = {}
        self._words: dict[str, str] = {}
        for key, text, glyph in (
            ("step_once", self.tr("Step once"), "skip-forward"),
            ("keep_checkpoint", self.tr("Save checkpoint"), "flag"),
            ("go_back", self.tr("Go back…"), "clock-counter-clockwise"),
        ):
            made = button(text, "flat", glyph=glyph, name=f"{key}Button")
            made.setAccessibleName(text)
            row.addWidget(made)
            self._buttons[key], self._words[key] = made, text
        handlers = self._control.handlers()
        self._buttons["step_once"].clicked.connect(lambda: handlers["step_once"]())
        self._buttons["keep_checkpoint"].clicked.connect(lambda: handlers["keep_checkpoint"]())
        back = self._buttons["go_back"]
        back.clicked.connect(lambda: self._control.choose(back.mapToGlobal(QPoint(0, back.height() + 4))))
        training.state_changed.connect(self._update)
        training.run_opened.connect(self._update)
        workspace.opened.connect(self._update)
        self._update()

    def set_narrow(self, narrow: bool) -> None:
        """Show the icons only, which the tooltips explain, or their words as well."""
        for key, made in self._buttons.items():
            made.setText("" if narrow else self._words[key])
        self._update()

    def _update(self) -> None:
        for entry in TABLE:
            if entry.key in self._buttons:
                reason = self._control.why_not(entry.key)
                made = self._buttons[entry.key]
                made.setEnabled(not reason)
                named = "" if made.text() else f"{self._words[entry.key]}: "  # where only its icon is seen
                made.setToolTip(named + reason if reason else f"{entry.text} ({entry.shortcut})")


def _kept(folder: Path, run_id: str) -> tuple[str, list[Kept]]:
    """A run's checkpoints, earliest first."""
    from workbench.runs.store import RunStore

    return run_id, RunStore(folder).open(run_id).checkpoints()


def ago(created: str) -> str:
    """Return how long ago a moment was (ISO 8601, UTC): 4 s ago, 12 min ago, 3 h ago, 2 days ago."""
    seconds = max(0.0, (datetime.now(UTC) - datetime.fromisoformat(created)).total_seconds())
    return elapsed(seconds)


def elapsed(seconds: float) -> str:
    """Return how long ago something was, in the one unit that fits."""
    if seconds < 1.5:
        return "just now"
    for limit, scale, unit in ((90, 1, "s"), (5400, 60, "min"), (172_800, 3600, "h")):
        if seconds < limit:
            return f"{round(seconds / scale)}\N{NO-BREAK SPACE}{unit} ago"
    return f"{round(seconds / 86_400)} days ago"
