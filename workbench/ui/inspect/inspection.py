"""One look inside a model, made in the background: every layer's activations and gradients for a sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.graph import Graph
from workbench.interpret.subject import Target, number
from workbench.interpret.units import strongest, unit_axis
from workbench.ui.inspect.inspected import MakeSubject
from workbench.ui.layer_health import Tone, sampled
from workbench.ui.row_vitals import RowVitals

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset

Array = NDArray[Any]

MEASURED = "Of this sample, in evaluation mode."


@dataclass(frozen=True, eq=False)
class Inspection:
    """All layers for one sample; arrays have no batch dimension.

    ``dataset``: the data that were open then. ``index``: the sample's number in them, None for one from
    elsewhere. ``truth``: "" where it isn't known, ``answer`` where the outputs tell of none, as embeddings
    do. ``error``: by how much a predicted value is off, None for classes.
    """

    dataset: Dataset
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
    error: float | None = None
    attention: Mapping[str, Mapping[str, Array]] = field(default_factory=dict)
    """Of layers that attend, by part, (heads, queries, keys)."""
    strongest: Mapping[str, tuple[int, float]] = field(default_factory=dict)
    """The unit of a layer that fires most, and its largest value."""
    axes: Mapping[str, int] = field(default_factory=dict)
    """Along which axis a layer's output has its units."""


def inspect(make: MakeSubject) -> Inspection:
    """Look at a subject's sample. Raises `UserError`.

    Gradients are of the loss, or where no truth is known of the predicted answer's score.
    """
    from workbench.interpret.attention import attention_of_all
    from workbench.interpret.look import look
    from workbench.interpret.misfit import untold

    subject = make(None)
    model, dataset = subject.model, subject.dataset
    untaught = subject.truth() is None and untold(model, dataset, subject.loss) is None
    looked = look(subject, of="score" if untaught else "loss")
    seen = looked.captured
    activations = {name: value[0] for name, value in seen.activations.items()}
    gradients = {name: value[0] for name, value in seen.gradients.items()}
    predicted = looked.predicted
    answer = "" if predicted is None else in_words(dataset, predicted)
    known = subject.truth()
    truth = "" if known is None else in_words(dataset, number(known))
    weights = {
        name: {n: v.detach().cpu().numpy() for n, v in model.get_submodule(name).state_dict().items()}
        for name in model.layer_ids
    }
    axes = {name: unit_axis(model.graph, name, value.ndim) for name, value in activations.items()}
    floats = [name for name, value in activations.items() if np.issubdtype(value.dtype, np.floating)]
    firing = {name: strongest(activations[name], axes[name]) for name in floats}
    return Inspection(
        dataset=dataset,
        index=subject.number,
        sample=subject.inputs()[0],
        graph=model.graph,
        activations=activations,
        gradients=gradients,
        weights=weights,
        vitals=_vitals(model.graph, activations, gradients),
        truth=truth,
        answer=answer,
        right=answer == truth if truth and answer else None,
        probabilities=None if seen.probabilities is None or predicted is None else seen.probabilities[0],
        loss=seen.loss,
        error=None
        if known is None or predicted is None or dataset.classes
        else float(predicted) - float(known[0]),
        attention=attention_of_all(subject),
        strongest={name: found for name, found in firing.items() if found is not None},
        axes=axes,
    )


def in_words(dataset: Dataset, target: Target) -> str:
    """Return a class's name, or a value in four digits."""
    return dataset.classes[int(target)] if dataset.classes else f"{target:.4g}"


def _vitals(
    graph: Graph, activations: Mapping[str, Array], gradients: Mapping[str, Array]
) -> dict[str, RowVitals]:
    from workbench.interpret.statistics import statistics

    wide = {name: np.nan_to_num(value).astype(np.float64) for name, value in gradients.items()}
    norms = {name: float(np.linalg.norm(value)) for name, value in wide.items()}
    vitals = {}
    given = {node.id for node in graph if node.type == "Input"}  # a black picture is no fault of the stack
    for name, value in activations.items():
        found = statistics(value, 24)
        silent = found.zeros >= 0.999 and value.size > 1 and name not in given
        tone: Tone = "problem" if silent or found.not_finite > 0 else "good"
        said = _why(silent, found.not_finite)
        health = partial(sampled, name, value, gradients.get(name), tone, said)
        vitals[name] = RowVitals(found.counts, norms.get(name), tone, said, health, MEASURED)
    return vitals


def _why(silent: bool, not_finite: float) -> str:
    if not_finite:
        return "It holds values that are no finite numbers."
    return "It is zero for this sample." if silent else ""
