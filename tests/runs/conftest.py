"""A project with data, and its runs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.data.dataset import Dataset
from workbench.graph import Project
from workbench.runs.recorder import record
from workbench.runs.run import Run
from workbench.runs.store import RunStore
from workbench.train.trainer import Trainer


@pytest.fixture
def data() -> Dataset:
    random = np.random.default_rng(0)
    inputs = random.normal(size=(150, 4)).astype(np.float32)
    order = random.permutation(150)
    return Dataset(
        name="made",
        kind="table",
        task="classification",
        inputs=inputs,
        targets=inputs[:, :3].argmax(1).astype(np.int64),
        classes=("a", "b", "c"),
        splits={"train": order[:100], "validation": order[100:130], "test": order[130:]},
    )


@pytest.fixture
def make_project() -> Callable[..., Project]:
    def make(width: int = 8, **training: Any) -> Project:
        layers = [
            {"id": "input", "type": "Input", "params": {"shape": [4]}},
            {"id": "hidden", "type": "Linear", "params": {"out_features": width}},
            {"id": "act", "type": "ReLU"},
            {"id": "drop", "type": "Dropout", "params": {"p": 0.1}},
            {"id": "out", "type": "Linear", "params": {"out_features": 3}},
        ]
        settings = {"epochs": 4, "batch_size": 16, **training}
        return Project.model_validate({"name": "Test", "model": {"layers": layers}, "training": settings})

    return make


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path)


@pytest.fixture
def train(store: RunStore, make_project: Callable[..., Project], data: Dataset) -> Callable[..., Run]:
    """Return a function that trains a new run to its end."""

    def train(**training: Any) -> Run:
        project = make_project(**training)
        trainer = Trainer(project, data)
        run = store.create(project, data)
        for _ in record(run, trainer):
            pass
        return run

    return train
