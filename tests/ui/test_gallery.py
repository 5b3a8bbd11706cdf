"""A gallery's captions, and the ring that shows what keys are about."""

from collections.abc import Generator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from workbench.ui import theme
from workbench.ui.focus_ring import FocusRing
from workbench.ui.gallery import Gallery, _cut


@pytest.fixture
def gallery(qtbot: QtBot) -> Generator[Gallery]:
    """Six pictures in two rows, below a button, shown."""
    holder = QWidget()
    qtbot.addWidget(holder)
    column = QVBoxLayout(holder)
    made = Gallery("pictures", 64)
    column.addWidget(QPushButton("Before"))
    column.addWidget(made)
    image = QImage(8, 8, QImage.Format.Format_RGB888)
    image.fill(0)
    made.display([(image, f"a very long class · {n}.25", "muted") for n in range(6)])
    holder.resize(240, 320)
    holder.show()
    qtbot.waitExposed(holder)
    yield made
    holder.hide()


def test_of_a_name_and_a_value_the_name_is_cut_short(qapp: object) -> None:
    metrics = QFontMetrics(theme.sans(11))
    cut = _cut("a very long class · -12.25", metrics, 72)
    assert cut.endswith(" · -12.25")
    assert cut.startswith("a")
    assert "…" in cut
    assert metrics.horizontalAdvance(cut) <= 72
    value = metrics.horizontalAdvance("-12.25")
    assert _cut("a very long class · -12.25", metrics, value) == "-12.25"
    assert _cut("7 · 1", metrics, 72) == "7 · 1"
    assert _cut("a very very long class", metrics, 72).endswith("…")


def test_a_ring_lies_round_what_keys_are_about(gallery: Gallery, qtbot: QtBot) -> None:
    ring = gallery.findChild(FocusRing)
    before = gallery.parentWidget().findChild(QPushButton)  # type: ignore[union-attr]
    assert ring is not None
    assert before is not None
    before.setFocus()
    QTest.mouseClick(gallery, Qt.MouseButton.LeftButton, pos=gallery.rect_of(1).center())
    qtbot.waitUntil(lambda: gallery.hasFocus() and not ring.isVisible())
    QTest.keyClick(gallery, Qt.Key.Key_Right)
    assert ring.isVisible()
    assert ring.geometry() == gallery.rect_of(2)
    QTest.keyClick(gallery, Qt.Key.Key_Down)
    assert ring.geometry() == gallery.rect_of(5)
    before.setFocus()
    qtbot.waitUntil(lambda: not ring.isVisible())
    QTest.keyClick(before, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: ring.isVisible())
