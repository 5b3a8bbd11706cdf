"""What is drawn, as the network gets it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor

from workbench.ui.inspect.own_canvas import Canvas

WHITE, BLACK = QColor("white"), QColor("black")


def dot(canvas: Canvas, x: float, y: float, size: float = 1.0, color: QColor = WHITE) -> None:
    canvas.begin()
    canvas.stroke(QPointF(x, y), QPointF(x, y), size, color)


@pytest.mark.parametrize("shape", [(1, 8, 8), (1, 28, 28), (3, 6, 10), (4, 5, 5), (1, 300, 200)])
def test_blank_is_the_background(shape: tuple[int, int, int]) -> None:
    for low, ground in ((0.0, 0.0), (-1.0, -1.0), (0.0, 1.0)):
        values = Canvas(shape, low, 1.0, ground).values()
        assert values.dtype == np.float32
        assert values.shape == shape
        np.testing.assert_array_equal(values[:3], ground)


def test_a_stroke_is_averaged_over_pixels() -> None:
    canvas = Canvas((1, 8, 8), 0.0, 1.0, 0.0)
    dot(canvas, 3.5, 2.5)
    values = canvas.values()[0]
    # a round pen a pixel wide covers pi / 4 of the pixel that it is in the middle of, and no other
    assert values[2, 3] == pytest.approx(np.pi / 4, abs=0.03)
    assert np.count_nonzero(values > 0.02) == 1
    dot(canvas, 6.0, 5.0)
    corner = canvas.values()[0, 4:6, 5:7]
    np.testing.assert_allclose(corner, np.pi / 16, atol=0.03)  # between four pixels, a quarter each


def test_a_sample_keeps_its_values_where_nothing_is_drawn() -> None:
    random = np.random.default_rng(0)
    for shape, low in (((1, 8, 8), 0.0), ((3, 6, 6), -1.0), ((4, 6, 6), 0.0)):
        sample = random.uniform(low, 1, shape).astype(np.float32)
        canvas = Canvas(shape, low, 1.0, low)
        canvas.load(sample)
        np.testing.assert_array_equal(canvas.values(), sample)
        dot(canvas, 2.5, 2.5, 0.8, BLACK)
        changed = (canvas.values() != sample).any(axis=0)
        assert changed[2, 2]
        assert changed.sum() == 1
        canvas.undo()
        np.testing.assert_array_equal(canvas.values(), sample)
        assert not canvas.can_undo


def test_inverting_twice_is_where_it_was() -> None:
    sample = np.random.default_rng(0).uniform(0, 1, (4, 6, 6)).astype(np.float32)
    canvas = Canvas((4, 6, 6), 0.0, 1.0, 0.0)
    canvas.load(sample)
    dot(canvas, 2.5, 2.5, 2.0)
    before = canvas.values()
    canvas.invert()
    np.testing.assert_allclose(canvas.values()[:3], 1 - before[:3], atol=1e-6)
    np.testing.assert_array_equal(canvas.values()[3], sample[3])  # how opaque it is doesn't turn round
    canvas.invert()
    np.testing.assert_allclose(canvas.values(), before, atol=1e-6)
    canvas.undo()
    canvas.undo()
    np.testing.assert_array_equal(canvas.values(), before)


def test_colours_go_into_their_channels() -> None:
    canvas = Canvas((3, 6, 6), 0.0, 1.0, 0.0)
    dot(canvas, 3, 3, 4.0, QColor(255, 0, 128))
    red, green, blue = canvas.values()[:, 3, 3]
    assert (red, green) == (1.0, 0.0)
    assert blue == pytest.approx(128 / 255)
    assert canvas.shown().pixelColor(3, 3).getRgb() == (255, 0, 128, 255)


def test_clearing_can_be_taken_back() -> None:
    canvas = Canvas((1, 8, 8), 0.0, 1.0, 0.0)
    dot(canvas, 3, 3)
    drawn = canvas.values()
    canvas.clear()
    assert not canvas.values().any()
    canvas.undo()
    np.testing.assert_array_equal(canvas.values(), drawn)
