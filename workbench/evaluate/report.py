"""The evaluation of a model on a split: metrics, and classification class by class."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from workbench.build.model import StackModel
from workbench.data.dataset import Dataset, SplitName
from workbench.errors import UserError
from workbench.evaluate import metrics
from workbench.evaluate.predict import Predictions, Progress, predict
from workbench.graph import training
from workbench.train.class_weights import class_counts
from workbench.train.losses import Loss
from workbench.train.losses import loss as loss_for
from workbench.train.outputs import reading
from workbench.train.validation import spread


@dataclass(frozen=True)
class ClassReport:
    """One class: of those predicted, the share that were right (precision); of those that are it, the share
    found (recall); their harmonic mean (f1); and how many samples are it (support).
    """

    name: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, eq=False)
class Report:
    """How a model does on a split.

    ``metrics``: ``loss`` and those of `workbench.evaluate.metrics`, by name. ``confusion``: int64 (classes,
    classes), a row a true class, a column a predicted one; None for regression, where ``classes`` is empty.
    ``indices``: the samples, int64 (N,), in the order of ``predictions`` and of ``truth`` (N,).
    """

    split: SplitName
    metrics: Mapping[str, float]
    classes: tuple[ClassReport, ...]
    confusion: NDArray[np.int64] | None
    indices: NDArray[np.int64]
    truth: NDArray[Any]
    predictions: Predictions

    @property
    def samples(self) -> int:
        """Number of samples."""
        return len(self.indices)

    def to_json(self) -> dict[str, Any]:
        """Return metrics (None for what is undefined), samples, split, classes and confusion matrix."""
        return {
            **{name: value if math.isfinite(value) else None for name, value in self.metrics.items()},
            "samples": self.samples,
            "split": self.split,
            "classes": [vars(item) for item in self.classes],
            "confusion_matrix": None if self.confusion is None else self.confusion.tolist(),
        }


def evaluate(
    model: StackModel,
    dataset: Dataset,
    split: SplitName = "test",
    *,
    loss: training.Loss = training.AUTO,
    loss_batch: int = 1024,
    batch_size: int = 1024,
    device: str = "cpu",
    progress: Progress | None = None,
) -> Report:
    """Evaluate a model on a split, with the loss that it was trained with.

    The loss is that of all samples as one batch, but for triplets: those are formed within ``loss_batch``
    samples, as in training. Embeddings predict the class of the nearest other sample of the split.
    Raises `UserError` for an unknown or empty split and for what `predict` refuses; whatever ``progress``
    raises ends it.
    """
    if split not in dataset.splits:
        names = ", ".join(dataset.splits)
        raise UserError(f"no split is called {split!r}.", place="split", remedy=f"Use one of {names}.")
    indices = dataset.splits[split]
    if not len(indices):
        raise UserError(f"the {split} split is empty.", place="data.split", remedy="Give it a larger share.")
    predictions = predict(model, dataset, indices, batch_size, device, progress, loss=loss)
    truth = dataset.targets[indices]
    outputs = torch.from_numpy(predictions.outputs)
    read = reading(model, dataset.task, loss)
    chosen = loss_for(loss, read, outputs.shape[-1], class_counts(dataset))
    mean = _mean(chosen, outputs, truth, loss_batch if read.form == "embedding" else len(truth))
    if dataset.task == "regression":
        scores = metrics.regression(truth, predictions.labels)
        classes: tuple[ClassReport, ...] = ()
        confusion = None
    else:
        scores = metrics.classification(
            truth, predictions.labels, predictions.probabilities, len(dataset.classes)
        )
        classes = _by_class(truth, predictions.labels, dataset.classes)
        confusion = _confusion(truth, predictions.labels, len(dataset.classes))
    return Report(split, {"loss": mean, **scores}, classes, confusion, indices, truth, predictions)


def _mean(loss: Loss, outputs: torch.Tensor, truth: NDArray[Any], size: int) -> float:
    targets = _double(loss.prepared(torch.from_numpy(truth)))
    total = weights = 0.0
    for places in spread(len(truth), size):
        weight = float(loss.weight(targets[places]))
        total += weight * float(loss.function(outputs[places].double(), targets[places]))
        weights += weight
    return total / weights if weights else 0.0


def _double(targets: torch.Tensor) -> torch.Tensor:
    return targets.double() if targets.is_floating_point() else targets


def _by_class(truth: NDArray[Any], labels: NDArray[Any], names: tuple[str, ...]) -> tuple[ClassReport, ...]:
    from sklearn.metrics import precision_recall_fscore_support

    columns = precision_recall_fscore_support(truth, labels, labels=range(len(names)), zero_division=0)
    rows = zip(names, *columns, strict=True)
    return tuple(ClassReport(name, float(p), float(r), float(f), int(n)) for name, p, r, f, n in rows)


def _confusion(truth: NDArray[Any], labels: NDArray[Any], classes: int) -> NDArray[np.int64]:
    from sklearn.metrics import confusion_matrix

    found: NDArray[np.int64] = confusion_matrix(truth, labels, labels=range(classes))
    return found
