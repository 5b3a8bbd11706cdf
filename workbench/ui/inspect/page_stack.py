"""The pages of Inspect, one at a time: each takes its own room only, and scrolls sideways in less."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from workbench.ui.inspect.shown_stack import ShownStack

LEAST = 320
"""Width of the part of a page that is always in sight."""


class _Column(QVBoxLayout):
    """Without a height for each width, for which a scroll area would leave no room."""

    def hasHeightForWidth(self) -> bool:
        return False


class PageStack(QScrollArea):
    """Shows one of its pages."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("inspectPage")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._pages = ShownStack()
        self._pages.addWidget(QWidget())  # while the first page is made
        holder = QWidget()
        holder.setProperty("role", "page")
        column = _Column(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)
        self.setWidget(holder)
        holder.installEventFilter(self)

    def add(self, page: QWidget) -> None:
        """Add a page."""
        self._pages.addWidget(page)

    @property
    def current(self) -> QWidget:
        """The one that is shown."""
        return self._pages.currentWidget()

    def show_page(self, page: QWidget) -> None:
        """Show a page that was added."""
        self._pages.setCurrentWidget(page)
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        inner = self._pages.minimumSizeHint()
        bar = self.horizontalScrollBar().sizeHint().height() if self.width() < inner.width() else 0
        return QSize(min(inner.width(), LEAST), inner.height() + bar)

    def sizeHint(self) -> QSize:
        return self._pages.sizeHint()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()  # a page needs more room, or less
        return super().eventFilter(watched, event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if abs(event.angleDelta().x()) > abs(event.angleDelta().y()):
            super().wheelEvent(event)
        else:
            event.ignore()  # up and down it is the panel that scrolls
