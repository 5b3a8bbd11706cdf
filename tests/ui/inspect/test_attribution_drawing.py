"""The drawings of attributions: what is where, and in which colour."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from workbench.ui import theme
from workbench.ui.confusion import READABLE, contrast, ink
from workbench.ui.images import picture
from workbench.ui.inspect.attribution_bars import MOST, ROW, BarsDrawing
from workbench.ui.inspect.attribution_colors import Look, blended, color, overlay
from workbench.ui.inspect.attribution_picture import PictureDrawing
from workbench.ui.inspect.attribution_reading import Form, Reading
from workbench.ui.inspect.attribution_tokens import TokensDrawing
from workbench.ui.inspect.attribution_trace import TraceDrawing
from workbench.ui.inspect.attribution_view import AttributionView


def reading(form: Form, values: np.ndarray, sample: np.ndarray | None = None, names: int = 0) -> Reading:
    shown = tuple(f"feature {n}" for n in range(names))
    limit = float(np.abs(values[np.isfinite(values)]).max(initial=0.0)) or 1.0
    return Reading(form, values, sample, shown, limit, bool((values < 0).any()))


@pytest.fixture(params=["dark", "light"])
def themed(request: pytest.FixtureRequest, qapp: QApplication) -> theme.Theme:
    before = theme.current()
    theme.apply(qapp, theme.THEMES[request.param])
    yield theme.current()
    theme.apply(qapp, before)


def test_colours_stand_out_and_signs_differ_in_blue_and_red(themed: theme.Theme) -> None:
    low, high, size = color(False, True), color(True, True), color(True, False)
    assert low.blue() > low.red() + 60
    assert high.red() > high.blue() + 60
    assert size != high
    for found in (low, high, size):
        assert contrast(found, themed.color("card")) > 2.5


def test_text_is_readable_on_every_shade(themed: theme.Theme) -> None:
    for value in (-1.0, -0.5, 0.0, 0.5, 1.0, float("nan")):
        for signed in (True, False):
            ground = blended(value, 1.0, signed, themed.color("raised"))
            assert contrast(ink(ground), ground) >= READABLE


def test_an_overlay_leaves_the_picture_where_nothing_matters(qapp: QApplication) -> None:
    sample = np.array([[[0.0, 1.0], [0.5, 1.0]]], np.float32)
    values = np.array([[0.0, 1.0], [-1.0, np.nan]])
    found = overlay(values, picture(sample), 1.0, True, 1.0)
    assert found.pixelColor(0, 0) == QColor(0, 0, 0)
    assert found.pixelColor(1, 0) == color(True, True)
    assert found.pixelColor(0, 1) == color(False, True)
    assert found.pixelColor(1, 1) == QColor(128, 128, 128)
    half = overlay(values, picture(sample), 1.0, True, 0.5).pixelColor(1, 0)
    assert half.red() == pytest.approx((255 + color(True, True).red()) / 2, abs=1)


def test_a_picture_is_pointed_at_by_pixel(qtbot: QtBot) -> None:
    drawing = PictureDrawing("p", whole=False, tallest=300)
    qtbot.addWidget(drawing)
    values = np.arange(-3.0, 9.0).reshape(3, 4)
    drawing.resize(400, 10)
    drawing.display(reading("picture", values, np.zeros((1, 3, 4), np.float32)), Look())
    assert drawing.heightForWidth(400) == 300
    assert drawing.heightForWidth(200) == 150
    drawing.resize(400, 300)
    assert drawing._place(QPointF(399, 299)) == 11
    assert drawing._place(QPointF(101, 99)) == 1
    assert drawing._place(QPointF(401, 99)) == -1
    assert drawing.words(0) == "row 0, column 0: −3 (value 0)"
    drawing.grab()


def test_bars_are_sorted_and_the_rest_is_summed_up(qtbot: QtBot) -> None:
    values = np.array([(-1) ** n * n for n in range(MOST + 3)], np.float64)
    drawing = BarsDrawing("b", whole=False, tallest=300)
    qtbot.addWidget(drawing)
    drawing.resize(300, 10)
    drawing.display(reading("bars", values, np.ones(MOST + 3), MOST + 3), Look())
    assert drawing.heightForWidth(300) == ROW * (MOST + 1)
    drawing.resize(300, ROW * (MOST + 1))
    assert drawing._place(QPointF(5, 3)) == MOST + 2
    assert drawing._place(QPointF(5, MOST * ROW + 3)) == -1
    assert drawing._rest() == (3, 0 - 1 + 2)
    image = drawing.grab().toImage()
    rows = [{image.pixelColor(x, n * ROW + ROW // 2).name() for x in range(300)} for n in range(2)]
    assert color(True, True).name() in rows[0]
    assert color(False, True).name() in rows[1]
    whole = BarsDrawing("b", whole=True, tallest=300)
    qtbot.addWidget(whole)
    whole.display(reading("bars", values, None, MOST + 3), Look())
    assert whole._rest()[0] == 0
    assert whole.words(1) == "feature 1: −1"


def test_tokens_break_into_rows_and_long_ones_are_cut_in_a_tile(qtbot: QtBot) -> None:
    ids = np.arange(400)
    drawing = TokensDrawing("t", whole=False, tallest=300)
    qtbot.addWidget(drawing)
    drawing.resize(200, 10)
    drawing.display(reading("tokens", np.linspace(-1, 1, 400), ids), Look())
    places = drawing._places(200)
    assert len(places) < 400
    assert all(place.right() <= 200 for place in places)
    assert drawing._place(places[7].center()) == 7
    drawing.at = 0
    below = drawing._step(0, 1)
    assert places[below].top() > places[0].top()
    drawing.grab()
    whole = TokensDrawing("t", whole=True, tallest=300)
    qtbot.addWidget(whole)
    whole.display(reading("tokens", np.linspace(-1, 1, 400), ids), Look())
    assert len(whole._places(200)) == 400


@pytest.mark.parametrize("padded", [0, 1, 5, 8])
def test_padding_in_front_is_in_one_piece_in_a_tile(qtbot: QtBot, padded: int) -> None:
    values = np.arange(8) / 10.0
    values[min(2, max(padded - 1, 0))] = -9
    names = ("<pad>",) * padded + tuple("abcdefgh"[padded:])
    known = replace(reading("tokens", values, np.arange(8)), names=names)
    drawing = TokensDrawing("t", whole=False, tallest=300)
    whole = TokensDrawing("t", whole=True, tallest=300)
    for each in (drawing, whole):
        qtbot.addWidget(each)
        each.resize(200, 10)
        each.display(known, Look())
        each.grab()
    shown = [number for number, place in enumerate(drawing._places(200)) if not place.isNull()]
    folded = [2] if padded > 1 else list(range(padded))
    assert shown == [*folded, *range(padded, 8)]
    if padded > 1:
        assert drawing._texts[2] == f"<pad> ×{padded}"
        assert drawing.words(2) == "token 2, <pad>, id 2: −9"
    drawing.at = shown[0]
    assert drawing._step(1, 0) == shown[min(1, len(shown) - 1)]
    assert drawing._step(-1, 0) == shown[0]
    assert sum(not place.isNull() for place in whole._places(200)) == 8


def test_a_trace_shows_the_strongest_features(qtbot: QtBot) -> None:
    values = np.zeros((20, 8))
    values[:, [1, 3, 4, 6, 7]] = 1
    values[5, 3] = -4
    drawing = TraceDrawing("s", whole=False, tallest=300)
    qtbot.addWidget(drawing)
    drawing.resize(200, 10)
    drawing.display(reading("trace", values, np.ones((20, 8)), 8), Look())
    assert list(drawing._shown) == [1, 3, 4, 6, 7]
    assert drawing.words(5 * 8 + 3) == "step 5, feature 3: −4 (value 1)"
    assert drawing._place(QPointF(55, drawing._row() + 10)) == 5 * 8 + 3
    drawing.at = 5 * 8 + 3
    assert drawing._step(0, 1) == 5 * 8 + 4
    drawing.grab()


@pytest.mark.parametrize("form", ["picture", "bars", "tokens", "trace"])
def test_every_drawing_takes_what_is_no_number(qtbot: QtBot, themed: theme.Theme, form: Form) -> None:
    shape = {"picture": (4, 4), "trace": (6, 2)}.get(form, (6,))
    values = np.full(shape, np.nan)
    values.flat[1] = 2.0
    sample = np.zeros((1, 4, 4)) if form == "picture" else np.zeros(shape)
    view = AttributionView("view")
    qtbot.addWidget(view)
    view.resize(240, 300)
    view.display(reading(form, values, sample, shape[-1]), Look())
    assert "2" in view.drawing.accessibleName()
    view.grab()
    view.display(reading(form, np.full(shape, np.inf), sample, shape[-1]), Look("map", 1.0, False))
    view.grab()
