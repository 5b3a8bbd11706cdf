"""Words that change often and move nothing around them."""

from __future__ import annotations

from patient_bot import PatientBot
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from workbench.ui.steady_label import SteadyLabel


class Layouts(QObject):
    """Counts how often a widget is asked to lay itself out."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__(watched)
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


def shown(qtbot: PatientBot, label: QLabel) -> tuple[QWidget, Layouts]:
    holder = QWidget()
    qtbot.addWidget(holder)
    row = QHBoxLayout(holder)
    row.addWidget(label)
    row.addWidget(QLabel("beside"))
    holder.show()
    qtbot.waitExposed(holder)
    return holder, Layouts(holder)


def test_words_that_fit_lay_nothing_out(qtbot: PatientBot) -> None:
    label = SteadyLabel("muted", "state")
    _holder, layouts = shown(qtbot, label)
    label.tell("Epoch 88 of 90")
    qtbot.wait(1)
    wide, layouts.count = label.width(), 0
    for number in range(10, 20):
        label.tell(f"Epoch {number} of 90")
        qtbot.wait(1)
    assert label.text() == "Epoch 19 of 90"
    assert layouts.count == 0
    assert label.width() == wide


def test_longer_words_get_the_room_they_need(qtbot: PatientBot) -> None:
    label = SteadyLabel("muted", "state")
    _holder, _ = shown(qtbot, label)
    for text in ("short", "quite a bit longer than that", "Epoch 1 of 3"):
        label.tell(text)
        qtbot.wait(1)
        assert label.width() >= label.fontMetrics().horizontalAdvance(label.text())
