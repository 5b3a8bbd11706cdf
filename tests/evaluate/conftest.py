"""Data and untrained stacks to evaluate: metrics don't ask whether a model is any good."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from workbench.build.check import built
from workbench.build.model import StackModel
from workbench.data.dataset import Dataset
from workbench.graph.project import Graph


@pytest.fixture
def make_data() -> Callable[..., Dataset]:
    def make(classes: int = 3, samples: int = 90) -> Dataset:
        random = np.random.default_rng(0)
        inputs = random.normal(size=(samples, 4)).astype(np.float32)
        order = random.permutation(samples)
        targets = random.integers(0, classes, samples) if classes else inputs.sum(1).astype(np.float32)
        third = samples // 3
        return Dataset(
            name="made",
            kind="table",
            task="classification" if classes else "regression",
            inputs=inputs,
            targets=targets,
            classes=tuple(f"class {n}" for n in range(classes)),
            splits={
                "train": order[:third],
                "validation": order[third : 2 * third],
                "test": order[2 * third :],
            },
        )

    return make


@pytest.fixture
def make_model() -> Callable[..., StackModel]:
    def make(width: int, *ends: str, features: int = 4) -> StackModel:
        layers: list[Any] = [
            {"id": "input", "type": "Input", "params": {"shape": [features]}},
            {"id": "drop", "type": "Dropout"},
            {"id": "out", "type": "Linear", "params": {"out_features": width}},
            *({"id": f"end{n}", "type": end} for n, end in enumerate(ends)),
        ]
        torch.manual_seed(0)
        return built(Graph.model_validate({"layers": layers}))

    return make
