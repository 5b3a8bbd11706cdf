"""What a model says about samples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from workbench.build.check import Report, check
from workbench.build.model import StackModel
from workbench.data.dataset import Source
from workbench.errors import UserError
from workbench.graph import training
from workbench.train import device as devices
from workbench.train import validation
from workbench.train.outputs import reading
from workbench.train.thread import ThreadSettings
from workbench.train.triplet import nearest_class

Progress = Callable[[int, int], object]
"""Told the samples done and all of them, after each batch. What it raises ends the work: that cancels it."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """Outputs for N samples, and what they mean.

    ``outputs``: what the stack gives, float32 (N, 1) or (N, classes), or (N, ...) for other answers.
    ``labels``: the predicted class numbers, int64 (N,), or for regression the predicted values, float32
    (N,); embeddings predict the class of the nearest other of these samples. ``probabilities``: each
    class's, float32 (N, classes); None for regression and for embeddings.
    """

    outputs: NDArray[np.float32]
    labels: NDArray[Any]
    probabilities: NDArray[np.float32] | None

    def __len__(self) -> int:
        return len(self.outputs)


def predict(
    model: StackModel,
    dataset: Source,
    indices: NDArray[np.int64],
    batch_size: int = 1024,
    device: str = "cpu",
    progress: Progress | None = None,
    *,
    loss: training.Loss = training.AUTO,
) -> Predictions:
    """Run a model in eval mode over samples of a dataset, at most ``batch_size`` at a time, on a device.

    ``loss`` is the one that it was trained with: it says what the outputs are. The model is moved to the
    device and stays in eval mode. Raises `UserError` where model and data don't fit, or the outputs are no
    finite numbers.
    """
    place = devices.resolve(device)
    report = check(model.graph, dataset.facts, training.TrainingSection(loss=loss))
    if report.errors:
        raise UserError(report.errors[0].message, place=f"layer {report.errors[0].layer}")
    size = min(batch_size, validation.batch_size(report, 1))
    model.to(place).eval()
    outputs: list[torch.Tensor] = []
    for start in range(0, len(indices), size):
        with torch.inference_mode(), ThreadSettings(report.flops * size, place):
            inputs = torch.from_numpy(dataset.batch(indices[start : start + size]))
            outputs.append(model(inputs.to(place)).cpu())
        if progress:
            progress(min(start + size, len(indices)), len(indices))
    together = torch.cat(outputs) if outputs else _none(report)
    if not together.isfinite().all():
        row = int(indices[int(together.flatten(1).isfinite().all(1).int().argmin())])
        raise UserError(
            f"the model's output for sample {row} is no finite number.",
            place="model",
            remedy="Its weights or that sample are damaged: train again, or clean the data.",
        )
    read = reading(model, dataset.task, loss)
    if read.form == "embedding":
        return Predictions(together.numpy(), _by_neighbour(together, dataset.targets[indices]), None)
    classes = dataset.task == "classification"
    return Predictions(
        outputs=together.numpy(),
        labels=read.labels(together).numpy(),
        probabilities=read.probabilities(together).numpy() if classes else None,
    )


def _none(report: Report) -> torch.Tensor:
    """The outputs for no samples."""
    last = report.rows[-1].output
    return torch.zeros(0, *(last.shape if last else (1,)))


def _by_neighbour(embeddings: torch.Tensor, targets: NDArray[Any]) -> NDArray[Any]:
    if len(targets) < 2:
        raise UserError(
            "an embedding by itself has no neighbour to take the class of.",
            place="data",
            remedy="Use two or more samples.",
        )
    found: NDArray[Any] = nearest_class(embeddings, torch.from_numpy(targets)).numpy()
    return found
