"""Lines, dots and symbols of a plot that changes all the time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from effort import lines_run
from patient_bot import PatientBot
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest

from workbench.ui import theme
from workbench.ui.curve import Curve
from workbench.ui.live_plot import LivePlot
from workbench.ui.plot_marks import Mark


@pytest.fixture
def plot(qtbot: PatientBot) -> LivePlot:
    made = LivePlot("plot")
    qtbot.addWidget(made)
    made.resize(640, 360)
    made.show()
    qtbot.waitExposed(made)
    return made


def line(count: int) -> Curve:
    made = Curve()
    made.append(np.linspace(0, 10, count), np.linspace(1, 2, count))
    return made


def at(plot: LivePlot, x: float, y: float) -> QPoint:
    """Where a point of the plot is, in pixels."""
    return plot.mapFromScene(plot.getPlotItem().getViewBox().mapViewToScene(QPointF(x, y)))


def near(picture: QImage, place: QPoint, color: QColor, reach: int = 2) -> bool:
    """Whether a colour is seen around a place."""
    return any(
        picture.pixelColor(place + QPoint(right, down)) == color
        for right in range(-reach, reach + 1)
        for down in range(-reach, reach + 1)
    )


def test_what_is_drawn_follows_the_view(plot: LivePlot) -> None:
    plot.show_curves(None, line(11))
    color = theme.current().color("validation")
    for low, high in ((-1.0, 11.0), (2.0, 5.5), (4.0, 9.0)):
        plot.see(low, high)
        picture = plot.grab().toImage()
        assert near(picture, at(plot, 4.5, 1.45), color), (low, high)
        assert near(picture, at(plot, 5.0, 1.5), color), (low, high)


def test_a_picture_takes_no_longer_for_more_points(plot: LivePlot) -> None:
    """Where a line ends isn't looked for among its points."""

    def drawn(count: int) -> int:
        plot.show_curves(line(count), line(count))
        plot.grab()
        return lines_run(plot.grab)

    assert drawn(400) == drawn(40_000)


def test_the_mouse_is_told_what_a_mark_is(plot: LivePlot, qtbot: PatientBot) -> None:
    plot.show_curves(line(30), None)
    plot.set_marks(
        [Mark(5.0, "best", "Best epoch: 5", 1.5), Mark(5.02, "kept", "Checkpoint at step 50", 1.5)]
    )
    plot.see(0, 10)
    tip = plot.getPlotItem().getViewBox().toolTip
    place = at(plot, 5.0, 1.5)

    def move_to(target: QPoint, words: str) -> bool:
        QTest.mouseMove(plot.viewport(), target + QPoint(1, 0))  # pyqtgraph leaves moves out that come soon
        QTest.mouseMove(plot.viewport(), target)
        return bool(tip() == words)

    qtbot.waitUntil(lambda: move_to(place, "Best epoch: 5\n\nCheckpoint at step 50"))
    qtbot.waitUntil(lambda: move_to(place + QPoint(60, 30), ""))


def test_marks_are_in_pictures_that_are_saved(plot: LivePlot, tmp_path: Path) -> None:
    plot.show_curves(line(30), None)
    plot.see(0, 10)
    plot.save(tmp_path / "without.png")
    plot.set_marks([Mark(3.0, "best", "Best epoch: 3", 1.8)])
    good = theme.current().color("good")
    assert near(plot.grab().toImage(), at(plot, 3.0, 1.8), good)
    plot.save(tmp_path / "with.png")
    plot.save(tmp_path / "with.svg")
    counts = {name: _count(QImage(str(tmp_path / f"{name}.png")), good) for name in ("without", "with")}
    assert counts["without"] == 0
    assert counts["with"] >= 9  # the rest is its rim
    assert good.name() in (tmp_path / "with.svg").read_text("utf-8").lower()


def _count(picture: QImage, color: QColor) -> int:
    return sum(
        picture.pixelColor(x, y) == color for x in range(picture.width()) for y in range(picture.height())
    )
