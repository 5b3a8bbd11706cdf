"""What the views of surrogates have in common: asked in the background, answers kept, the states between."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from workbench.errors import UserError
from workbench.interpret.subject import Progress
from workbench.ui import theme
from workbench.ui.cards import Empty, button
from workbench.ui.inspect import save_menu
from workbench.ui.inspect.inspected import Inspected
from workbench.ui.inspect.method_job import MethodJob
from workbench.ui.inspect.view import View
from workbench.ui.inspect.working import Working
from workbench.ui.wording import sentences
from workbench.ui.workspace import Workspace


class SurrogateView(QWidget):
    """Asks for something about the network, and shows it in ``content``; controls go into ``tools``.

    ``save`` belongs to it, and stands where the page has room for it.
    """

    def __init__(self, workspace: Workspace, inspected: Inspected, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.workspace, self.inspected = workspace, inspected
        self._kept: dict[Hashable, Any] = {}
        self._asked: tuple[Hashable, Callable[[Progress], Any]] | None = None
        self._answered = False
        self.needing: list[QWidget] = []
        """What can be used only while something is shown."""
        self.save = button(self.tr("Save"), "flat", glyph="download-simple", name=f"{name}Save")
        self.save.clicked.connect(lambda: save_menu.offer(self, workspace, self.view()))
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(theme.S)
        self.tools = QHBoxLayout()
        self.tools.setSpacing(theme.S)
        body.addLayout(self.tools)
        job = MethodJob(workspace.jobs, self)
        self.job = job
        body.addWidget(Working(job, f"{name}Working", self.tr("Asking the network…")))
        self._states = QStackedWidget()
        self._empty = Empty("tree-structure", "", "")
        self._empty.setObjectName(f"{name}Empty")
        self._again = button(self.tr("Start again"), name=f"{name}Again")
        self._again.clicked.connect(self._ask_again)
        self._empty.buttons.addWidget(self._again)
        holder = QWidget()
        self.content = QVBoxLayout(holder)
        self.content.setContentsMargins(0, 0, 0, 0)
        self.content.setSpacing(theme.S)
        for state in (self._empty, holder, QWidget()):
            self._states.addWidget(state)
        body.addWidget(self._states, 1)
        job.answered.connect(self._on_answer)
        job.failed.connect(self._on_failed)
        job.busy_changed.connect(self._on_busy)
        self._wait()

    # For those that show something

    def look(self) -> None:
        """Ask for what is to be shown, or show what is known already."""
        raise NotImplementedError

    def display(self, found: Any) -> None:
        """Show an answer."""
        raise NotImplementedError

    def view(self) -> View:
        """Return what is shown, for saving."""
        raise NotImplementedError

    def ask(self, key: Hashable, work: Callable[[Progress], Any]) -> None:
        """Show what ``work`` answers; what was asked by the same key is shown at once."""
        self._asked = (key, work)
        if key in self._kept:
            self.job.cancel()
            self._show(self._kept[key])
            return
        if not self._shown:
            self._wait()
        self._answered = False
        self.job.ask(work)

    def keep(self, key: Hashable, found: Any) -> None:
        """Remember an answer that this key stands for, too."""
        self._kept[key] = found

    def forget(self) -> None:
        """The network or its data are others: nothing that is known holds any more."""
        self._kept.clear()
        self._asked = None
        self.job.cancel()
        self._wait()

    # States

    @property
    def _shown(self) -> bool:
        return self._states.currentIndex() == 1

    def _show(self, found: Any) -> None:
        self._states.setCurrentIndex(1)
        self._allow(True)
        self.display(found)

    def _say(self, title: str, text: str, *, again: bool) -> None:
        self._states.setCurrentIndex(0)
        self._allow(False)
        self._empty.display(title, text)
        self._again.setVisible(again)

    def _wait(self) -> None:
        """Show nothing: what takes longer has its line above."""
        self._states.setCurrentIndex(2)
        self._allow(False)

    def _allow(self, shown: bool) -> None:
        for part in (self.save, *self.needing):
            part.setEnabled(shown)

    def _ask_again(self) -> None:
        if self._asked is not None:
            self._wait()
            self.ask(*self._asked)
        else:
            self.look()

    def _on_answer(self, found: Any) -> None:
        self._answered = True
        if self._asked is not None:
            self._kept[self._asked[0]] = found
        self._show(found)

    def _on_failed(self, error: Exception) -> None:
        self._answered = True
        if isinstance(error, UserError):
            self._say(self.tr("This can't be shown"), sentences(error), again=False)
        else:
            self._say(self.tr("This went wrong"), str(error), again=True)
            self.workspace.tell_error(error)

    def _on_busy(self, busy: bool) -> None:
        if not busy and not self._answered and self._asked is not None:
            text = self.tr("It wasn't worked out to the end.")
            self._say(self.tr("Cancelled"), text, again=True)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_states") and self._shown:
            self.restyle()

    def restyle(self) -> None:
        """Take the theme's colours on, for those that write colours into words."""
