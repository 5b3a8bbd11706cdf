"""Pages of which each takes its own room only."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from workbench.ui.inspect.page_stack import LEAST, PageStack


def test_a_page_has_its_own_room_and_scrolls_sideways_in_less(qtbot: QtBot) -> None:
    stack = PageStack()
    qtbot.addWidget(stack)
    small, large = QWidget(), QWidget()
    small.setMinimumSize(300, 200)
    large.setMinimumSize(900, 600)
    stack.add(small)
    stack.add(large)
    stack.resize(500, 700)
    stack.show()
    bar = stack.horizontalScrollBar()
    stack.show_page(small)
    qtbot.waitUntil(lambda: bar.maximum() == 0)
    assert stack.minimumSizeHint().toTuple() == (300, 200)
    stack.show_page(large)
    qtbot.waitUntil(lambda: bar.maximum() == 900 - stack.viewport().width())
    width, height = stack.minimumSizeHint().toTuple()  # type: ignore[misc]
    assert width == LEAST
    assert height >= 600
    large.setMinimumSize(100, 100)
    qtbot.waitUntil(lambda: bar.maximum() == 0)
