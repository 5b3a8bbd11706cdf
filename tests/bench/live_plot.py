"""The live plot at ten million points: what a frame takes while a person drags and turns the wheel.

``python -m tests.bench.live_plot`` prints JSON; times are in milliseconds, of this machine, offscreen. A
frame lasts from the mouse's event until the plot is painted.
"""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import psutil
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from workbench.app import application
from workbench.ui.curve import Curve
from workbench.ui.live_plot import LivePlot

POINTS = 10_000_000
STEPS_PER_EPOCH = 625
BLOCK = 20_000
REST = 0.011
"""Seconds between events: pyqtgraph leaves out those that come faster."""


def grow(random: np.random.Generator) -> tuple[Curve, Curve, dict[str, float]]:
    """A loss of ten million steps and a validation loss an epoch; what appending a block took."""
    train, validation, times = Curve(), Curve(), []
    for first in range(0, POINTS, BLOCK):
        steps = np.arange(first + 1, first + BLOCK + 1)
        fall = 0.2 + 2 * np.exp(-4 * steps / POINTS)
        losses = (fall * random.lognormal(0, 0.3, BLOCK)).astype(np.float32)
        start = time.perf_counter()
        train.append(steps / STEPS_PER_EPOCH, losses)
        times.append(elapsed(start))
    epochs = np.arange(1, POINTS // STEPS_PER_EPOCH + 1)
    validation.append(epochs, 0.3 + 2 * np.exp(-4 * epochs / epochs[-1]))
    return train, validation, summary(times)


def elapsed(since: float) -> float:
    """Milliseconds since a moment."""
    return 1000 * (time.perf_counter() - since)


def summary(times: list[float]) -> dict[str, float]:
    """Median, 95th percentile and maximum."""
    ordered = sorted(times)
    return {
        "median": round(statistics.median(ordered), 2),
        "p95": round(ordered[int(0.95 * len(ordered))], 2),
        "max": round(ordered[-1], 2),
    }


def frames(plot: LivePlot, event: Callable[[int], None], count: int) -> dict[str, float]:
    """What each of some events takes until the plot is painted."""
    times = []
    for number in range(count):
        time.sleep(REST)
        start = time.perf_counter()
        event(number)
        plot.viewport().repaint()
        times.append(elapsed(start))
        QApplication.processEvents()
    return summary(times)


def turn(plot: LivePlot, notches: int) -> None:
    """Turn the wheel in the middle of the plot; a positive number zooms in."""
    view = plot.viewport()
    at = QPointF(view.rect().center())
    everywhere = QPointF(view.mapToGlobal(view.rect().center()))
    event = QWheelEvent(
        at,
        everywhere,
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def drag(plot: LivePlot, number: int) -> None:
    """Move the mouse on, its left button held: to and fro across the plot."""
    width = plot.viewport().width()
    x = 100 + abs((37 * number) % (2 * (width - 200)) - (width - 200))
    QTest.mouseMove(plot.viewport(), QPoint(x, plot.viewport().height() // 2))


def panning(plot: LivePlot, count: int) -> dict[str, float]:
    """Drag the curves."""
    view = plot.viewport()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(100, view.height() // 2))
    before = plot.getPlotItem().getViewBox().viewRange()[0]
    found = frames(plot, lambda number: drag(plot, number), count)
    assert plot.getPlotItem().getViewBox().viewRange()[0] != before, "nothing moved"
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(200, view.height() // 2))
    return found


def main() -> None:
    """Measure and print."""
    application([])
    process = psutil.Process()
    random = np.random.default_rng(0)
    plot = LivePlot("lossPlot")
    plot.resize(900, 420)
    plot.show()
    QApplication.processEvents()
    before = process.memory_info().rss
    train, validation, appending = grow(random)
    grown = process.memory_info().rss
    found: dict[str, object] = {"points": len(train), "append_20000": appending}
    plot.show_curves(train, validation)
    QApplication.processEvents()
    found["new_points"] = frames(plot, lambda _: plot.show_curves(train, validation), 60)
    found["zoom_in"] = frames(plot, lambda _: turn(plot, 1), 150)
    low, high = plot.getPlotItem().getViewBox().viewRange()[0]
    seen = train.view(low, high, 900)[1]
    first, last = train.window(low, high)
    np.testing.assert_array_equal(seen, train.y[first:last])  # zoomed in, every point is there
    found["points_in_closest_view"] = len(seen)
    found["pan_close"] = panning(plot, 150)
    found["zoom_out"] = frames(plot, lambda _: turn(plot, -1), 110)
    found["pan_wide"] = panning(plot, 150)
    plot.set_log(True)
    found["pan_wide_log"] = panning(plot, 150)
    found["curve_mb"] = round(train.nbytes / 1e6, 1)
    found["memory_mb"] = {
        "curves": round((grown - before) / 1e6, 1),
        "drawing": round((process.memory_info().rss - grown) / 1e6, 1),
    }
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
