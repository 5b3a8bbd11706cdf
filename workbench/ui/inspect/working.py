"""What is under way, how far it is, and a button that ends it."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from workbench.ui import theme
from workbench.ui.cards import button, label
from workbench.ui.inspect.method_job import MethodJob

PATIENCE_MS = 300
"""What is done sooner needs no bar."""


class Working(QWidget):
    """A line under a card's head, there only while a job takes its time."""

    def __init__(self, job: MethodJob, name: str, text: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        self._job = job
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.S)
        self.text = label(text, "muted", name=f"{name}Text")
        self.bar = QProgressBar()
        self.bar.setObjectName(f"{name}Bar")
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.setAccessibleName(self.tr("Progress"))
        self._cancel = button(self.tr("Cancel"), "flat", name=f"{name}Cancel")
        self._cancel.clicked.connect(job.cancel)
        row.addWidget(self.text)
        row.addWidget(self.bar, 1)
        row.addWidget(self._cancel)
        self.hide()
        self._soon = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._soon.timeout.connect(self.show)
        job.busy_changed.connect(self._on_busy)
        job.progressed.connect(self._on_progress)

    def _on_busy(self, busy: bool) -> None:
        if busy:
            self.bar.setRange(0, 0)
            self._soon.start()
        else:
            self._soon.stop()
            over = self.parentWidget()
            if over is not None and self._cancel.hasFocus():  # not on to whatever happens to be next
                over.setFocus()
            self.hide()

    def _on_progress(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)
