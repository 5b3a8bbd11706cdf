"""The themes: enough contrast to read (WCAG 2.1), and every token a colour."""

from __future__ import annotations

import gc
from dataclasses import fields

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from workbench.ui import theme


def _luminance(color: QColor) -> float:
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in color.getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(first: str, second: str) -> float:
    """The ratio that WCAG defines, 1 to 21."""
    high, low = sorted((_luminance(QColor(first)), _luminance(QColor(second))), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("look", theme.THEMES.values(), ids=lambda look: look.name)
def test_every_token_is_a_colour(look: theme.Theme) -> None:
    for item in fields(look):
        if item.name != "name":
            assert QColor(getattr(look, item.name)).isValid(), item.name


@pytest.mark.parametrize("look", theme.THEMES.values(), ids=lambda look: look.name)
@pytest.mark.parametrize("ground", ["window", "card", "well", "selected", "hover"])
@pytest.mark.parametrize("ink", ["text", "muted", "problem", "warning", "good"])
def test_text_can_be_read(look: theme.Theme, ground: str, ink: str) -> None:
    assert contrast(getattr(look, ink), getattr(look, ground)) >= 4.5


@pytest.mark.parametrize("look", theme.THEMES.values(), ids=lambda look: look.name)
def test_the_main_button_can_be_read(look: theme.Theme) -> None:
    assert contrast(look.on_accent, look.accent) >= 4.5


@pytest.mark.parametrize("look", theme.THEMES.values(), ids=lambda look: look.name)
@pytest.mark.parametrize(
    "kind", ["core", "convolution", "pooling", "normalisation", "activation", "recurrent", "merge", "data"]
)
def test_kinds_of_layer_stand_out(look: theme.Theme, kind: str) -> None:
    assert contrast(getattr(look, kind), look.window) >= 3


class _Watching(QWidget):
    """Notes whether the collector is on whenever it is dressed anew."""

    def __init__(self) -> None:
        super().__init__()
        self.collecting: list[bool] = []

    def changeEvent(self, event: QEvent) -> None:
        self.collecting.append(gc.isenabled())
        super().changeEvent(event)


def test_nothing_is_collected_while_qt_goes_through_all_widgets(qapp: QApplication, qtbot: QtBot) -> None:
    watching = _Watching()
    qtbot.addWidget(watching)
    watching.show()
    watching.collecting.clear()
    for look in (theme.LIGHT, theme.DARK):
        theme.apply(qapp, look)
    assert watching.collecting
    assert not any(watching.collecting)
    assert gc.isenabled()


def _changes_told(qapp: QApplication, qtbot: QtBot, depth: int) -> int:
    """How often a widget inside so many cards is told of a change when the theme changes."""
    outer = here = QWidget()
    qtbot.addWidget(outer)
    for _ in range(depth):
        card = QFrame()
        card.setProperty("role", "card")
        QVBoxLayout(here).addWidget(card)
        here = card
    watching = _Watching()
    QVBoxLayout(here).addWidget(watching)
    outer.show()
    qtbot.waitExposed(outer)
    theme.apply(qapp, theme.LIGHT)
    watching.collecting.clear()
    theme.apply(qapp, theme.DARK)
    return len(watching.collecting)


def test_a_widget_is_dressed_as_often_however_deep_it_lies(qapp: QApplication, qtbot: QtBot) -> None:
    """In place, Qt undresses each card and dresses it anew, and tells all that lies within of both."""
    assert _changes_told(qapp, qtbot, 8) <= _changes_told(qapp, qtbot, 1) + 2
