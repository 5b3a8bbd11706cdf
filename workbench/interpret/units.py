"""What a layer's units are: channels of maps, features of sequences, the numbers of a vector."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.errors import UserError
from workbench.graph.project import Graph
from workbench.layers.window import Window

Word = Literal["channel", "feature", "unit"]

_KEEP = frozenset({"activation", "normalisation", "regularisation"})
"""Groups of layers that leave a sequence laid out as it is."""


def unit_axis(graph: Graph, layer: str, rank: int) -> int:
    """Return along which axis a layer's output, of ``rank`` dimensions without the batch, has its units.

    Maps (channels × height × width) and the channels × length of one-dimensional windows have them first,
    time × features last.
    """
    return 1 if rank == 2 and not _channels_first(graph, layer) else 0


def unit_word(rank: int, axis: int) -> Word:
    """Return what a unit is called in an output of ``rank`` dimensions with its units along ``axis``."""
    if rank < 2:
        return "unit"
    return "channel" if axis == 0 else "feature"


def by_unit(values: NDArray[np.generic], axis: int) -> NDArray[np.generic]:
    """Return one sample's output as (units, places); a single number is one unit."""
    if not values.ndim:
        return values.reshape(1, 1)
    places = values.size // max(1, values.shape[axis])
    return np.moveaxis(values, axis, 0).reshape(values.shape[axis], places)


def strongest(values: NDArray[np.generic], axis: int) -> tuple[int, float] | None:
    """Return the unit that fires most for a sample, by its largest value anywhere, and that value.

    None where no value is a finite number, or there is no unit.
    """
    rows = by_unit(values, axis)
    if not rows.size:
        return None
    most = rows.max(1)
    if not np.isfinite(most).all():  # rare, and dear for large maps
        most = np.where(np.isfinite(rows), rows, -np.inf).max(1)
    unit = int(most.argmax())
    return (unit, float(most[unit])) if np.isfinite(most[unit]) else None


def firing_unit(unit: int | None, values: NDArray[np.generic], axis: int, layer: str) -> int:
    """Return the unit that is meant of a layer's output for a sample; for None the one that fires most.

    Raises `UserError` for a unit that isn't there, for whole-number ids, and where no value is finite.
    """
    place = f"layer {layer}"
    if not np.issubdtype(values.dtype, np.floating):
        raise UserError(
            "it holds whole-number ids, which don't fire.",
            place=place,
            remedy="Choose the Embedding that reads them, or a layer after it.",
        )
    if unit is None:
        found = strongest(values, axis)
        if found is None:
            raise UserError(
                "no unit fires most for this sample: none of its values is a finite number.",
                place=place,
                remedy="Say which unit is meant.",
            )
        return found[0]
    count = len(by_unit(values, axis))
    if unit not in range(count):
        word = unit_word(values.ndim, axis)
        raise UserError(
            f"there is no {word} {unit}.",
            place=place,
            remedy=f"{word.capitalize()}s go from 0 to {count - 1}." if count else "It has none.",
        )
    return unit


def _channels_first(graph: Graph, layer: str) -> bool:
    """Whether a layer's output of two dimensions is channels × length."""
    names = [node.id for node in graph]
    sources = graph.sources()
    while True:
        row = names.index(layer)
        made = graph.layers[row].layer
        if isinstance(made, Window):
            return made.directions == 1
        if made.group not in _KEEP or not sources[row]:
            return False
        layer = sources[row][0]
