"""Cards side by side where their words fit, else one below the other."""

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from workbench.ui.inspect.compare_layout import BESIDE, CardPair


def test_cards_lie_beside_or_below_each_other(qtbot: QtBot) -> None:
    pair = CardPair()
    qtbot.addWidget(pair)
    first, second = QLabel("answers"), QLabel("layers")
    pair.add(first, 100)
    pair.add(second, 100)
    pair.resize(BESIDE, 400)
    pair.show()
    qtbot.waitUntil(lambda: second.x() > first.geometry().right() and second.y() == first.y())
    pair.resize(BESIDE - 1, 400)
    qtbot.waitUntil(lambda: second.y() > first.geometry().bottom() and second.x() == first.x())
    assert pair.minimumSizeHint().height() >= 200
