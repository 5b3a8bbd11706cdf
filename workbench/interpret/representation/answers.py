"""What a model answers for many samples, beside the truth."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from workbench.interpret.misfit import untold
from workbench.interpret.subject import Subject
from workbench.train.outputs import reading


def answers(subject: Subject, samples: NDArray[np.int64], outputs: Tensor) -> dict[str, NDArray[Any]]:
    """Return arrays of shape (n,): ``true``, and as far as outputs tell of it, ``predicted`` and ``error``.

    Classification: class numbers, int64; ``error`` is 1 where the answer is wrong, else 0; ``confidence`` is
    the predicted class's probability, float32. Regression: values, float32; ``error`` is predicted less
    true. Embeddings tell of no class.
    """
    dataset = subject.dataset
    true = dataset.targets[samples]
    if untold(subject.model, dataset, subject.loss):
        return {"true": true}
    read = reading(subject.model, dataset.task, subject.loss)
    predicted = read.labels(outputs).numpy()
    if dataset.task == "regression":
        return {"true": true, "predicted": predicted, "error": predicted - true}
    shares = read.probabilities(outputs).numpy()
    return {
        "true": true,
        "predicted": predicted,
        "error": (predicted != true).astype(np.int64),
        "confidence": np.take_along_axis(shares, predicted[:, None], 1)[:, 0],
    }
