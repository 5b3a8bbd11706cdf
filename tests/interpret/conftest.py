"""A network with a skip connection, a dropout that two layers read, and a layer that nothing reads."""

import numpy as np
import pytest
import torch

from workbench.build.check import built
from workbench.build.model import StackModel
from workbench.data.dataset import Dataset
from workbench.graph import Graph


def stack(*rows: dict) -> StackModel:
    torch.manual_seed(0)
    return built(Graph.model_validate({"layers": rows}))


def dataset(inputs, targets, task="classification", classes=("a", "b", "c"), **more) -> Dataset:
    kinds = {"name": "test", "kind": "array", "splits": {"train": np.arange(len(inputs))}, **more}
    return Dataset(task=task, inputs=inputs, targets=targets, classes=classes, **kinds)


@pytest.fixture
def few_epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    """UMAP takes a second for each map, unless its code is compiled: 500 epochs that nobody looks at."""
    monkeypatch.setattr("workbench.interpret.representation.umap.EPOCHS", 30)


@pytest.fixture
def model() -> StackModel:
    made = stack(
        {"id": "x", "type": "Input", "params": {"shape": [2, 6, 6]}},
        {"id": "conv1", "type": "Conv2d", "params": {"out_channels": 3, "padding": "same"}},
        {"id": "bn1", "type": "BatchNorm2d"},
        {"id": "relu1", "type": "ReLU"},
        {"id": "drop1", "type": "Dropout"},
        {"id": "conv2", "type": "Conv2d", "params": {"out_channels": 3, "padding": "same"}},
        {"id": "add1", "type": "Add", "inputs": ["relu1", "conv2"]},
        {"id": "flat1", "type": "Flatten"},
        {"id": "fc1", "type": "Linear", "params": {"out_features": 3}},
    )
    with torch.no_grad():
        made(torch.randn(16, 2, 6, 6) * 3 + 1)  # statistics that differ from those of a fresh batch norm
    return made


@pytest.fixture
def images() -> Dataset:
    random = np.random.default_rng(0)
    return dataset(random.integers(0, 256, (9, 2, 6, 6), dtype=np.uint8), np.arange(9) % 3, scale=1 / 255)


@pytest.fixture
def ids_model() -> StackModel:
    return stack(
        {"id": "ids", "type": "Input", "params": {"shape": [5], "dtype": "int64"}},
        {"id": "emb", "type": "Embedding", "params": {"num_embeddings": 10, "embedding_dim": 4}},
        {"id": "lstm", "type": "LSTM", "params": {"hidden_size": 6, "bidirectional": True}},
        {"id": "dead", "type": "ReLU"},
        {"id": "fc", "type": "Linear", "params": {"out_features": 1}, "inputs": ["lstm"]},
        {"id": "p", "type": "Sigmoid"},
    )


@pytest.fixture
def words() -> Dataset:
    random = np.random.default_rng(0)
    return dataset(random.integers(0, 10, (4, 5)), np.arange(4) % 2, classes=("no", "yes"))


@pytest.fixture
def values_model() -> StackModel:
    made = stack(
        {"id": "x", "type": "Input", "params": {"shape": [3]}},
        {"id": "scale", "type": "Standardize"},
        {"id": "fc1", "type": "Linear", "params": {"out_features": 4}},
        {"id": "tanh", "type": "Tanh"},
        {"id": "fc2", "type": "Linear", "params": {"out_features": 1}},
        {"id": "units", "type": "Standardize", "params": {"invert": True}},
    )
    made.fit_standardize(torch.randn(50, 3) * 5 + 2, torch.randn(50) * 40 + 100)
    return made


@pytest.fixture
def values() -> Dataset:
    random = np.random.default_rng(0)
    inputs = random.normal(2, 5, (6, 3)).astype(np.float32)
    return dataset(inputs, random.normal(100, 40, 6).astype(np.float32), "regression", ())
