"""What of a layer is shown: which numbers, in which form, and what they are called."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.interpret.units import unit_word
from workbench.ui.inspect.inspection import Inspection
from workbench.ui.inspect.unit_names import names_of

Array = NDArray[Any]
Form = Literal["maps", "vector", "sequence", "matrix", "embedding"]


@dataclass(frozen=True, eq=False)
class Shown:
    """Numbers to draw.

    ``main``: maps (n, height, width); a vector (n,); a sequence (time, features); a matrix. ``arrays``: what
    is saved, by name. ``parts``: the names of what else there is of this kind, ``part`` the one in view.
    ``word``: what one of them is: "channel", "head". ``unit``: whether they are the layer's units.
    ``names``: of a vector's units, or of the steps of a sequence.
    """

    form: Form
    main: Array
    arrays: Mapping[str, Array]
    said: str
    note: str
    signed: bool
    word: str = "unit"
    is_unit: bool = True
    parts: tuple[str, ...] = ()
    part: str = ""
    names: Sequence[str] = field(default_factory=tuple)
    row_word: Callable[[int], str] = str
    """What an embedding's row stands for, by its id."""
    counted: Array | None = None
    """What statistics are of, where ``main`` has more in it than that: mosaics are filled up with zeros."""

    @cached_property
    def limit(self) -> float:
        """The largest absolute value: one scale for all, to compare them."""
        if not self.main.size:
            return 0.0
        low, high = float(self.main.min()), float(self.main.max())
        if not (np.isfinite(low) and np.isfinite(high)):  # dear, and rare
            finite = self.main[np.isfinite(self.main)]
            low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
        return max(abs(low), abs(high))


def kinds_of(found: Inspection, layer: str) -> tuple[str, ...]:
    """Return what there is to see of a layer."""
    attention = ("attention",) if found.attention.get(layer) else ()
    return ("activation", *attention, "gradient", "product", "weights")


def shown_of(
    found: Inspection, layer: str, kind: str, part: str = "", classes: Sequence[str] = ()
) -> Shown | str:
    """Return what to draw of a layer, or why there is nothing, in a sentence.

    ``kind``: activation, gradient, product, weights or attention; ``part``: which of several arrays.
    ``classes``: names for the units of the last layer.
    """
    if kind == "weights":
        return _weights(found, layer, part)
    if kind == "attention":
        return _attention(found, layer, part)
    activation, gradient = found.activations.get(layer), found.gradients.get(layer)
    if activation is None:
        return f"{layer} isn't part of this model."
    if not activation.size:
        return f"{layer} gives nothing: its output has no values."
    if kind == "activation":
        return _output(found, layer, activation, {layer: activation}, kind, classes)
    if gradient is None:
        return f"{layer} has no gradient: the output doesn't depend on it smoothly."
    if kind == "gradient":
        return _output(found, layer, gradient, {layer: gradient}, kind, classes)
    product = gradient * activation
    return _output(found, layer, product, {layer: product}, kind, classes)


_NOTES = {
    "activation": "Output of the layer for the sample, in evaluation mode.",
    "gradient": "Gradient of the loss with respect to the layer's output.",
    "product": "Gradient of the loss, times the layer's output.",
}


def _output(
    found: Inspection,
    layer: str,
    values: Array,
    arrays: Mapping[str, Array],
    kind: str,
    classes: Sequence[str],
) -> Shown:
    axis = found.axes.get(layer, 0)
    word: str = unit_word(values.ndim, axis)
    signed = kind != "activation" or bool((values < 0).any())
    names: Sequence[str] = ()
    form: Form
    main: Array
    if values.ndim < 2:
        form, main = "vector", values.reshape(-1)
        word, names = units_of(found, layer, classes)
    elif values.ndim == 2:
        form, main = "sequence", values if axis == 1 else values.T
        names = tokens(found, len(main))
    else:  # of volumes, one slice beneath the other
        form, main = "maps", values.reshape(len(values), -1, values.shape[-1])
    return Shown(form, main, arrays, shape_words(values), _NOTES[kind], signed=signed, word=word, names=names)


