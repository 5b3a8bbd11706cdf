"""A small dense network and data that it learns: for tests of runs and of searches."""

from typing import Any

import numpy as np

from workbench.data.dataset import Dataset
from workbench.graph import Project


def dense_data(train: int, validation: int, test: int) -> Dataset:
    """Four random values a sample, whose class is the largest of the first three."""
    random = np.random.default_rng(0)
    samples, seen = train + validation + test, train + validation
    inputs = random.normal(size=(samples, 4)).astype(np.float32)
    order = random.permutation(samples)
    return Dataset(
        name="made",
        kind="table",
        task="classification",
        inputs=inputs,
        targets=inputs[:, :3].argmax(1).astype(np.int64),
        classes=("a", "b", "c"),
        splits={"train": order[:train], "validation": order[train:seen], "test": order[seen:]},
    )


def dense_project(*between: dict[str, Any], width: int = 8, **training: Any) -> Project:
    """One hidden layer, with layers ``between`` after it, and settings of its training."""
    layers = [
        {"id": "input", "type": "Input", "params": {"shape": [4]}},
        {"id": "hidden", "type": "Linear", "params": {"out_features": width}},
        {"id": "act", "type": "ReLU"},
        *between,
        {"id": "drop", "type": "Dropout", "params": {"p": 0.1}},
        {"id": "out", "type": "Linear", "params": {"out_features": 3}},
    ]
    settings = {"batch_size": 16, **training}
    return Project.model_validate({"name": "Test", "model": {"layers": layers}, "training": settings})
