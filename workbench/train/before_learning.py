"""What may help where numbers overflow at the very first step: no learning rate can be to blame for that."""

from __future__ import annotations

from torch import Tensor

from workbench.graph import Graph
from workbench.graph.training import LossName, TrainingSection
from workbench.train.batches import Batch
from workbench.train.culprit import Culprit
from workbench.train.events import Remedy

LARGE = 1e4
"""Size of a value from which on it is told as too large: what is scaled as usual stays far below."""


def said_before(culprit: Culprit, training: TrainingSection, batch: Batch) -> str:
    """Return in a sentence or two what to do where the weights that training starts from give such numbers.

    ``batch`` is the first step's.
    """
    if culprit.part == "weights":
        where = f" in {training.weights}" if training.weights else ""
        return f"Start from other weights: those of {culprit.layer}{where} are at fault."
    inputs, targets = map(_largest, batch)
    said = "No step was made, so the learning rate isn't to blame. "
    if inputs > LARGE:
        return f"{said}The inputs reach {inputs:.1g}: scale them, with Standardize say."
    if targets > LARGE:
        return f"{said}The targets reach {targets:.1g}: scale them, or take a loss that doesn't square (l1)."
    start = "the file of weights" if training.weights else "how the weights start"
    return f"{said}Change {start}, or the loss."


def remedies_before(
    culprit: Culprit, training: TrainingSection, graph: Graph, loss: LossName, batch: Batch
) -> tuple[Remedy, ...]:
    """Return what may help: inputs of a usual size, a loss that doesn't square, other weights to start from.

    ``graph`` is the model's; ``loss`` is the one that is made small, never auto.
    """
    inputs, targets = map(_largest, batch)
    remedies = []
    if inputs > LARGE and (reader := _unscaled(graph)):
        remedies.append(Remedy("Standardize the inputs", insert=((reader, "Standardize"),)))
    if targets > LARGE and loss in ("mse", "huber"):
        remedies.append(Remedy("Take the absolute error", (("loss.name", "l1"),)))
    if training.weights:
        remedies.append(Remedy("Start at random", (("weights", ""),)))
    elif training.init != "default":
        remedies.append(Remedy("Start from default weights", (("init", "default"),)))
    return tuple(remedies)


def _largest(values: Tensor) -> float:
    """The size of the largest value; 0 for ids and class numbers."""
    return float(values.abs().max()) if values.is_floating_point() else 0.0


def _unscaled(graph: Graph) -> str:
    """The layer that alone reads the inputs, if nothing standardises them; else ""."""
    if any(node.type == "Standardize" and not getattr(node.layer, "invert", False) for node in graph):
        return ""
    entrances = {node.id for node in graph if node.type == "Input"}
    readers = [node.id for row, node in enumerate(graph) if entrances & {*graph.inputs_of(row)}]
    return readers[0] if len(readers) == 1 else ""