def _weights(found: Inspection, layer: str, part: str) -> Shown | str:
    arrays = {name: value for name, value in found.weights[layer].items() if value.size > 1}
    if not arrays:
        return f"{layer} has no weights."
    name = part if part in arrays else next(iter(arrays))
    values = arrays[name]
    form: Form = "vector"
    main, word = values.reshape(-1), "unit"
    if values.ndim == 2:
        table = next((n.type for n in found.graph if n.id == layer), "") in ("Embedding", "EmbeddingBag")
        form, main, word = "embedding" if table else "matrix", values, "row"
    elif values.ndim > 2:
        form, word = "maps", "filter"
        main = mosaics(values)
    signed = bool((main < 0).any())
    said = f"{name} · {shape_words(values)}"
    return Shown(
        form,
        main,
        found.weights[layer],
        said,
        f"Weights of the layer: {name}.",
        signed=signed,
        word=word,
        is_unit=False,
        parts=tuple(arrays),
        part=name,
        row_word=found.dataset.token if form == "embedding" else str,
        counted=values,
    )


def _attention(found: Inspection, layer: str, part: str) -> Shown | str:
    parts = found.attention.get(layer)
    if not parts:
        return f"{layer} doesn't attend."
    name = part if part in parts else next(iter(parts))
    heads = parts[name]
    return Shown(
        "maps",
        heads,
        parts,
        f"{len(heads)} heads · {heads.shape[1]} queries × {heads.shape[2]} keys",
        "Attention weights by head: each row is a query, and its weights add up to 1.",
        signed=False,
        word="head",
        is_unit=False,
        parts=tuple(parts),
        part=name,
        names=tokens(found, heads.shape[2]) or tuple(map(str, range(heads.shape[2]))),
    )


def units_of(found: Inspection, layer: str, classes: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return what a layer's units are, and their names where the data have some.

    These are classes at the end, and the features of a table where a row enters.
    """
    output = found.activations[layer]
    kind = next((node.type for node in found.graph if node.id == layer), "")
    last = list(found.activations)[-1] == layer
    features = found.dataset.features
    word, names = names_of(kind, last=last, shape=output.shape, features=features, classes=classes)
    return (word, names) if names else (unit_word(output.ndim, found.axes.get(layer, 0)), ())


def tokens(found: Inspection, steps: int) -> tuple[str, ...]:
    """Return the words of ids, or the ids, that a sequence of so many steps is made from; none elsewhere."""
    sample = found.sample
    if sample.ndim == 1 and len(sample) == steps and np.issubdtype(sample.dtype, np.integer):
        return tuple(map(found.dataset.token, sample.tolist()))
    return ()


def shape_words(values: Array) -> str:
    """Return a shape as 3×8×8."""
    return "×".join(map(str, values.shape)) or "a single number"


def mosaics(filters: Array) -> Array:
    """Return each filter's kernels side by side in as square a picture as they fill.

    From (n, in_channels, height, width) to (n, rows × height, columns × width). A filter of a sequence, (n,
    in_channels, length), has a row a channel; of volumes, all slices are kernels.
    """
    if filters.ndim == 3:
        return filters
    kernels = filters.reshape(len(filters), -1, *filters.shape[-2:])
    n, count, height, width = kernels.shape
    columns = int(np.ceil(np.sqrt(count)))
    rows = -(-count // columns)
    tiles = np.zeros((n, rows, height, columns, width), kernels.dtype)
    for row in range(rows):
        part = kernels[:, row * columns : (row + 1) * columns]
        tiles[:, row, :, : part.shape[1]] = part.swapaxes(1, 2)
    return tiles.reshape(n, rows * height, columns * width)
