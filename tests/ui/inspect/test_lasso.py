"""Which points lie inside what was drawn, as Qt has it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPolygonF

from workbench.ui.inspect.lasso import corners, inside, nearest

PLACES = st.tuples(st.integers(0, 20), st.integers(0, 20))


@given(st.lists(PLACES, min_size=3, max_size=12), st.lists(PLACES, min_size=1, max_size=20))
def test_inside(polygon, points):
    # away from the grid of corners, where which side an edge belongs to is a matter of taste
    at = np.array(points, float) + np.array((0.237, 0.419))
    shape = QPolygonF([QPointF(*corner) for corner in polygon])
    wanted = [shape.containsPoint(QPointF(*point), Qt.FillRule.OddEvenFill) for point in at]
    assert inside(at, np.array(polygon, float)).tolist() == wanted


def test_a_rectangle():
    assert inside(np.array([(1.0, 1), (3, 1)]), corners((2, 2), (0, 0))).tolist() == [True, False]


def test_nearest():
    points = np.array([(0.0, 0), (5, 5), (np.nan, np.nan)])
    assert nearest(points, (4, 5), 3) == 1
    assert nearest(points, (20, 20), 3) == -1
    assert nearest(points[:0], (0, 0), 3) == -1
    assert nearest(points, (3, 4), 5) == pytest.approx(1)
