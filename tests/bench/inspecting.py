"""What seeing inside costs: ``python -m tests.bench.inspecting`` prints JSON, of the CPU, offscreen.

- ``capture``: all layers' activations and gradients for one sample of ResNet-18 (224×224) by
  `workbench.interpret.capture`, over one plain forward and backward pass of the same model. They take turns;
  medians in milliseconds.
- ``vitals``: samples a second of training with vitals on and off, in turns, and the ``ratio`` of their
  medians: Linear 784-128-10 in batches of 32, and the sample fashion-mnist-cnn's stack in batches of 128,
  both on real digits enlarged to 28×28. ``share`` is what the vitals say of themselves.
- ``click``: from the press on a row of the stack in Inspect until nothing is left to be drawn, on the samples
  digits-mlp and digits-cnn; ``card``: the same of a press on its vitals, which opens a card. Milliseconds.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import torch
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests import training_loops as loops
from tests.bench.editor import elapsed, wait
from tests.bench.training import LAYERS
from tests.bench.training_large import SAMPLE
from workbench.app import SWITCH_SECONDS, application
from workbench.app import window as make_window
from workbench.build.model import StackModel
from workbench.data.dataset import Dataset
from workbench.graph import Project
from workbench.graph.facts import Facts
from workbench.interpret.capture import capture
from workbench.layers import TensorSpec
from workbench.templates.resnet import ResNet18
from workbench.train.events import EpochEnded, Vitals
from workbench.train.trainer import Trainer
from workbench.train.vitals import VitalSigns
from workbench.ui.main_window import MainWindow
from workbench.ui.stack_rows import EXTRA, LAYER

Figures = dict[str, Any]


def spread(values: list[float]) -> Figures:
    """Median, least and most."""
    return {
        "median": round(statistics.median(values), 1),
        "range": [round(min(values), 1), round(max(values), 1)],
    }


def capturing(repeats: int) -> Figures:
    """One look at everything, beside one plain pass."""
    torch.manual_seed(0)
    facts = Facts(TensorSpec((3, 224, 224)), "classification", 1000)
    model = StackModel(ResNet18().graph(facts)).eval()
    sample, target = torch.randn(1, 3, 224, 224), torch.tensor([3])
    arrays = sample.numpy(), target.numpy()

    def plain() -> None:
        loss = torch.nn.functional.cross_entropy(model(sample), target)
        loss.backward()
        for parameter in model.parameters():
            parameter.grad = None

    def whole() -> None:
        seen = capture(model, *arrays, task="classification")
        assert len(seen.activations) == len(seen.gradients) == len(model.layer_ids)

    times: dict[str, list[float]] = {"plain": [], "capture": []}
    for turn in range(repeats + 3):
        for name, act in (("plain", plain), ("capture", whole)):
            begun = time.perf_counter()
            act()
            if turn >= 3:
                times[name].append(elapsed(begun))
    ratio = statistics.median(times["capture"]) / statistics.median(times["plain"])
    return {
        "layers": len(model.layer_ids),
        "plain_ms": spread(times["plain"]),
        "capture_ms": spread(times["capture"]),
        "ratio": round(ratio, 2),
    }


def trained(layers: list[Figures], data: loops.Arrays, batch: int, epochs: int, *, vitals: bool) -> Figures:
    """Train; return samples a second after the first epoch, and what vitals took by their own account."""
    inputs, targets = data
    numbers = np.arange(len(inputs))
    section = {"epochs": epochs, "batch_size": batch}
    project = Project.model_validate({"model": {"layers": layers}, "training": section})
    dataset = Dataset(
        name="made",
        kind="array",
        task="classification",
        inputs=inputs,
        targets=targets,
        classes=tuple(map(str, range(loops.CLASSES))),
        splits={"train": numbers, "validation": numbers[:0], "test": numbers[:0]},
    )
    share, looks, begun = 0.0, 0, 0.0
    with patch.object(VitalSigns, "due", VitalSigns.due if vitals else lambda *_: False):
        for event in Trainer(project, dataset, device="cpu").events():
            if isinstance(event, EpochEnded) and event.epoch == 1:
                begun = time.perf_counter()
            elif isinstance(event, Vitals):
                share, looks = event.share, looks + 1
            if isinstance(event, EpochEnded) and event.epoch == epochs:
                break
    seconds = time.perf_counter() - begun
    assert bool(looks) == vitals
    return {"speed": len(inputs) * (epochs - 1) / seconds, "share": share, "looks": looks}


def watching(repeats: int) -> Figures:
    """Training with vitals on, beside the same with vitals off."""
    images, targets = loops.digits(14_000)
    kinds = {
        "mlp": (LAYERS, (images.reshape(len(images), -1), targets), 32, 6),
        "cnn": (
            json.loads(SAMPLE.read_text("utf-8"))["model"]["layers"],
            (images[:2560], targets[:2560]),
            128,
            3,
        ),
    }
    result: Figures = {}
    for name, (layers, data, batch, epochs) in kinds.items():
        found: dict[bool, list[Figures]] = {True: [], False: []}
        for turn in range(repeats + 1):
            for on in (True, False) if turn % 2 else (False, True):
                one = trained(layers, data, batch, epochs, vitals=on)
                if turn:
                    found[on].append(one)
        on, off = ([one["speed"] for one in found[state]] for state in (True, False))
        result[name] = {
            "on": round(statistics.median(on)),
            "off": round(statistics.median(off)),
            "ratio": round(statistics.median(on) / statistics.median(off), 3),
            "share": round(statistics.median(one["share"] for one in found[True]), 4),
            "looks": found[True][-1]["looks"],
        }
    return result


class Drawing(QObject):
    """Counts what is drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False

    def until_drawn(self, act: Callable[[], object]) -> float:
        """Return milliseconds from an act until nothing is left to be drawn."""
        begun = time.perf_counter()
        act()
        took = elapsed(begun)
        while True:
            before = self.count
            QApplication.processEvents()
            if self.count == before:
                return took
            took = elapsed(begun)


