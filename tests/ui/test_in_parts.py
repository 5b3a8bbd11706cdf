"""A page that is made a part at a time."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from workbench.ui.in_parts import InParts


class _Page(InParts):
    def make_parts(self) -> Iterator[None]:
        for number in range(3):
            QLabel(str(number), self)
            yield


def test_each_call_makes_one_part(qapp: QApplication, qtbot: QtBot) -> None:
    page = _Page()
    qtbot.addWidget(page)
    found = []
    while not page.make_more():
        found.append(len(page.findChildren(QLabel)))
    assert found == [1, 2, 3]
    assert page.whole


def test_the_rest_is_made_at_once(qapp: QApplication, qtbot: QtBot) -> None:
    page = _Page()
    qtbot.addWidget(page)
    page.make_more()
    for _ in range(2):
        page.make_all()
        assert page.whole
        assert len(page.findChildren(QLabel)) == 3
