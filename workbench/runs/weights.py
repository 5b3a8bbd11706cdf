"""A run's trained model."""

from __future__ import annotations

import json
from typing import Literal

from workbench.build.check import built
from workbench.build.drawing import Drawing
from workbench.build.model import StackModel
from workbench.runs.run import Run
from workbench.train import checkpoint
from workbench.train import device as devices

Which = Literal["best", "last"] | int
"""The best, the last, or those of the checkpoint after so many steps."""


def save_best(run: Run, weights: checkpoint.Tensors, epoch: int) -> None:
    """Write weights as the run's best, under the names of the model's state_dict. Raises `UserError`."""
    checkpoint.write(run.best, weights, json.dumps({"format": 1, "epoch": epoch}))


def load_model(run: Run, which: Which = "best", device: str = "cpu") -> StackModel:
    """Return a run's stack with some of its weights, in eval mode, on "cpu", "cuda" or "auto".

    Raises `UserError` where there are none, or they are damaged or of another stack.
    """
    places = {"best": run.best, "last": run.last}
    path = run.checkpoint_at(which).path if isinstance(which, int) else places[which]
    weights = checkpoint.read(path)[0] if which == "best" else checkpoint.Checkpoint.load(path).weights
    with Drawing():  # the weights drawn at first are thrown away
        model = built(run.project().model)
    checkpoint.fit(weights, model, str(path))
    model.load_state_dict(weights)
    return model.to(devices.resolve(device)).eval()
