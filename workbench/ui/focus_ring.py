"""A frame in a widget that draws itself, while keys go to it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import QWidget

from workbench.ui import theme

WIDE = 4
"""Pixels from its edge that a ring with round corners takes."""
_BY_MOUSE = (Qt.FocusReason.MouseFocusReason, Qt.FocusReason.PopupFocusReason)


class FocusRing(QWidget):
    """Lies over its parent. A click alone shows none: the ring comes with the first key after it."""

    def __init__(self, over: QWidget, around: Callable[[], QRect] | None = None) -> None:
        """``around``: the part of the parent that keys are about; all of it by default."""
        super().__init__(over)
        self._around = around or over.rect
        self.setObjectName("focusRing")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        over.installEventFilter(self)

    def follow(self) -> None:
        """Lie around what keys are about now."""
        if self.geometry() != self._around():
            self.setGeometry(self._around())
            rect = self.rect()
            # what lies inside needn't be painted anew when the ring comes and goes
            self.setMask(QRegion(rect) - QRegion(rect.adjusted(WIDE, WIDE, -WIDE, -WIDE)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the parent's focus and size."""
        kind, over = event.type(), self.parentWidget()
        if watched is not over:
            return False
        if kind == QEvent.Type.FocusIn and isinstance(event, QFocusEvent):
            self._show(event.reason() not in _BY_MOUSE)
        elif kind == QEvent.Type.KeyPress:
            self._show(over.hasFocus())
        elif kind == QEvent.Type.FocusOut:
            self._show(False)
        elif kind == QEvent.Type.Resize:
            self.follow()
        return False

    def _show(self, shown: bool) -> None:
        if shown and not self.isVisible():
            self.follow()
            self.raise_()
        self.setVisible(shown)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.current().color("accent"), 1.5))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 5, 5)
