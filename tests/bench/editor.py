"""The stack editor at scale: opening and scrolling 10,000 layers, editing a param among 1,000.

``python -m tests.bench.editor`` prints JSON; times are in milliseconds, of this machine, offscreen.
"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from workbench.app import application
from workbench.app import window as make_window
from workbench.graph import Graph, Project, file
from workbench.ui.main_window import MainWindow

ROWS = (
    {"type": "Conv2d", "params": {"out_channels": 16, "padding": "same"}},
    {"type": "BatchNorm2d"},
    {"type": "ReLU"},
    {"type": "Add"},
)


def deep(count: int) -> Project:
    """A residual network of ``count`` layers: a skip connection every four."""
    rows = [
        {"id": "input1", "type": "Input", "params": {"shape": [16, 8, 8]}},
    ]
    while len(rows) < count:
        number = len(rows)
        row = dict(ROWS[(number - 1) % 4], id=f"layer{number}")
        if row["type"] == "Add":
            row["inputs"] = [rows[number - 4]["id"], rows[number - 1]["id"]]
        rows.append(row)
    return Project(name="Deep", model=Graph.model_validate({"layers": rows}))


def elapsed(since: float) -> float:
    """Milliseconds since a moment."""
    return 1000 * (time.perf_counter() - since)


def wait(condition: Callable[[], bool], seconds: float = 120) -> None:
    """Run the window until something is so."""
    until = time.perf_counter() + seconds
    while not condition():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 1)
        if time.perf_counter() > until:
            raise TimeoutError


def settled(window: MainWindow) -> bool:
    """Whether the open stack is checked."""
    return window.workspace.report is not None and not window.workspace._check.busy


def opening(window: MainWindow, folder: Path) -> dict[str, float]:
    """Open a project: until its rows are painted, and until all of it is checked."""
    window.workspace.document.mark_saved(window.workspace.project)  # or it would ask
    start = time.perf_counter()
    window.open_path(folder)
    window.stack.table.viewport().repaint()
    painted = elapsed(start)
    wait(lambda: settled(window))
    return {"rows_painted": painted, "checked": elapsed(start)}


def scrolling(window: MainWindow, frames: int = 200) -> dict[str, float]:
    """Scroll through the stack: what each frame takes to paint."""
    bar = window.stack.table.verticalScrollBar()
    times = []
    for frame in range(frames):
        start = time.perf_counter()
        bar.setValue(bar.maximum() * frame // frames)
        window.stack.table.viewport().repaint()
        times.append(elapsed(start))
        QApplication.processEvents()
    return summary(times)


def editing(window: MainWindow, edits: int = 120) -> dict[str, dict[str, float]]:
    """Type a digit into the form's field: until the row is repainted, and until its new shape is."""
    workspace = window.workspace
    window.show_stage("design")
    convs = [node.id for node in workspace.graph if node.type == "Conv2d"]
    row, shape = [], []
    for number in range(edits):
        layer = convs[number * 37 % len(convs)]
        workspace.select(layer)
        wait(lambda: settled(window) and window.jobs.running == 0)
        QApplication.processEvents()
        field = window.findChild(QLineEdit, "param_dilation")
        field.setFocus()
        field.selectAll()
        value = str(1 + workspace.graph.layers[workspace.graph.index(layer)].layer.dilation % 3)
        loop = QEventLoop()  # as the program waits: asleep, so that the checking thread has Python to itself
        workspace.checked.connect(loop.quit)
        before = workspace.report
        start = time.perf_counter()
        QTest.keyClick(field, Qt.Key(ord(value)))
        QApplication.sendPostedEvents()  # the row that changed is painted
        row.append(elapsed(start))
        if workspace.report is before:
            loop.exec()
        QApplication.sendPostedEvents()
        shape.append(elapsed(start))
        workspace.checked.disconnect(loop.quit)
    return {"row": summary(row), "checked": summary(shape)}


def summary(times: list[float]) -> dict[str, float]:
    """Median, 95th percentile and maximum."""
    ordered = sorted(times)
    return {
        "median": round(statistics.median(ordered), 2),
        "p95": round(ordered[int(0.95 * len(ordered))], 2),
        "max": round(ordered[-1], 2),
    }


def main() -> None:
    """Measure and print."""
    found: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as home:
        os.environ["WORKBENCH_HOME"] = home
        app = application([])
        window = make_window()
        window.resize(1440, 900)
        window.show()
        wait(lambda: window._painted)
        for count in (1_000, 10_000):
            file.save(deep(count), Path(home) / f"deep{count}")
        opening(window, Path(home) / "deep1000")  # panels and caches are made
        for count in (1_000, 10_000):
            found[f"open_{count}"] = opening(window, Path(home) / f"deep{count}")
            found[f"scroll_{count}"] = scrolling(window)
            found[f"edit_{count}"] = editing(window, 60 if count == 1_000 else 5)
        window.workspace.document.mark_saved(window.workspace.project)
        window.close()
        app.processEvents()
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
