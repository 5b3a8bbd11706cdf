"""What the views of Representation have in common: asking in the background, and what shows meanwhile."""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from workbench.errors import UserError
from workbench.interpret.method import Method
from workbench.ui.cards import Card, Empty, button
from workbench.ui.inspect import save_menu
from workbench.ui.inspect.inspected import Inspected
from workbench.ui.inspect.method_job import MethodJob
from workbench.ui.inspect.representation_question import Answer, Answers, Question, question
from workbench.ui.inspect.settings_button import SettingsButton
from workbench.ui.inspect.view import View
from workbench.ui.inspect.working import Working
from workbench.ui.wording import sentences
from workbench.ui.workspace import Workspace


class RepresentationView(QWidget):
    """A card with one method's answer. ``name`` begins the names of its widgets."""

    def __init__(
        self, workspace: Workspace, inspected: Inspected, answers: Answers, name: str, method: Method
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self.workspace, self.inspected, self._answers = workspace, inspected, answers
        self.method = method
        self.answer: Answer | None = None
        self._asked: Question | None = None
        self.job = MethodJob(workspace.jobs, self)
        self.card = Card(method.title)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.card)
        self.settings = SettingsButton(f"{name}Settings")
        self.settings.show_method(method)
        self.settings.edited.connect(self.change_method)
        self._save = button(self.tr("Save"), "flat", glyph="download-simple", name=f"{name}Save")
        self._save.clicked.connect(self._offer_save)
        for part in (self.settings, self._save):
            self.card.head.addWidget(part)
        self._working = Working(self.job, f"{name}Working")
        self._empty = Empty("chart-scatter", "", "")
        self._again = button(self.tr("Start again"), name=f"{name}Again")
        self._again.clicked.connect(self.start_again)
        self._empty.buttons.addWidget(self._again)
        self._stack = QStackedWidget()
        self._stack.addWidget(QWidget())
        self._stack.addWidget(self._empty)
        self.job.answered.connect(self._on_answer)
        self.job.failed.connect(self._on_failed)
        self.job.busy_changed.connect(self._on_busy)

    def lay_out(self, controls: QWidget | None, content: QWidget, doing: str) -> None:
        """Put the content in the card, under a row of controls; ``doing`` says what takes long."""
        self._working.text.setText(doing)
        if controls is not None:
            self.card.body.addWidget(controls)
        self.card.body.addWidget(self._working)
        self._stack.addWidget(content)
        self.card.body.addWidget(self._stack, 1)
        self._save.setEnabled(False)

    # What each view is

    @abstractmethod
    def show_answer(self, answer: Answer) -> None:
        """Show an answer; the last was another."""

    @abstractmethod
    def view(self, answer: Answer) -> View:
        """Return what is shown, for saving."""

    def redress(self, answer: Answer) -> None:
        """Show the same answer in the theme's colours of now."""
        self.show_answer(answer)
        self.follow()

    def ask(self) -> Question:
        """Return the question of now."""
        return question(self.workspace, self.inspected, self.method)

    def follow(self) -> None:
        """Mark the sample that is inspected and the layer that is selected."""

    def change_method(self, method: Method) -> None:
        """Ask with other settings."""
        self.method = method
        self.look()

    # Asking

    def look(self) -> None:
        """Show the answer for what is inspected now, asking for it if it isn't known."""
        if not self.inspected.ready:
            return
        asked = self.ask()
        if self._asked is not None and asked.key == self._asked.key:
            self.follow()
            return
        self._asked = asked
        known = self._answers.get(asked.key)
        if known is None:
            self.job.ask(asked.answer)
        else:
            self.job.cancel()
            self._show(known)

    def start_again(self) -> None:
        """Ask once more for what failed or was cancelled."""
        self._asked = None
        self.look()

    def _on_answer(self, answer: Answer) -> None:
        self._answers.keep(answer)
        self._show(answer)

    def _show(self, answer: Answer) -> None:
        self.answer = answer
        self._save.setEnabled(True)
        self._stack.setCurrentIndex(2)
        self.show_answer(answer)
        self.card.title.setAccessibleDescription(answer.result.note)
        self.follow()

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self._tell(self.tr("This can't be shown"), sentences(error), again=False)
        else:
            self._tell(self.tr("This went wrong"), str(error), again=True)
            self.workspace.tell_error(error)

    def _on_busy(self, busy: bool) -> None:
        asked = self._asked is not None and (self.answer is None or self.answer.key != self._asked.key)
        if not busy and asked and self._stack.currentIndex() != 1:
            self._tell(self.tr("Cancelled"), self.tr("It wasn't worked out to the end."), again=True)
        elif busy and self._stack.currentIndex() == 1:
            self._stack.setCurrentIndex(0)

    def _tell(self, title: str, text: str, *, again: bool) -> None:
        self.answer = None
        self._save.setEnabled(False)
        self._empty.display(title, text)
        self._again.setVisible(again)
        self._stack.setCurrentIndex(1)

    def _offer_save(self) -> None:
        if self.answer is not None:
            save_menu.offer(self, self.workspace, self.view(self.answer))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and getattr(self, "answer", None) is not None:
            assert self.answer is not None
            self.redress(self.answer)
