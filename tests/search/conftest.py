"""A project on small data whose settings matter."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from workbench.data.dataset import Dataset
from workbench.graph import Project
from workbench.graph.search import SearchSection

RATE = {"kind": "float", "low": 1e-4, "high": 1, "log": True}


@pytest.fixture
def data() -> Dataset:
    random = np.random.default_rng(0)
    inputs = random.normal(size=(120, 4)).astype(np.float32)
    order = random.permutation(120)
    return Dataset(
        name="made",
        kind="table",
        task="classification",
        inputs=inputs,
        targets=inputs[:, :3].argmax(1).astype(np.int64),
        classes=("a", "b", "c"),
        splits={"train": order[:80], "validation": order[80:105], "test": order[105:]},
    )


@pytest.fixture
def make_project() -> Callable[..., Project]:
    def make(*between: dict[str, Any], **training: Any) -> Project:
        layers = [
            {"id": "input", "type": "Input", "params": {"shape": [4]}},
            {"id": "hidden", "type": "Linear", "params": {"out_features": 8}},
            {"id": "act", "type": "ReLU"},
            *between,
            {"id": "drop", "type": "Dropout", "params": {"p": 0.1}},
            {"id": "out", "type": "Linear", "params": {"out_features": 3}},
        ]
        settings = {"epochs": 2, "batch_size": 16, **training}
        return Project.model_validate({"name": "Test", "model": {"layers": layers}, "training": settings})

    return make


@pytest.fixture
def project(make_project) -> Project:
    return make_project()


@pytest.fixture
def section() -> Callable[..., SearchSection]:
    """Return a maker of sections; without a space, of the learning rate's."""

    def make(space: dict[str, Any] | None = None, **options: Any) -> SearchSection:
        found = {"optimizer.lr": RATE} if space is None else space
        return SearchSection.model_validate(
            {"space": found, "trials": 3, "epochs": 1, "pruner": "none", **options}
        )

    return make
