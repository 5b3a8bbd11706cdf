"""Pictures of every stage and state, in both themes and two sizes, from a trained sample.

python -m tests.screenshots OUT [--sample digits-cnn] [--only train]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

SIZES = {"1440x900": (1440, 900), "1280x720": (1280, 720)}
THEMES = ("dark", "light")


class Camera:
    """Drives one window and takes pictures of it."""

    def __init__(self, out: Path, only: str) -> None:
        from PySide6.QtWidgets import QApplication

        from workbench.app import application, window

        self.out, self.only = out, only
        self.app: QApplication = application(["screenshots"])
        self.window = window()
        self.taken = 0
        self.window.show()

    def wait(self, condition: Callable[[], object], what: str, seconds: float = 120) -> None:
        """Let the window work until something holds."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise SystemExit(f"waited {seconds:.0f} s in vain for {what}")
            self.app.processEvents()
            time.sleep(0.004)

    def settle(self, seconds: float = 0.4) -> None:
        """Let the window come to rest."""
        end = time.monotonic() + seconds
        self.wait(lambda: time.monotonic() > end and not self.window.jobs.running, "rest")

    def settle_paused(self) -> None:
        """Let the window come to rest while a training waits."""
        end = time.monotonic() + 0.6
        self.wait(lambda: time.monotonic() > end, "rest")

    def take(self, name: str, *, settle: bool = True) -> None:
        """Write the window as it is, in both themes and sizes."""
        if self.only and self.only not in name:
            return
        for theme in THEMES:
            self.window.set_theme(theme)
            for label, (width, height) in SIZES.items():
                self.window.resize(width, height)
                if settle:
                    self.settle(0.15)
                for _ in range(3):
                    self.app.processEvents()
                self.window.grab().save(str(self.out / f"{name}-{theme}-{label}.png"))
                self.taken += 1


def tour(camera: Camera, sample: str) -> None:
    """Go through the whole job, taking pictures on the way."""
    window = camera.window
    workspace, training = window.workspace, window.training
    camera.settle()
    camera.take("0-welcome")
    window.open_sample(sample)
    camera.wait(lambda: workspace.report is not None and workspace.dataset is not None, "the sample")
    layers = workspace.graph.layers
    middle = next((n.id for n in layers if n.type == "Conv2d" and n.id != "conv1"), layers[1].id)
    workspace.select(middle)
    window.show_stage("data")
    camera.settle()
    camera.take("1-data")
    window.show_stage("design")
    camera.settle()
    camera.take("2-design")
    _faulty(camera)
    for stage, name in (
        ("train", "3-train-empty"),
        ("export", "6-export-empty"),
        ("evaluate", "5-evaluate-empty"),
    ):
        window.show_stage(stage)
        camera.settle()
        camera.take(name)
    window.train()
    camera.wait(lambda: training.last_epoch is not None and training.last_epoch.epoch >= 2, "two epochs")
    window.pause()
    camera.settle_paused()
    camera.take("3-train-running", settle=False)
    window.pause()
    camera.wait(lambda: not training.active, "the end of training", 1200)
    camera.settle()
    camera.take("3-train-done")
    window.notice.hide()
    _inspect(camera, middle)
    window.show_stage("evaluate")
    camera.settle(1.0)
    camera.take("5-evaluate")
    _export(camera)


def _faulty(camera: Camera) -> None:
    """A stack with an error, and a notice."""
    from workbench.graph import edit

    window = camera.window
    workspace = window.workspace
    flat = [n.id for n in workspace.graph if n.type == "Flatten"]
    if flat:
        workspace.stack.remove(flat)
    else:
        workspace.stack.add(edit.make("Conv2d", {}), 2)
    camera.settle()
    workspace.select(workspace.report.errors[0].layer if workspace.report else "")
    workspace.edit_graph(
        "Set", lambda graph: edit.set_params(graph, graph.layers[-1].id, {"out_features": 0})
    )
    camera.settle()
    camera.take("2-design-error")
    workspace.undo()
    window.notice.hide()
    camera.settle()
    add = window.stack.add
    add.begin("conv 64 3")
    camera.settle()
    camera.take("2-design-typing")
    add.edit.clear()


def _inspect(camera: Camera, layer: str) -> None:
    window = camera.window
    window.show_stage("inspect")
    panel = window.stages.panel("inspect")
    camera.wait(lambda: panel.inspection is not None, "an inspection")
    window.workspace.select(layer)
    camera.settle(0.6)
    camera.take("4-inspect-activation")
    for kind in ("gradient", "weights"):
        panel.layer.choose_kind(kind)
        camera.settle(0.6)
        camera.take(f"4-inspect-{kind}")
    panel.layer.choose_kind("activation")
    vector = [n for n, a in panel.inspection.activations.items() if a.ndim == 1]
    window.workspace.select(vector[-1])
    camera.settle(0.6)
    camera.take("4-inspect-vector")


def _export(camera: Camera) -> None:
    window = camera.window
    window.show_stage("export")
    camera.settle(0.6)
    camera.take("6-export")
    panel = window.stages.panel("export")
    panel.export()
    camera.wait(lambda: panel.exported is not None, "the export")
    camera.settle(0.6)
    camera.take("6-export-done")


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("out", type=Path, help="folder for the pictures")
    parser.add_argument("--sample", default="digits-cnn", help="the sample to train (default: digits-cnn)")
    parser.add_argument("--only", default="", help="take only pictures with this in their name")
    chosen = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    chosen.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ["WORKBENCH_HOME"] = home
        camera = Camera(chosen.out, chosen.only)
        try:
            tour(camera, chosen.sample)
        finally:
            camera.window.jobs.close()
    print(f"{camera.taken} pictures in {chosen.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
