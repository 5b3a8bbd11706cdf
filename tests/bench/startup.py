"""How long until the first window is painted, against a bare PySide6 window.

    python -m tests.bench.startup [--repeats 7]

Prints JSON: medians in seconds over interleaved runs, each a process of its own, and their ratio.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

BARE = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, app.quit)
app = QApplication(sys.argv)
window = Window()
window.setCentralWidget(QLabel("bare"))
window.resize(1440, 900)
window.show()
app.exec()
"""

OURS = """
from workbench.app import application, window
app = application(["startup"])
made = window({argument!r})
made.painted.disconnect()
made.painted.connect(app.quit)
made.show()
app.exec()
made.jobs.close()
"""


def seconds(code: str, environment: dict[str, str]) -> float:
    """Return how long a fresh interpreter takes to run the code."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True)
    return time.perf_counter() - begin


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=7)
    repeats = parser.parse_args().repeats
    kinds = {
        "bare": BARE,
        "welcome": OURS.format(argument=None),
        "sample": OURS.format(argument="digits-cnn"),
    }
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "WORKBENCH_HOME": home}
        for code in kinds.values():  # fills the disk's cache
            seconds(code, environment)
        times: dict[str, list[float]] = {kind: [] for kind in kinds}
        for _ in range(repeats):
            for kind, code in kinds.items():
                times[kind].append(seconds(code, environment))
    medians = {kind: round(statistics.median(values), 3) for kind, values in times.items()}
    ratios = {
        f"{kind}_to_bare": round(medians[kind] / medians["bare"], 2) for kind in kinds if kind != "bare"
    }
    print(json.dumps({"seconds": medians, "ratios": ratios, "repeats": repeats}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
