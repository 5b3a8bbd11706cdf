"""A network over time, beside those of tests/interpret."""

import numpy as np
import pytest
from plain_networks import stack

from workbench.data.dataset import Dataset


@pytest.fixture
def steps_model():
    return stack(
        {"id": "x", "type": "Input", "params": {"shape": [12, 3]}},
        {"id": "turn", "type": "Transpose"},
        {"id": "conv", "type": "Conv1d", "params": {"out_channels": 4, "kernel_size": 3, "padding": 1}},
        {"id": "relu", "type": "ReLU"},
        {"id": "pool", "type": "GlobalAvgPool"},
        {"id": "fc", "type": "Linear", "params": {"out_features": 3}},
    )


@pytest.fixture
def steps() -> Dataset:
    random = np.random.default_rng(0)
    return Dataset(
        name="test",
        kind="sequence",
        task="classification",
        inputs=random.normal(0, 2, (10, 12, 3)).astype(np.float32),
        targets=np.arange(10) % 3,
        classes=("a", "b", "c"),
        splits={"train": np.arange(10)},
    )
