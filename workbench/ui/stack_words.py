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
