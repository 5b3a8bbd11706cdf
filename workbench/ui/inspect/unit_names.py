"""What the numbers of a layer's output are called, where the data have names for them."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.data.dataset import Dataset
from workbench.graph.bypass import live
from workbench.graph.project import Graph


def names_of(
    kind: str, *, last: bool, shape: tuple[int, ...], features: Sequence[str], classes: Sequence[str]
) -> tuple[str, tuple[str, ...]]:
    """Return what units are, "class" or "feature", and their names; "unit" and none where they have no names.

    These are classes at the end of a network, and the features of a table where a row enters. ``kind``: the
    layer's type; ``shape``: its output's, for one sample.
    """
    names = classes if last else features if kind in ("Input", "Standardize") else ()
    if len(shape) == 1 and names and len(names) == shape[0]:
        return "class" if last else "feature", tuple(names)
    return "unit", ()


def names_in(graph: Graph, layer: str, shape: tuple[int, ...], dataset: Dataset) -> tuple[str, ...]:
    """Return the names of a layer's units in a network; none where they have none."""
    nodes = list(live(graph))
    kind = next((node.type for node in nodes if node.id == layer), "")
    last = bool(nodes) and nodes[-1].id == layer
    return names_of(kind, last=last, shape=shape, features=dataset.features, classes=dataset.classes)[1]
