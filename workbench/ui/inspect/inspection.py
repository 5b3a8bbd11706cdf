"""One look inside a model, made in the background: every layer's activations and gradients for a sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.graph import Graph
from workbench.interpret.subject import number
from workbench.ui.inspect.inspected import MakeSubject
from workbench.ui.row_vitals import RowVitals, Tone

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Inspection:
    """All layers for one sample; arrays have no batch dimension.

    ``index``: the sample's number in the data, None for one from elsewhere, of which no truth is known.
    """

    index: int | None
    sample: Array
    graph: Graph
    activations: Mapping[str, Array]
    gradients: Mapping[str, Array]
    weights: Mapping[str, Mapping[str, Array]]
    vitals: Mapping[str, RowVitals]
    truth: str
    answer: str
    right: bool | None
    probabilities: Array | None
    loss: float | None


def inspect(make: MakeSubject) -> Inspection:
    """Look at a subject's sample. Raises `UserError`.

    Gradients are of the loss, or where no truth is known of the predicted answer's score.
    """
    from workbench.interpret.look import look

    subject = make(None)
    model, dataset = subject.model, subject.dataset
    seen = look(subject, of="score" if subject.truth() is None else "loss").captured
    activations = {name: value[0] for name, value in seen.activations.items()}
    gradients = {name: value[0] for name, value in seen.gradients.items()}
    predicted = number(seen.predicted)
    answer = dataset.classes[int(predicted)] if dataset.classes else f"{predicted:.4g}"
    truth = "" if subject.number is None else dataset.answer(subject.number)
    weights = {
        name: {n: v.detach().cpu().numpy() for n, v in model.get_submodule(name).state_dict().items()}
        for name in model.layer_ids
    }
    return Inspection(
        index=subject.number,
        sample=subject.inputs()[0],
        graph=model.graph,
        activations=activations,
        gradients=gradients,
        weights=weights,
        vitals=_vitals(activations, gradients),
        truth=truth,
        answer=answer,
        right=answer == truth if truth else None,
        probabilities=None if seen.probabilities is None else seen.probabilities[0],
        loss=seen.loss,
    )


def _vitals(activations: Mapping[str, Array], gradients: Mapping[str, Array]) -> dict[str, RowVitals]:
    from workbench.interpret.statistics import statistics

    norms = {name: float(np.linalg.norm(np.nan_to_num(value))) for name, value in gradients.items()}
    vitals = {}
    for name, value in activations.items():
        found = statistics(value, 24)
        silent = found.zeros >= 0.999 and value.size > 1
        tone: Tone = "problem" if silent or found.not_finite > 0 else "good"
        vitals[name] = RowVitals(found.counts, norms.get(name), tone, _why(silent, found.not_finite))
    return vitals


def _why(silent: bool, not_finite: float) -> str:
    if not_finite:
        return "It holds values that are no finite numbers."
    return "It is zero for this sample." if silent else ""