def click(window: MainWindow, layer: str, column: int) -> None:
    """Click on a cell of a layer's row."""
    table, rows = window.stack.table, window.stack.rows
    place = table.visualRect(rows.index(rows.row_of(layer), column)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def clicking(window: MainWindow, drawing: Drawing, sample: str, rounds: int) -> Figures:
    """Go through a sample's layers by clicks, in Inspect."""
    window.open_sample(sample)
    workspace = window.workspace
    wait(lambda: workspace.report is not None and workspace.dataset is not None and not window.jobs.running)
    window.show_stage("inspect")
    panel = window.stages.panel("inspect")
    wait(lambda: panel.inspection is not None and window.stack.rows.shows_vitals and not window.jobs.running)
    layers = [node.id for node in workspace.graph]
    rows: list[float] = []
    cards: list[float] = []
    for turn in range(rounds + 1):
        for layer in layers:
            for column, times in ((LAYER, rows), (EXTRA, cards)):
                workspace.select(layers[layer == layers[0]])
                window.health.close()
                wait(lambda: not window.jobs.running)
                for _ in range(5):
                    QApplication.processEvents()
                took = drawing.until_drawn(lambda layer=layer, column=column: click(window, layer, column))
                assert workspace.selection == layer
                assert window.health.is_open == (column == EXTRA)
                if turn:
                    times.append(took)
    return {"click_ms": spread(rows), "card_ms": spread(cards), "layers": len(layers)}


def main() -> None:
    """Measure and print."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", choices=("capture", "vitals", "click"), default=None)
    given = parser.parse_args()
    result: Figures = {"repeats": given.repeats, "threads": torch.get_num_threads()}
    if given.only in (None, "capture"):
        result["capture"] = capturing(4 * given.repeats)
    if given.only in (None, "vitals"):
        result["vitals"] = watching(given.repeats)
    if given.only in (None, "click"):
        sys.setswitchinterval(SWITCH_SECONDS)  # as the program does
        app = application([])
        with tempfile.TemporaryDirectory() as home:
            os.environ["WORKBENCH_HOME"] = str(Path(home))
            window = make_window()
            window.resize(1440, 900)
            window.show()
            wait(lambda: window._painted)
            drawing = Drawing()
            app.installEventFilter(drawing)
            result["click"] = {
                sample: clicking(window, drawing, sample, 3) for sample in ("digits-mlp", "digits-cnn")
            }
            app.removeEventFilter(drawing)
            window.close()
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
