"""The queue of runs: what waits, what is trained, what came of it."""

from __future__ import annotations

import shlex

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QWidget

from workbench.ui import theme
from workbench.ui.cards import Card, Empty, button, set_role
from workbench.ui.icons import icon
from workbench.ui.queue_table import QueueTable
from workbench.ui.queueing import Queueing


class QueueCard(Card):
    """The queue's table, with what can be done to it."""

    def __init__(self, queueing: Queueing, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, title="Queue")
        self.title.setText(self.tr("Queue"))
        self.setObjectName("queueCard")
        self._queueing = queueing
        self.start = button("", "primary", glyph="play", name="queueStart")
        self.start.clicked.connect(self._toggle)
        self.clear = button(self.tr("Clear done"), "flat", name="queueClear")
        self.clear.clicked.connect(queueing.clear_done)
        self.head.addWidget(self.clear)
        self.head.addWidget(self.start)
        self.body.addLayout(self._adding())
        self.table = QueueTable(queueing)
        self._empty = Empty(
            "queue",
            self.tr("Line up runs"),
            self.tr(
                "Add the project as it is now, change a setting, and add it again. Runs are trained one "
                "after the other, and one that fails doesn't hold up the rest. What waits is kept when the "
                "window closes."
            ),
        )
        grid = QGridLayout()
        grid.addWidget(self.table, 0, 0)
        grid.addWidget(self._empty, 0, 0)
        self.body.addLayout(grid, 1)
        queueing.changed.connect(self._show)
        self._show()

    def _adding(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.S)
        self.changes = QLineEdit()
        self.changes.setObjectName("queueChanges")
        self.changes.setPlaceholderText(self.tr("Changes for this run, if any: lr=0.01 batch_size=64"))
        self.changes.setAccessibleName(self.tr("Changes for the run that is added"))
        self.changes.setToolTip(
            self.tr("Settings as the command line writes them, such as lr=0.01 or optimizer.name=SGD")
        )
        self.changes.returnPressed.connect(self.add)
        made = button(self.tr("Add to queue"), glyph="plus", name="queueAdd")
        made.clicked.connect(self.add)
        row.addWidget(self.changes, 1)
        row.addWidget(made)
        return row

    def add(self) -> None:
        """Add the project as it is, with the changes that are typed."""
        text = self.changes.text().replace(",", " ")
        try:
            words = shlex.split(text)
        except ValueError:  # a quote that isn't closed
            words = text.split()
        if self._queueing.add(words):  # else what was typed stays, to be mended
            self.changes.clear()

    def _what_start_does(self) -> str:
        if self._queueing.on:
            return self.tr("The run under way is trained to its end, and those that wait go on waiting")
        if not self._queueing.waiting:
            return self.tr("Nothing waits: add a run first")
        return self.tr("Trains what waits, one run after the other, if it is of the data that are open")

    def _toggle(self) -> None:
        if self._queueing.on:
            self._queueing.pause()
        else:
            self._queueing.start()

    def _show(self) -> None:
        queueing = self._queueing
        self.table.display(queueing.items)
        self.table.setVisible(bool(queueing.items))
        self._empty.setVisible(not queueing.items)
        waiting = queueing.waiting
        words = self.tr("1 waits") if waiting == 1 else self.tr("{} wait").format(waiting)
        self.set_hint(words if waiting else "")
        self.start.setText(self.tr("Pause the queue") if queueing.on else self.tr("Train the queue"))
        self.start.setToolTip(self._what_start_does())
        set_role(self.start, "" if queueing.on else "primary")
        self.start.setIcon(icon("pause", "text") if queueing.on else icon("play", "on_accent"))
        self.start.setEnabled(queueing.on or waiting > 0)
        self.clear.setVisible(any(item.state == "done" for item in queueing.items))
