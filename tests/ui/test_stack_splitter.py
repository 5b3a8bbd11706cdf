"""The stack's share of the width: as designed until it is dragged, then as it was left."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from workbench.ui.stack_splitter import STACK_SHARE, StackSplitter


def splitter(qtbot: QtBot) -> StackSplitter:
    made = StackSplitter(QWidget(), QWidget())
    qtbot.addWidget(made)
    made.resize(1400, 300)
    made.show()
    return made


def test_follows_the_width_until_it_is_dragged(qtbot: QtBot, home: Path) -> None:
    made = splitter(qtbot)
    for width in (1400, 1800, 1300):
        made.resize(width, 300)
        assert abs(made.sizes()[0] - STACK_SHARE * width) <= 2
    handle = made.handle(1)
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=QPoint(0, 5))
    QTest.mouseMove(handle, QPoint(60, 5))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=QPoint(60, 5))
    dragged = made.sizes()[0]
    assert dragged > STACK_SHARE * 1300 + 30
    made.resize(1500, 300)
    assert made.sizes()[0] == dragged


def test_what_was_dragged_is_there_at_the_next_start(qtbot: QtBot, home: Path) -> None:
    made = splitter(qtbot)
    made.keep()
    assert abs(splitter(qtbot).sizes()[0] - STACK_SHARE * 1400) <= 2, "nobody set anything"
    made.moveSplitter(700, 1)
    made.keep()
    assert abs(splitter(qtbot).sizes()[0] - 700) <= 2
