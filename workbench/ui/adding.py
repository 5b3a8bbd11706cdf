"""Adding what is offered to the stack, or carrying it there by mouse."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QCoreApplication, QMimeData

from workbench.errors import UserError
from workbench.graph import Graph, Node, clipboard, edit
from workbench.graph.fragment import Fragment, place, take
from workbench.graph.pattern import rows_of
from workbench.layers import Layer, TensorSpec
from workbench.layers.core import Input
from workbench.ui.offers import Offer
from workbench.ui.stack_drag import MIME
from workbench.ui.workspace import Workspace

_ABOVE = "above_the_fragment"


def add(workspace: Workspace, wanted: Sequence[Offer]) -> bool:
    """Put what was chosen below the selected layer, as one edit; tell and return False where it can't be."""
    fault = next((offer.error for offer in wanted if offer.error), "")
    try:
        if fault:
            raise UserError(fault)
        if len(wanted) == 1 and wanted[0].kind == "layer":
            layer = _layer(workspace, wanted[0])
            workspace.stack.add(layer, 0 if isinstance(layer, Input) else None)
        elif wanted:
            names = ", ".join(offer.name for offer in wanted)
            label = QCoreApplication.translate("Adding", "Add {}").format(names)
            workspace.stack.add_fragment(label, fragment_of(workspace, wanted))
    except UserError as error:
        workspace.tell_error(error)
        return False
    return True


def carried(workspace: Workspace, offer: Offer) -> QMimeData:
    """Return what a drag onto the stack carries."""
    data = QMimeData()
    if offer.kind == "layer" and not offer.params:
        data.setData(MIME, QByteArray(f"+{offer.name}".encode()))
    else:
        data.setData(MIME, QByteArray(clipboard.written(fragment_of(workspace, [offer])).encode()))
    return data


def fragment_of(workspace: Workspace, wanted: Sequence[Offer]) -> Fragment:
    """Return layers and blocks one below the other. Raises `UserError` for a layer that can't be made."""
    taken = {node.id for node in workspace.graph} | {block.id for block in workspace.graph.blocks}
    if len(wanted) == 1 and wanted[0].kind != "layer":
        return _fragment(workspace, wanted[0], shape_above(workspace), taken)
    graph = Graph(layers=(Node(id=_ABOVE, layer=Input(shape=(1,))),))
    for number, offer in enumerate(wanted):
        if offer.kind == "layer":
            graph, _ = edit.insert(graph, len(graph), _layer(workspace, offer), "")
        else:
            spec = None if number else shape_above(workspace)
            used = taken | {block.id for block in graph.blocks}
            graph, _ = place(graph, len(graph), _fragment(workspace, offer, spec, used), "")
    return take(graph, [node.id for node in graph.layers[1:]])


def shape_above(workspace: Workspace) -> TensorSpec | None:
    """Return what the layer gives below which something is added; None where that isn't known."""
    graph, report, selected = workspace.graph, workspace.report, workspace.selection
    if report is None or not graph.layers:
        return None
    above = graph.layers[-1].id
    if workspace.stack.is_block(selected):
        above = graph.layers[rows_of(graph, selected).stop - 1].id
    elif selected:
        above = selected
    return next((row.output for row in report.rows if row.id == above), None)


def _layer(workspace: Workspace, offer: Offer) -> Layer:
    params = dict(offer.params)
    if offer.name == "Input" and "shape" not in params:
        facts = workspace.facts
        params["shape"] = facts.sample.shape if facts else (1,)
    return edit.make(offer.name, params)


def _fragment(workspace: Workspace, offer: Offer, spec: TensorSpec | None, taken: set[str]) -> Fragment:
    if offer.kind == "kept":
        return workspace.kept.fragments[offer.name]
    from workbench.templates.blocks.registry import BLOCKS

    block = BLOCKS[offer.name].model_validate(dict(offer.params))
    number = 1
    while (block_id := f"{block.words[0]}{number}") in taken:
        number += 1
    return block.fragment(spec, block_id)
