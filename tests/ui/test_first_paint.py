"""The first window is painted before anything heavy is imported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import json, sys
from workbench.app import application, window
app = application(["first-paint"])
made = window({argument!r})
seen = {{}}
def painted():
    heavy = {{"torch", "onnx", "onnxruntime", "sklearn", "matplotlib", "scipy", "polars", "pyqtgraph"}}
    seen["heavy"] = sorted(heavy & set(sys.modules))
    app.quit()
made.painted.disconnect()
made.painted.connect(painted)
made.show()
app.exec()
made.jobs.close()
print(json.dumps(seen))
"""


def _heavy_at_first_paint(argument: str | None, home: Path) -> list[str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "WORKBENCH_HOME": str(home)}
    code = SCRIPT.format(argument=argument)
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(done.stdout.splitlines()[-1])["heavy"]
    return found


def test_no_torch_on_the_welcome_page(tmp_path: Path) -> None:
    assert _heavy_at_first_paint(None, tmp_path) == []


def test_no_torch_with_a_project_open(tmp_path: Path) -> None:
    assert _heavy_at_first_paint("digits-cnn", tmp_path) == []
