"""Metrics, computed by scikit-learn and named as it names them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def classification(
    truth: Array, labels: Array, probabilities: Array | None, classes: int
) -> dict[str, float]:
    """Return accuracy, precision, recall, f1 and roc_auc of class numbers.

    ``truth`` and ``labels``: int64, (N,). ``probabilities``: (N, classes), or None where there are none, and
    then no roc_auc. For two classes precision, recall
    and f1 are those of class 1; for more they are the mean over the classes that occur (macro). A class
    that is never predicted has precision 0. Empty samples give nan.
    """
    from sklearn.metrics import accuracy_score, precision_recall_fscore_support

    if not len(truth):
        curve = () if probabilities is None else ("roc_auc",)
        return dict.fromkeys(("accuracy", "precision", "recall", "f1", *curve), math.nan)
    average = "binary" if classes == 2 else "macro"
    precision, recall, f1, _ = precision_recall_fscore_support(
        truth, labels, average=average, zero_division=0
    )
    found = {
        "accuracy": float(accuracy_score(truth, labels)),
        "precision": float(precision),
        "recall": float(recall),
        "f1": float(f1),
    }
    return found if probabilities is None else {**found, "roc_auc": roc_auc(truth, probabilities)}


def roc_auc(truth: Array, probabilities: Array) -> float:
    """Return the area under the ROC curve: of class 1 of two, else the mean of each against the rest.

    A class that no sample has, or every sample, has no such curve and is left out; nan where none has.
    """
    from sklearn.metrics import roc_auc_score

    classes = [1] if probabilities.shape[1] == 2 else range(probabilities.shape[1])
    areas = [
        float(roc_auc_score(truth == number, probabilities[:, number]))
        for number in classes
        if 0 < np.count_nonzero(truth == number) < len(truth)
    ]
    return float(np.mean(areas)) if areas else math.nan


def regression(truth: Array, values: Array) -> dict[str, float]:
    """Return r2, mean_absolute_error, mean_squared_error and root_mean_squared_error of values, (N,).

    The errors are in the target's unit, the squared one in its square. r2 is nan for fewer than two samples,
    and all are for none.
    """
    from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score

    names = ("r2", "mean_absolute_error", "mean_squared_error", "root_mean_squared_error")
    if not len(truth):
        return dict.fromkeys(names, math.nan)
    truth, values = truth.astype(np.float64), values.astype(np.float64)
    squared = float(mean_squared_error(truth, values))
    return {
        "r2": float(r2_score(truth, values)) if len(truth) > 1 else math.nan,
        "mean_absolute_error": float(mean_absolute_error(truth, values)),
        "mean_squared_error": squared,
        "root_mean_squared_error": math.sqrt(squared),
    }
