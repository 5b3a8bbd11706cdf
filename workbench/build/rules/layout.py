"""Sequences with their channels in the wrong place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from workbench.build.problem import Problem
from workbench.build.view import View
from workbench.layers import Fix, Layer
from workbench.layers.window import Window

Layout = Literal["time × features", "channels × length"]

_READ_CHANNELS = ("Conv1d", "MaxPool1d", "AvgPool1d", "LPPool1d", "ConvTranspose1d")
_READ_TIME = ("LSTM", "GRU", "RNN", "MultiheadAttention", "TransformerEncoderLayer")
_KEEP = frozenset({"activation", "normalisation", "regularisation", "recurrent", "attention"})


def channels_misplaced(view: View) -> Iterator[Problem]:
    """A convolution along the features of words, or a recurrent layer that reads channels as time steps."""
    for row in view.of(*_READ_CHANNELS, *_READ_TIME):
        node = view.nodes[row]
        wants: Layout = "channels × length" if node.type in _READ_CHANNELS else "time × features"
        made, maker = _layout(view, row)
        spec = next(iter(view.inputs(row)), None)
        if made is None or maker is None or made == wants or spec is None:
            continue
        swapped = "×".join(map(str, reversed(spec.shape)))
        yield Problem(
            node.id,
            "warning",
            f"{node.type} reads {spec} as {wants}, but {view.nodes[maker].id} gives {made}. Put a Transpose "
            f"before it, which makes it {swapped}.",
            (Fix("Insert Transpose", "insert_before", "Transpose"),) if view.source(row) is not None else (),
        )


def _layout(view: View, row: int) -> tuple[Layout | None, int | None]:
    """How the sequence that a layer reads is laid out, and by which layer; None where nothing tells."""
    above = view.source(row)
    while above is not None:
        output, layer = view.outputs[above], view.nodes[above].layer
        if output is None or len(output.shape) != 2:
            break
        made = _made(layer)
        if made:
            return made, above
        if layer.group not in _KEEP and layer.type() != "Identity":
            break
        above = view.source(above)
    return None, None


def _made(layer: Layer) -> Layout | None:
    if layer.type() == "Embedding" or layer.group == "recurrent":
        return "time × features"
    if isinstance(layer, Window) and layer.directions == 1:
        return "channels × length"
    return None
