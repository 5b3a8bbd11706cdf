"""A small image task and a small table task, without training."""

import numpy as np
import pytest

from workbench.build.check import built
from workbench.build.model import StackModel
from workbench.data.dataset import Dataset
from workbench.graph import Graph, Project


def stack(*rows: dict) -> Graph:
    return Graph.model_validate({"layers": rows})


@pytest.fixture
def images() -> Dataset:
    random = np.random.default_rng(0)
    return Dataset(
        name="shapes",
        kind="image",
        task="classification",
        inputs=random.integers(0, 256, (90, 1, 8, 8), dtype=np.uint8),
        targets=random.integers(0, 3, 90),
        scale=1 / 255,
        classes=("circle", "square", 'it\'s a "star"'),
        splits={"train": np.arange(60), "validation": np.arange(60, 75), "test": np.arange(75, 90)},
    )


@pytest.fixture
def table() -> Dataset:
    random = np.random.default_rng(1)
    return Dataset(
        name="prices",
        kind="table",
        task="regression",
        inputs=random.normal(50, 20, (300, 4)).astype(np.float32),
        targets=random.normal(200, 40, 300).astype(np.float32),
        features=("a", "b", "c", "d"),
        target="price",
        splits={"train": np.arange(50), "validation": np.empty(0, np.int64), "test": np.arange(50, 300)},
    )


@pytest.fixture
def image_project() -> Project:
    graph = stack(
        {"id": "pixels", "type": "Input", "params": {"shape": [1, 8, 8]}},
        {"id": "conv1", "type": "Conv2d", "params": {"out_channels": 4, "padding": "same"}},
        {"id": "bn1", "type": "BatchNorm2d"},
        {"id": "relu1", "type": "ReLU"},
        {"id": "conv2", "type": "Conv2d", "params": {"out_channels": 4, "padding": "same"}},
        {"id": "add1", "type": "Add", "inputs": ["relu1", "conv2"]},
        {"id": "flat1", "type": "Flatten"},
        {"id": "fc1", "type": "Linear", "params": {"out_features": 3}},
    )
    return Project(name='Shapes "and" more', model=graph)


@pytest.fixture
def table_project() -> Project:
    graph = stack(
        {"id": "output", "type": "Input", "params": {"shape": [4]}},
        {"id": "scale1", "type": "Standardize"},
        {"id": "fc1", "type": "Linear", "params": {"out_features": 8}},
        {"id": "tanh1", "type": "Tanh"},
        {"id": "fc2", "type": "Linear", "params": {"out_features": 1}},
        {"id": "units", "type": "Standardize", "params": {"invert": True}},
    )
    return Project(name="Prices", model=graph)


@pytest.fixture
def image_model(image_project: Project) -> StackModel:
    import torch

    torch.manual_seed(0)
    model = built(image_project.model)
    with torch.no_grad():  # statistics that differ from those of a fresh batch norm
        model(torch.randn(16, 1, 8, 8) * 3 + 1)
    return model


@pytest.fixture
def table_model(table_project: Project, table: Dataset) -> StackModel:
    import torch

    torch.manual_seed(0)
    model = built(table_project.model)
    model.fit_standardize(torch.from_numpy(table.inputs), torch.from_numpy(table.targets))
    return model
