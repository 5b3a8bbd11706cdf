"""What the fastest training leaves the window, and what the window leaves it.

``python -m tests.bench.window`` prints JSON. Linear 784-128-10 on 14,376 digits, batch 32, Adam, on the CPU,
the live plot and the vitals on. A timer meant for 60 times a second measures how late the event loop is, in
milliseconds, from pressing Train to the end, the first step included. Because that timer takes its own share
of the interpreter, the speed is that of another training without it. The same training without a window, as
the command line does it, takes turns with both: ``ratio`` is of the medians of samples a second.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from sklearn.datasets import load_digits

from tests.bench.editor import wait
from workbench.app import SWITCH_SECONDS, application
from workbench.app import window as make_window
from workbench.graph import Project
from workbench.ui.main_window import MainWindow

FRAME_MS = 16
TIMES = 8
"""How often each of scikit-learn's 1,797 digits is there, moved by a pixel each time."""
LAYERS = (
    {"id": "input", "type": "Input", "params": {"shape": [784]}},
    {"id": "linear1", "type": "Linear", "params": {"out_features": 128}},
    {"id": "relu", "type": "ReLU"},
    {"id": "linear2", "type": "Linear", "params": {"out_features": 10}},
)


class Lateness(QObject):
    """Notes how much later than planned each tick of a timer comes, in milliseconds."""

    def __init__(self) -> None:
        super().__init__()
        self.noted: list[float] = []
        self._due = 0.0
        self._timer = QTimer(self, interval=FRAME_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Begin to measure."""
        self.noted = []
        self._timer.start()
        self._due = time.perf_counter() + FRAME_MS / 1000

    def stop(self) -> None:
        """Measure no longer."""
        self._timer.stop()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.noted.append(1000 * max(0.0, now - self._due))
        self._due = now + FRAME_MS / 1000


def project(folder: Path, epochs: int) -> Project:
    """The project, its data beside it."""
    images, targets = load_digits(return_X_y=True)
    padded = np.pad(np.kron(images.reshape(-1, 8, 8), np.ones((3, 3))), ((0, 0), (2, 2), (2, 2))) / 16
    shifts = [(rows, columns) for rows in (-1, 0, 1) for columns in (-1, 0, 1)][:TIMES]
    moved = np.concatenate([np.roll(padded, shift, (1, 2)) for shift in shifts]).astype(np.float32)
    np.savez(folder / "digits.npz", x=moved.reshape(-1, 784), y=np.tile(targets, TIMES))
    raw = {
        "name": "digits",
        "data": {"format": "arrays", "path": str(folder / "digits.npz")},
        "model": {"layers": LAYERS},
        "training": {"epochs": epochs, "batch_size": 32, "device": "cpu", "patience": 0},
    }
    return Project.model_validate(raw)


def opened(folder: Path, epochs: int) -> MainWindow:
    """The window with the project, checked, its data read, and the live page in front."""
    window = make_window()
    window.resize(1440, 900)
    window.show()
    wait(lambda: window._painted)
    window.workspace.create(project(folder, epochs), folder / "project")
    window.show_stage("train")
    workspace = window.workspace
    wait(lambda: workspace.dataset is not None and workspace.report is not None and window.jobs.running == 0)
    return window


def in_window(window: MainWindow, lateness: Lateness | None = None) -> float:
    """Train as a person would; return samples a second."""
    loop = QEventLoop()
    window.training.ended.connect(loop.quit)
    if lateness:
        lateness.start()
    window.actions_["train"].trigger()
    loop.exec()
    if lateness:
        lateness.stop()
    window.training.ended.disconnect(loop.quit)
    assert window.training.finished is not None, "training did not finish"
    return window.training.finished.samples_per_second


def headless(window: MainWindow) -> float:
    """The same training and the same record of it, while the window stands still."""
    from workbench.runs.opening import begun
    from workbench.runs.recorder import record
    from workbench.runs.store import RunStore
    from workbench.train.events import Finished

    workspace = window.workspace
    assert workspace.folder is not None
    assert workspace.dataset is not None
    run, trainer = begun(RunStore(workspace.folder), workspace.project, workspace.dataset)
    for event in record(run, trainer):
        if isinstance(event, Finished):
            return event.samples_per_second
    raise AssertionError("training did not finish")


def summary(late: list[float]) -> dict[str, float]:
    """Median, 99th percentile and maximum."""
    ordered = sorted(late)
    return {
        "median": round(statistics.median(ordered), 2),
        "p99": round(ordered[int(0.99 * len(ordered))], 2),
        "max": round(ordered[-1], 2),
    }


def main() -> None:
    """Measure and print."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=25)
    given = parser.parse_args()
    sys.setswitchinterval(SWITCH_SECONDS)  # as the program does
    application([])
    lateness = Lateness()
    speeds: dict[str, list[float]] = {"window": [], "headless": []}
    late: list[list[float]] = []
    with tempfile.TemporaryDirectory() as home:
        os.environ["WORKBENCH_HOME"] = home
        window = opened(Path(home), given.epochs)
        for _ in range(given.repeats):
            in_window(window, lateness)
            late.append(lateness.noted)
            speeds["window"].append(in_window(window))
            speeds["headless"].append(headless(window))
        window.close()
    medians = {name: statistics.median(found) for name, found in speeds.items()}
    result = {
        "late_ms": summary([value for turn in late for value in turn]),
        "late_ms_first_training": summary(late[0]),
        "samples_per_second": {name: round(speed) for name, speed in medians.items()},
        "ratio": round(medians["window"] / medians["headless"], 3),
        "repeats": given.repeats,
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
