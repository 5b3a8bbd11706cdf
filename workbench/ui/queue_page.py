"""The queue of runs as a page of Train."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.ui.queue_card import QueueCard
from workbench.ui.queueing import Queueing


class QueuePage(QWidget):
    """Shows the queue, read anew whenever the page comes into view: other programs change it too."""

    run_wanted = Signal(str)
    """A run that came of the queue is to be shown, by id."""

    def __init__(self, queueing: Queueing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("queuePage")
        self.queueing = queueing
        self.card = QueueCard(queueing)
        self.card.table.run_wanted.connect(self.run_wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.addWidget(self.card)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.queueing.refresh()
