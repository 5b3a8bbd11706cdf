"""Networks and data for surrogates: known rules, categories, and what scikit-learn asks of a model."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator

from workbench.build.check import built
from workbench.data.dataset import Dataset
from workbench.graph import Graph
from workbench.interpret.subject import Subject


def stack(*rows: dict[str, Any]) -> Any:
    torch.manual_seed(0)
    return built(Graph.model_validate({"layers": rows}))


def mlp(inputs: int, outputs: int) -> Any:
    return stack(
        {"id": "x", "type": "Input", "params": {"shape": [inputs]}},
        {"id": "fc1", "type": "Linear", "params": {"out_features": 8}},
        {"id": "tanh", "type": "Tanh"},
        {"id": "fc2", "type": "Linear", "params": {"out_features": outputs}},
    )


def table(
    inputs: Any, targets: Any, features: tuple[str, ...] = (), classes: tuple[str, ...] = ()
) -> Dataset:
    """A table of which the first two thirds are for training and the rest for testing."""
    count = len(inputs)
    cut = count * 2 // 3
    return Dataset(
        name="made",
        kind="table",
        task="classification" if classes else "regression",
        inputs=np.asarray(inputs, np.float32),
        targets=np.asarray(targets),
        classes=classes,
        features=features or tuple(f"f{n}" for n in range(np.shape(inputs)[1])),
        splits={"train": np.arange(cut), "test": np.arange(cut, count)},
    )


def classes_subject(seed: int = 0, **more: Any) -> Subject:
    """Three classes of four numbers, answered by a network with random weights."""
    random = np.random.default_rng(seed)
    inputs = random.normal(0, 2, (120, 4))
    dataset = table(inputs, random.integers(0, 3, 120), classes=("a", "b", "c"))
    return Subject(mlp(4, 3), dataset, **more)


def values_subject(**more: Any) -> Subject:
    """Values of three numbers."""
    random = np.random.default_rng(1)
    inputs = random.normal(5, 2, (90, 3))
    return Subject(mlp(3, 1), table(inputs, random.normal(size=90).astype(np.float32)), **more)


def people() -> Dataset:
    """A number, a category of three values that is spread over columns, and a flag."""
    random = np.random.default_rng(2)
    town = random.integers(0, 3, 90)
    inputs = np.column_stack((random.uniform(18, 80, 90).round(), np.eye(3)[town], random.integers(0, 2, 90)))
    names = ("age", "town=Bern", "town=Chur", "town=Zug", "member")
    return table(inputs, (town == 1).astype(np.int64), names, ("no", "yes"))


def chur_model() -> Any:
    """Says yes for Chur, whatever else."""
    model = stack(
        {"id": "x", "type": "Input", "params": {"shape": [5]}},
        {"id": "fc", "type": "Linear", "params": {"out_features": 2}},
    )
    with torch.no_grad():
        model.fc.weight.copy_(torch.tensor([[0.0] * 5, [0.0, 0.0, 4.0, 0.0, 0.0]]))
        model.fc.bias.copy_(torch.tensor([0.0, -2.0]))
    return model


class AsEstimator(BaseEstimator):
    """A network as scikit-learn sees a model that is fitted."""

    def __init__(self, model: Any = None, kind: str = "classifier", classes: int = 3) -> None:
        self.model, self.kind, self.classes = model, kind, classes

    def fit(self, inputs: Any, targets: Any) -> AsEstimator:
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.estimator_type = self.kind
        return tags

    @property
    def classes_(self) -> Any:
        return np.arange(self.classes)

    def _outputs(self, inputs: Any) -> Any:
        with torch.no_grad():
            return self.model.eval()(torch.from_numpy(np.asarray(inputs, np.float32)))

    def predict_proba(self, inputs: Any) -> Any:
        return self._outputs(inputs).double().softmax(1).numpy()

    def predict(self, inputs: Any) -> Any:
        found = self._outputs(inputs)
        return found.argmax(1).numpy() if self.kind == "classifier" else found[:, 0].numpy()
