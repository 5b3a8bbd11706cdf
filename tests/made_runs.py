"""Runs that nobody trained: a folder each, with figures and curves as a training would leave them."""

from pathlib import Path
from typing import Any

import numpy as np

from workbench.data.dataset import Dataset
from workbench.graph import Project
from workbench.runs.run import Run
from workbench.runs.scalars import ScalarWriter
from workbench.runs.store import RunStore

LAYERS = [
    {"id": "input", "type": "Input", "params": {"shape": [4]}},
    {"id": "hidden", "type": "Linear", "params": {"out_features": 8}},
    {"id": "act", "type": "ReLU"},
    {"id": "out", "type": "Linear", "params": {"out_features": 3}},
]


def made_project(layers: list[dict[str, Any]] | None = None, **training: Any) -> Project:
    """A small stack, and how it is trained."""
    raw = {"format": 1, "name": "Made", "model": {"layers": layers or LAYERS}, "training": training}
    return Project.model_validate(raw)


def made_data() -> Dataset:
    """Twelve samples of four numbers, of three classes."""
    return Dataset(
        name="made",
        kind="table",
        task="classification",
        inputs=np.zeros((12, 4), np.float32),
        targets=np.arange(12, dtype=np.int64) % 3,
        classes=("a", "b", "c"),
        splits={"train": np.arange(8), "validation": np.arange(8, 10), "test": np.arange(10, 12)},
    )


def made_run(
    folder: Path,
    project: Project | None = None,
    *,
    epochs: int = 3,
    steps: int = 4,
    loss: float = 0.5,
    **facts: Any,
) -> Run:
    """A completed run of so many epochs with so many steps each; its loss ends at ``loss``."""
    run = RunStore(folder).create(project or made_project(), made_data(), device="cpu")
    done = epochs * steps
    best = {"train_loss": loss + 0.1, "val_loss": loss, "accuracy": 1 - loss / 2} if epochs else {}
    told = {"state": "completed", "process": None, "epochs": epochs, "step": done, "best": best, "last": best}
    told |= {"best_epoch": epochs or None, "seconds": 0.5 * done, "samples_per_second": 1000.0}
    run.update(**{**told, **facts})
    if done:
        writer = ScalarWriter(run.scalars, after=0)
        writer.add("train_loss", 1, np.linspace(loss + 2, loss, done, dtype=np.float32))
        for epoch in range(1, epochs + 1):
            writer.add("val_loss", epoch * steps, [loss + (epochs - epoch) * 0.1])
            writer.add("accuracy", epoch * steps, [1 - loss / 2])
            writer.add("lr", epoch * steps, [0.001])
        writer.flush()
        writer.close()
    return run
