"""Pages are made in parts, a part each turn of the event loop: the window answers meanwhile."""

from typing import Any

import pytest
from PySide6.QtCore import QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from workbench.ui.inspect.dependence_picture import KeptPicture
from workbench.ui.inspect.page import InspectPage
from workbench.ui.inspect.panel import PAGES


@pytest.fixture
def panel(open_sample: Any, qtbot: QtBot) -> Any:
    window = open_sample("digits-mlp")
    window.show_stage("inspect")
    found: Any = window.stages.panel("inspect")
    assert found.page is None  # the first page is made later, too
    qtbot.waitUntil(lambda: found.inspection is not None and found._imported is True)
    return found


def click(panel: Any, name: str) -> None:
    button = panel.findChild(QPushButton, f"inspectPages_{name}")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_one_part_each_turn(panel: Any, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    turn = 0
    parts: list[tuple[str, int]] = []
    make_more = InspectPage.make_more

    def tick() -> None:
        nonlocal turn
        turn += 1

    def noted(page: InspectPage) -> bool:
        if not page.whole:
            parts.append((type(page).__name__, turn))
        return make_more(page)

    ticking = QTimer(panel, interval=0)
    ticking.timeout.connect(tick)
    ticking.start()
    monkeypatch.setattr(InspectPage, "make_more", noted)
    before = panel.page
    for name, _, place in PAGES[1:]:
        click(panel, name)
        assert panel.page is before  # a click does no more than to begin
        kind = place.partition(":")[2]
        qtbot.waitUntil(lambda kind=kind: type(panel.page).__name__ == kind)
        assert panel.page.whole
        assert panel.page.isVisible()
        before = panel.page
        turns = [number for made, number in parts if made == kind]
        assert len(turns) >= 2
        assert len(set(turns)) == len(turns)
    ticking.stop()


def test_who_turns_back_stays(panel: Any, qtbot: QtBot) -> None:
    first = panel.page
    click(panel, "compare")
    click(panel, "layer")
    qtbot.wait(1)
    assert panel.page is first
    click(panel, "compare")
    qtbot.waitUntil(lambda: panel.page is not first)
    assert panel._which.value == "compare"


def test_the_layers_page_is_made_though_another_is_shown_first(open_sample: Any, qtbot: QtBot) -> None:
    window = open_sample("digits-mlp")
    window.show_stage("inspect")
    panel: Any = window.stages.panel("inspect")
    page = panel.show_page("surrogate")
    assert page.whole
    qtbot.waitUntil(lambda: window.stack.rows.shows_vitals)
    assert panel.page is page


def test_tiles_have_no_plot_before_it_is_asked_for(panel: Any, qtbot: QtBot) -> None:
    page = panel.show_page("attribution")

    def all_there() -> bool:
        return bool(page._made) and not page._more.isActive()

    qtbot.waitUntil(all_there)
    assert len(page._made) == len(page.bar.methods.names)
    assert all(tile.sanity.plot is None for tile in page._made.values())  # nobody asked for it


def test_a_picture_is_kept_for_its_size(qtbot: QtBot) -> None:
    drawn: list[QSize] = []

    class Painted(QWidget):
        def paintEvent(self, event: object) -> None:
            painter = QPainter(self)
            kept.paint(painter)
            painter.end()

    def draw(painter: QPainter) -> None:
        drawn.append(widget.size())
        painter.fillRect(0, 0, 10, 10, Qt.GlobalColor.red)

    widget = Painted()
    qtbot.addWidget(widget)
    kept = KeptPicture(widget, draw)
    widget.resize(40, 30)
    for _ in range(2):
        assert widget.grab().toImage().pixelColor(QPoint(5, 5)) == Qt.GlobalColor.red
    assert len(drawn) == 1
    widget.resize(50, 30)
    widget.grab()
    assert drawn[1:] == [QSize(50, 30)]
    kept.forget()
    widget.grab()
    assert len(drawn) == 3
