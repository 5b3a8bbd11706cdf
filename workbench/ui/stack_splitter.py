"""How the window's width is shared between the stack and the stages."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from workbench.ui import places

STACK_SHARE = 0.38
"""Of the width, until the user drags the handle."""


class StackSplitter(QSplitter):
    """The stack on the left, the stages on the right; where the handle was dragged is remembered."""

    def __init__(self, stack: QWidget, stages: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName("splitter")
        self.setChildrenCollapsible(False)
        self.setHandleWidth(1)
        self.addWidget(stack)
        self.addWidget(stages)
        self.setStretchFactor(0, 0)
        self.setStretchFactor(1, 1)
        stack.setMinimumWidth(380)
        stages.setMinimumWidth(560)
        sizes = places.settings().value("splitter")
        self._by_hand = isinstance(sizes, list)
        if isinstance(sizes, list):
            self.setSizes([int(size) for size in sizes])
        self.splitterMoved.connect(self._on_moved)

    def keep(self) -> None:
        """Remember the share for the next start, where a person set it."""
        if self._by_hand:
            places.settings().setValue("splitter", self.sizes())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._by_hand:
            self.setSizes([round(STACK_SHARE * self.width()), round((1 - STACK_SHARE) * self.width())])

    def _on_moved(self) -> None:
        self._by_hand = True
