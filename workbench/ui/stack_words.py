"""What the cells of the stack say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from workbench.graph.outline import Line
from workbench.graph.project import Node
from workbench.ui.wording import count

if TYPE_CHECKING:
    from workbench.build.check import Row

LAYER, SETTINGS, OUTPUT, PARAMS, EXTRA = range(5)
"""The columns."""


def heading(column: int, *, vitals: bool) -> str:
    """Return what stands over a column; the last shows vitals, or FLOPs."""
    extra = tr("ACT. · GRAD.") if vitals else tr("FLOPS")
    return (tr("LAYER"), tr("SETTINGS"), tr("OUTPUT"), tr("PARAMS"), extra)[column]


def vitals_help() -> str:
    """Return what the column of vitals shows, in words."""
    return tr(
        "Histogram of activations, and the gradient's norm as a bar, from 1e-6 to 100. Green is healthy, "
        "yellow worth watching, red broken. Click one, or press Enter on its row, for why and what to do."
    )


def line_help(line: Line, node: Node | None) -> str:
    """Return what a line is, in words; ``node`` is its layer, None for a block."""
    if node is None:
        return tr("Block {} ({}). Arrow keys left and right fold and unfold it.").format(line.name, line.id)
    return f"{node.id}: {node.type}. {type(node.layer).help()}"


def layer_words(node: Node, cost: Row | None, column: int) -> str:
    """Return what a layer's cell says; ``cost`` is what checking found, if it has."""
    if column == LAYER:
        return f"{node.type} {node.id}"
    if column == SETTINGS:
        if node.bypass:
            return tr("bypassed")
        if node.inputs is not None and len(node.inputs) > 1:
            return " + ".join(own_id(name, node) for name in node.inputs)
        return node.layer.summary()
    if cost is None or cost.output is None:
        return ""
    if column == OUTPUT:
        return str(cost.output)
    number = cost.params if column == PARAMS else cost.flops
    return count(number) if number else ""


def block_words(line: Line, costs: Sequence[Row | None], column: int) -> str:
    """Return what a block's cell says; ``costs`` are those of its layers. An open one sums nothing up."""
    if column == LAYER:
        return f"{line.name} {line.id}"
    layers = (line.stop - line.start) // line.times
    if column == SETTINGS:
        each = tr("{} layers").format(layers) if layers > 1 else tr("1 layer")
        return f"×{line.times} · {each}" if line.times > 1 else each
    if not line.folded:
        return ""
    last = costs[-1] if costs else None
    if column == OUTPUT:
        return str(last.output) if last and last.output is not None else ""
    total = sum(cost.params if column == PARAMS else cost.flops or 0 for cost in costs if cost)
    return count(total) if total else ""


def own_id(layer_id: str, node: Node | None) -> str:
    """Return an id without that of the block around ``node``: conv1 for stage1_res1_conv1."""
    inner = node.path[-1:] if node else ()
    return layer_id.removeprefix(f"{inner[0]}_") if inner else layer_id


def tr(text: str) -> str:
    """Translate."""
    return QCoreApplication.translate("stack", text)
