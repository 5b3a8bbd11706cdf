"""Small data and projects to train on."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from workbench.data.dataset import Dataset
from workbench.graph import Project


@pytest.fixture
def make_dataset() -> Callable[..., Dataset]:
    """Return a maker of datasets whose targets can be learned: a class is where its sample is largest."""

    def make(
        samples: int = 200,
        features: int = 6,
        classes: int = 3,
        task: str = "classification",
        seed: int = 0,
        shape: tuple[int, ...] | None = None,
        dtype: str = "float32",
        validation: float = 0.2,
        test: float = 0.1,
    ) -> Dataset:
        random = np.random.default_rng(seed)
        shape = shape or (features,)
        values = random.normal(size=(samples, *shape))
        flat = values.reshape(samples, -1)
        if task == "classification":
            targets = flat[:, :classes].argmax(1).astype(np.int64)
        else:
            targets = (flat @ random.normal(size=flat.shape[1]) + 1).astype(np.float32)
        scale = 1.0
        if dtype == "uint8":
            values, scale = np.clip(values * 40 + 128, 0, 255), 1 / 255
        order = random.permutation(samples)
        first, second = int(samples * validation), int(samples * (validation + test))
        return Dataset(
            name="made",
            kind="image" if len(shape) == 3 else "table",
            task=task,
            inputs=values.astype(dtype),
            targets=targets,
            scale=scale,
            classes=tuple(f"class {n}" for n in range(classes)) if task == "classification" else (),
            splits={"validation": order[:first], "test": order[first:second], "train": order[second:]},
        )

    return make


@pytest.fixture
def make_project() -> Callable[..., Project]:
    """Return a maker of projects from rows ("Linear", {params}) or bare types, and training settings."""

    def make(*rows: Any, **training: Any) -> Project:
        layers = []
        for number, row in enumerate(rows):
            kind, params = (row, {}) if isinstance(row, str) else row
            layers.append({"id": f"layer{number}", "type": kind, "params": params})
        return Project.model_validate({"model": {"layers": layers}, "training": training})

    return make
