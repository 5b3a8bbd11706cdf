"""A run's trained model."""

from __future__ import annotations

import json
from typing import Literal

import torch

from workbench.build.check import built
from workbench.build.model import StackModel
from workbench.runs.run import Run
from workbench.train import checkpoint
from workbench.train import device as devices

Which = Literal["best", "last"]


def save_best(run: Run, weights: checkpoint.Tensors, epoch: int) -> None:
    """Write weights as the run's best, under the names of the model's state_dict. Raises `UserError`."""
    checkpoint.write(run.best, weights, json.dumps({"format": 1, "epoch": epoch}))


def load_model(run: Run, which: Which = "best", device: str = "cpu") -> StackModel:
    """Return a run's stack with its best or last weights, in eval mode, on "cpu", "cuda" or "auto".

    Raises `UserError` where there are none, or they are damaged or of another stack.
    """
    path = run.best if which == "best" else run.last
    weights = checkpoint.read(path)[0] if which == "best" else checkpoint.Checkpoint.load(path).weights
    with torch.random.fork_rng([]):  # the weights drawn at first are thrown away
        model = built(run.project().model)
    checkpoint.fit(weights, model, str(path))
    model.load_state_dict(weights)
    return model.to(devices.resolve(device)).eval()
