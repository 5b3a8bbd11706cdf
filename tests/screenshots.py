"""Pictures of every stage and state, in both themes and two sizes, from a trained sample.

python -m tests.screenshots OUT [--sample digits-cnn] [--only train]
python -m tests.screenshots OUT --project DIR     only Inspect, of a copy of a project with runs
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.inspect_screenshots import inspect

if TYPE_CHECKING:
    from PySide6.QtGui import QPixmap
    from PySide6.QtWidgets import QWidget

    from workbench.ui.dialog import Dialog

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

    def take(self, name: str, *, settle: bool = True, over: QWidget | None = None) -> None:
        """Write the window as it is, with the dialog or menu over it, in both themes and sizes."""
        if self.only and self.only not in name:
            return
        for theme in THEMES:
            self.window.set_theme(theme)
            for label, (width, height) in SIZES.items():
                self.window.resize(width, height)
                if self.dialog is not None:
                    self.dialog.fit()
                if settle:
                    self.settle(0.15)
                for _ in range(3):
                    self.app.processEvents()
                self._seen(over).save(str(self.out / f"{name}-{theme}-{label}.png"))
                self.taken += 1

    @property
    def dialog(self) -> Dialog | None:
        """The dialog that is open."""
        from workbench.ui.dialog import Dialog

        found = self.app.activeModalWidget()
        return found if isinstance(found, Dialog) else None

    def _seen(self, menu: QWidget | None) -> QPixmap:
        """The window, and the dialog or menu in the middle of it."""
        from PySide6.QtCore import QPoint
        from PySide6.QtGui import QColor, QPainter

        seen = self.window.grab()
        above = self.dialog or menu
        if above is not None:
            over = above.grab()
            painter = QPainter(seen)
            if self.dialog is not None:
                painter.fillRect(seen.rect(), QColor(0, 0, 0, 90))
            at = QPoint((seen.width() - over.width()) // 2, (seen.height() - over.height()) // 2)
            painter.drawPixmap(at, over)
            painter.end()
        return seen


def tour(camera: Camera, sample: str) -> None:
    """Go through the whole job, taking pictures on the way."""
    window = camera.window
    workspace, training = window.workspace, window.training
    camera.settle()
    camera.take("0-welcome")
    _templates(camera, "without-data", "lenet-5")
    window.open_sample(sample)
    camera.wait(lambda: workspace.report is not None and workspace.dataset is not None, "the sample")
    middle = _middle(camera)
    workspace.select(middle)
    window.show_stage("data")
    camera.settle()
    camera.take("1-data")
    window.show_stage("design")
    camera.settle()
    camera.take("2-design")
    _templates(camera, "with-data", "u-net")
    _templates(camera, "misfit", "gpt")
    _imports(camera)
    for name, action in (("2-summary", "summary"), ("2-picture", "save_picture")):
        window.actions_[action].trigger()
        camera.settle()
        camera.take(name)
        _leave(camera)
    _faulty(camera)
    window.show_stage("train")
    for page in ("live", "settings", "runs", "queue", "search"):
        window.stages.panel("train").show_page(page)
        camera.settle()
        camera.take(f"3-train-{page}-empty")
    window.stages.panel("train").show_page("live")
    for stage, name in (
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
    camera.take("3-train-live-paused", settle=False)
    window.pause()
    camera.wait(lambda: training.state == "running", "training to go on")
    camera.take("3-train-live-running", settle=False)
    camera.wait(lambda: not training.active, "the end of training", 1200)
    camera.settle()
    camera.take("3-train-live-done")
    window.notice.hide()
    _settings(camera)
    _runs(camera)
    _search(camera)
    inspect(camera, middle)
    window.show_stage("evaluate")
    camera.settle(1.0)
    camera.take("5-evaluate")
    _export(camera)


def _settings(camera: Camera) -> None:
    """What a run takes, a learning rate that is looked for, and one batch learned."""
    from PySide6.QtWidgets import QPushButton

    window = camera.window
    panel = window.stages.panel("train")
    panel.show_page("settings")
    camera.settle(2.0)
    camera.take("3-train-settings")
    for name, taken in (("findRate", "rate"), ("tryOneBatch", "batch")):
        window.findChild(QPushButton, name).click()
        camera.settle(1.0)
        camera.take(f"3-train-settings-{taken}")


def _queued(camera: Camera) -> None:
    """A queue of which one run is done, one fails, one is trained and one waits."""
    from PySide6.QtCore import QObject

    window = camera.window
    panel = window.stages.panel("train")
    panel.show_page("queue")
    page = panel.findChild(QObject, "queuePage")
    camera.settle()
    camera.take("3-train-queue-empty")
    for change in ("epochs=2", "weights=gone.safetensors", "epochs=500", "batch_size=64"):
        page.queueing.add([change])
        camera.settle(0.2)
    page.queueing.start()
    camera.wait(
        lambda: [item.state for item in page.queueing.items[:3]] == ["done", "failed", "running"],
        "the third of the queue",
    )
    window.notice.hide()
    camera.take("3-train-queue", settle=False)
    page.queueing.pause()
    window.training.stop()
    camera.wait(lambda: not window.training.active, "the queue's end")
    window.notice.hide()
    camera.settle()


def _runs(camera: Camera) -> None:
    """A run among the others: its curves, its details, and what differs from another."""
    from PySide6.QtCore import QObject

    panel = camera.window.stages.panel("train")
    panel.show_page("runs")
    page = panel.findChild(QObject, "runsPage")
    for view in ("curves", "details", "compare"):
        if view == "compare":
            page.runs.selectAll()
        page.show_below(view)
        camera.settle()
        camera.take(f"3-train-runs-{view}")


def _search(camera: Camera) -> None:
    """A space that is suggested, a search under way and done, and the queue."""
    from PySide6.QtCore import QObject

    window = camera.window
    workspace = window.workspace
    panel = window.stages.panel("train")
    panel.show_page("search")
    page = panel.findChild(QObject, "searchPage")
    page.space.ask_for_suggestion()
    camera.settle()
    camera.take("3-train-search-space")
    before = workspace.project
    section = page.section.model_copy(update={"trials": 6, "epochs": 3})
    workspace.edit("Search briefly", before.model_copy(update={"search": section}))
    page.begin()
    camera.wait(lambda: page.searching.number >= 3, "the third trial")
    camera.take("3-train-search-running", settle=False)
    camera.wait(lambda: not page.searching.active, "the end of the search", 600)
    camera.settle()
    camera.take("3-train-search-done")
    _queued(camera)
    panel.show_page("live")


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


def _templates(camera: Camera, state: str, name: str) -> None:
    """The gallery with a template chosen."""
    camera.window.actions_["new_template"].trigger()
    gallery = camera.dialog
    gallery.list.go_to(name)
    camera.settle()
    camera.take(f"1-templates-{state}")
    _leave(camera)


def _leave(camera: Camera) -> None:
    """Close the dialog."""
    camera.dialog.reject()
    camera.settle()


NETWORK = '''
import time

import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, padding=1)
        self.norm = nn.BatchNorm2d(width)

    def forward(self, x):
        return torch.relu(self.norm(self.conv(x)) + x)


class TinyNet(nn.Module):
    """Two residual blocks after a convolution."""

    def __init__(self, num_classes=10, width=16):
        super().__init__()
        self.stem = nn.Conv2d(1, width, 3, padding=1)
        self.first, self.second = Block(width), Block(width)
        self.head = nn.Linear(width, num_classes)

    def forward(self, image):
        x = self.second(self.first(torch.relu(self.stem(image))))
        return self.head(x.mean((2, 3)))


class Slow(TinyNet):
    """Never comes to an end."""

    def __init__(self):
        time.sleep(1000)
'''


def _imports(camera: Camera) -> None:
    """Both dialogs: empty, ready, at work, refused, done."""
    window = camera.window
    with tempfile.TemporaryDirectory() as folder:
        code, broken = Path(folder) / "networks.py", Path(folder) / "broken.onnx"
        code.write_text(NETWORK, encoding="utf-8")
        broken.write_bytes(b"no model")
        window.actions_["import_pytorch"].trigger()
        dialog = camera.dialog
        camera.settle()
        camera.take("1-import-pytorch-empty")
        dialog.set_path(code)
        camera.settle()
        dialog.kinds.setCurrentText("TinyNet")
        camera.take("1-import-pytorch-ready")
        dialog.arguments.setText('{"classes": 3}')
        dialog.begin()
        camera.wait(lambda: not dialog.busy, "the refusal")
        camera.settle()
        camera.take("1-import-pytorch-refused")
        dialog.arguments.clear()
        dialog.kinds.setCurrentText("Slow")
        dialog.begin()
        camera.settle_paused()
        camera.take("1-import-pytorch-busy", settle=False)
        dialog.reject()
        camera.settle()
        dialog.kinds.setCurrentText("TinyNet")
        dialog.begin()
        camera.wait(lambda: not dialog.busy, "the import")
        camera.settle()
        camera.take("1-import-pytorch-done")
        _leave(camera)
        window.actions_["import_onnx"].trigger()
        dialog = camera.dialog
        camera.settle()
        camera.take("1-import-onnx-empty")
        dialog.set_path(broken)
        camera.wait(lambda: not dialog.busy, "the refusal")
        camera.settle()
        camera.take("1-import-onnx-refused")
        _leave(camera)


def look_inside(camera: Camera, project: Path) -> None:
    """Open a project that has runs, and go through Inspect."""
    window = camera.window
    camera.settle()
    window.open_path(project)
    workspace = window.workspace
    camera.wait(lambda: workspace.report is not None and workspace.dataset is not None, "the project")
    inspect(camera, _middle(camera))


def _middle(camera: Camera) -> str:
    """A layer in the midst of the stack: the second convolution, if there is one."""
    layers = camera.window.workspace.graph.layers
    return next((n.id for n in layers if n.type == "Conv2d" and n.id != "conv1"), layers[1].id)


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
    parser.add_argument("--project", type=Path, help="a project with runs, of which only Inspect is shown")
    parser.add_argument("--only", default="", help="take only pictures with this in their name")
    chosen = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    chosen.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ["WORKBENCH_HOME"] = home
        camera = Camera(chosen.out, chosen.only)
        try:
            if chosen.project is None:
                tour(camera, chosen.sample)
            else:
                look_inside(camera, shutil.copytree(chosen.project, Path(home) / chosen.project.name))
        finally:
            camera.window.jobs.close()
    print(f"{camera.taken} pictures in {chosen.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
