"""Words that change from frame to frame, in a place that doesn't."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.ui.cards import label


class StillText(QWidget):
    """A label of so many lines; a new text has nothing laid out anew, which would take longer than a frame.

    ``width``: in pixels, 0 for all that there is.
    """

    def __init__(self, name: str, lines: int, role: str = "", width: int = 0) -> None:
        super().__init__()
        self._label = label("", role, wrap=True, name=name)
        self._label.setParent(self)
        self._label.setMinimumHeight(0)
        self._high = lines * (self._label.fontMetrics().lineSpacing() + 1)
        self.setFixedHeight(self._high)
        if width:
            self.setFixedWidth(width)
        else:
            self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(100, self._high)

    def text(self) -> str:
        """Return what it says."""
        return self._label.text()

    def setText(self, text: str) -> None:
        """Say something else."""
        if text != self._label.text():
            self._label.setText(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._label.resize(self.size())
