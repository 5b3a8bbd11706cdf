"""Going on to the next sample in an order: a mistake, the least sure, the most wrong, one of a class."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from workbench.interpret.subject import Progress
from workbench.ui.cards import button
from workbench.ui.inspect.inspected import Inspected, MakeSubject, OwnSample
from workbench.ui.inspect.method_job import MethodJob
from workbench.ui.notice import Notice
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset
    from workbench.evaluate.orders import Answers, Order

MOST_CLASSES = 40
"""Classes that a menu lists."""


class NextSample(QWidget):
    """A button that goes on, and a menu of orders. A model answers a part of the data once."""

    found = Signal(int)
    """The number, in the data, of the sample to look at."""
    busy_told = Signal(str)
    """What is under way, "" for nothing."""

    def __init__(self, workspace: Workspace, inspected: Inspected) -> None:
        super().__init__()
        self._workspace, self._inspected = workspace, inspected
        self._order: Order = "mistake"
        self._class = 0
        self._answers: Answers | None = None
        self._answered: tuple[object, ...] = ()
        self._asked: tuple[object, ...] = ()
        self._go = button("", name="nextMistake")
        self._go.clicked.connect(self.go_on)
        self._which = button("", glyph="caret-down", name="nextOrder")
        self._which.setAccessibleName(self.tr("Order of samples"))
        self._which.setToolTip(self.tr("In which order to go on"))
        self._which.setFixedWidth(30)
        self._which.clicked.connect(self._offer)
        self.menu = QMenu(self)
        self.menu.setObjectName("nextOrders")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self._go)
        row.addWidget(self._which)
        self._job = MethodJob(workspace.jobs, self)
        self._job.answered.connect(self._on_answers)
        self._job.failed.connect(self._on_failed)
        self._job.progressed.connect(self._on_progress)

    def forget(self) -> None:
        """The weights or data may be others: what they answer is asked anew."""
        self._answered = ()
        if self._job.busy:
            self._job.cancel()
            self.busy_told.emit("")

    def show_data(self, dataset: Dataset) -> None:
        """Offer what can be asked of data."""
        for inner in self.menu.findChildren(QMenu):
            inner.deleteLater()
        self.menu.clear()
        classes = dataset.task == "classification"
        self._order, self._class = ("mistake" if classes else "most wrong"), 0
        self.forget()
        if classes:
            self._add("mistake", self.tr("Mistakes, in the data's order"))
            self._add("least sure", self.tr("Least sure first"))
        self._add("most wrong", self.tr("Most wrong first"))
        if classes:
            of_class = self.menu.addMenu(self.tr("Of class"))
            of_class.setObjectName("nextOfClass")
            for number, name in enumerate(dataset.classes[:MOST_CLASSES]):
                of_class.addAction(name).triggered.connect(partial(self._choose, "class", number))
        self._name()

    def go_on(self) -> None:
        """Look for the next sample; `found` tells it."""
        inspected = self._inspected
        if not inspected.ready or not len(inspected.samples):
            return
        project = self._workspace.project
        stack = None if inspected.run else project.model  # fresh weights are those of the stack as it is
        self._asked = (inspected.run, inspected.part, project.training.loss, stack)
        if self._answers is not None and self._asked == self._answered:
            self._tell(self._answers)
            return
        self.busy_told.emit(self.tr("Searching…"))
        self._job.ask(partial(_answers, inspected.subject()))

    def _add(self, order: Order, text: str) -> None:
        made = self.menu.addAction(text)
        made.setObjectName(f"order_{order.replace(' ', '_')}")
        made.triggered.connect(partial(self._choose, order, 0))

    def _offer(self) -> None:
        self.menu.popup(self._which.mapToGlobal(self._which.rect().bottomLeft()))

    def _choose(self, order: Order, of_class: int) -> None:
        self._order, self._class = order, of_class
        self._name()
        self.go_on()

    def _name(self) -> None:
        dataset = self._inspected.dataset
        texts = {
            "mistake": self.tr("Next mistake"),
            "least sure": self.tr("Next unsure"),
            "most wrong": self.tr("Next worst"),
        }
        text = texts.get(self._order, "")
        if dataset is not None and self._order == "class":
            name = dataset.classes[self._class]
            text = self.tr("Next {}").format(name if len(name) <= 8 else f"{name[:7]}…")
        self._go.setText(text)

    def _on_progress(self, done: int, total: int) -> None:
        self.busy_told.emit(self.tr("Searching… {} %").format(100 * done // max(total, 1)))

    def _on_answers(self, found: Answers) -> None:
        self._answers, self._answered = found, self._asked
        self._tell(found)

    def _on_failed(self, error: Exception) -> None:
        self.busy_told.emit("")
        self._workspace.tell_error(error)

    def _tell(self, answers: Answers) -> None:
        from workbench.evaluate.orders import following

        self.busy_told.emit("")
        now = self._inspected.sample
        current = self._inspected.last_in_data if isinstance(now, OwnSample) else now
        chosen = following(answers.ordered(self._order, self._class), current)
        if chosen is not None:
            self.found.emit(chosen)
            return
        texts = {
            "mistake": self.tr("This model makes no mistakes in this part of the data."),
            "most wrong": self.tr("This model makes no mistakes in this part of the data."),
            "class": self.tr("There is no such sample in this part of the data."),
        }
        text = texts.get(self._order, self.tr("This model gives no probabilities."))
        self._workspace.tell(Notice("good", text))


def _answers(make: MakeSubject, progress: Progress) -> Answers:
    """What the model of a subject answers for the samples that are meant."""
    from workbench.evaluate.orders import Answers
    from workbench.evaluate.predict import predict

    subject = make(progress)
    numbers = subject.chosen()
    found = predict(subject.model, subject.dataset, numbers, progress=progress, loss=subject.loss)
    return Answers(numbers, subject.dataset.targets[numbers], found.labels, found.probabilities)
