"""One look inside a model, made in the background: every layer's activations and gradients for a sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.graph import Graph, Project, TrainingSection
from workbench.graph.facts import Facts
from workbench.ui.row_vitals import RowVitals, Tone

if TYPE_CHECKING:
    from workbench.build.model import StackModel
    from workbench.data.dataset import Dataset

Array = NDArray[Any]

UNTRAINED = ""
"""The run's id for a model with fresh random weights."""


@dataclass(frozen=True, eq=False)
class Inspection:
    """All layers for one sample; arrays have no batch dimension."""

    run: str
    epoch: int | None
    index: int
    sample: Array
    graph: Graph
    activations: Mapping[str, Array]
    gradients: Mapping[str, Array]
    vitals: Mapping[str, RowVitals]
    truth: str
    answer: str
    right: bool
    probabilities: Array | None
    loss: float | None


class Inspector:
    """Makes inspections; keeps the last model it loaded. Used by one background job at a time."""

    def __init__(self) -> None:
        self._key: object = None
        self._model: StackModel | None = None
        self._epoch: int | None = None

    def inspect(self, folder: Path, project: Project, dataset: Dataset, run: str, index: int) -> Inspection:
        """Look at one sample of the data. Raises `UserError`."""
        from workbench.interpret.capture import capture
        from workbench.interpret.statistics import statistics

        model = self._loaded(folder, project, dataset.facts, run)
        inputs = dataset.batch(np.array([index]))
        seen = capture(model, inputs, dataset.targets[[index]], task=dataset.task, loss=project.training.loss)
        activations = {name: value[0] for name, value in seen.activations.items()}
        gradients = {name: value[0] for name, value in seen.gradients.items()}
        norms = {name: float(np.linalg.norm(np.nan_to_num(value))) for name, value in gradients.items()}
        vitals = {}
        for name, value in activations.items():
            found = statistics(value, 24)
            silent = found.zeros >= 0.999 and value.size > 1
            tone: Tone = "problem" if silent or found.not_finite > 0 else "good"
            vitals[name] = RowVitals(found.counts, norms.get(name), tone, _why(silent, found.not_finite))
        predicted = seen.predicted[0]
        answer = (
            dataset.classes[int(predicted)] if dataset.classes else f"{float(np.ravel(predicted)[0]):.4g}"
        )
        truth = dataset.answer(index)
        return Inspection(
            run=run,
            epoch=self._epoch,
            index=index,
            sample=np.asarray(inputs[0]),
            graph=model.graph,
            activations=activations,
            gradients=gradients,
            vitals=vitals,
            truth=truth,
            answer=answer,
            right=answer == truth,
            probabilities=None if seen.probabilities is None else seen.probabilities[0],
            loss=seen.loss,
        )

    def weights(
        self, folder: Path, project: Project, facts: Facts, run: str, layer: str
    ) -> Mapping[str, Array]:
        """Return a layer's parameters and buffers, by name."""
        model = self._loaded(folder, project, facts, run)
        state = getattr(model, layer).state_dict()
        return {name: value.detach().cpu().numpy().copy() for name, value in state.items()}

    def next_mistake(
        self, folder: Path, project: Project, dataset: Dataset, run: str, indices: Array, after: int
    ) -> int | None:
        """Return the index of the next sample in a split that the model gets wrong, or None."""
        from workbench.evaluate.predict import predict

        model = self._loaded(folder, project, dataset.facts, run)
        found = predict(model, dataset, indices, loss=project.training.loss)
        wrong = indices[found.labels != dataset.targets[indices]]
        if not len(wrong):
            return None
        later = wrong[np.flatnonzero(np.isin(wrong, indices[_place(indices, after) + 1 :]))]
        return int(later[0] if len(later) else wrong[0])

    def _loaded(self, folder: Path, project: Project, facts: Facts, run: str) -> StackModel:
        from workbench.runs.match import require_same_data
        from workbench.runs.store import RunStore
        from workbench.runs.weights import load_model

        if run == UNTRAINED:
            key: object = (project.model, facts, project.training.seed)
        else:
            file = RunStore(folder).open(run).best
            key = (project.data, file, file.stat().st_mtime_ns if file.exists() else 0)
        if self._model is None or key != self._key:
            if run == UNTRAINED:
                self._model, self._epoch = _fresh(project, facts), None
            else:
                opened = RunStore(folder).open(run)
                require_same_data(opened, project.data)
                self._model, self._epoch = load_model(opened), opened.info().best_epoch
            self._key = key
        return self._model


def _why(silent: bool, not_finite: float) -> str:
    if not_finite:
        return "It holds values that are no finite numbers."
    return "It is zero for this sample." if silent else ""


def _fresh(project: Project, facts: Facts) -> StackModel:
    import torch

    from workbench.build.check import built

    with torch.random.fork_rng([]):
        torch.manual_seed(project.training.seed)
        return built(project.model, facts, TrainingSection(loss=project.training.loss)).eval()


def _place(indices: Array, value: int) -> int:
    found = np.flatnonzero(indices == value)
    return int(found[0]) if len(found) else -1
