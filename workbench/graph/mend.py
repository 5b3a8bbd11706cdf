"""Applying the fixes that checking offers."""

from __future__ import annotations

from pydantic import ValidationError

from workbench.errors import UserError
from workbench.graph.edit import insert, make, remove, set_inputs, set_params
from workbench.graph.file import explain
from workbench.graph.project import Graph, Project
from workbench.graph.training import TrainingSection
from workbench.layers import Fix, Layer


def mend_project(project: Project, layer_id: str, fix: Fix) -> Project:
    """Apply a fix of a problem at a layer, in the stack or in how it is trained.

    Raises `UserError` if it no longer fits.
    """
    if fix.action != "training":
        return project.model_copy(update={"model": mend(project.model, layer_id, fix)})
    raw = {**project.training.model_dump(), **dict(fix.params)}
    try:
        training = TrainingSection.model_validate(raw)
    except ValidationError as error:
        raise UserError(explain(error, "training", raw), remedy="Nothing was changed.") from None
    return project.model_copy(update={"training": training})


def mend(graph: Graph, layer_id: str, fix: Fix) -> Graph:
    """Apply a fix of a problem at a layer of the stack. Raises `UserError` if it no longer fits.

    Fixes of how it is trained need the whole project: see `mend_project`.
    """
    place = fix.at or layer_id
    row = _row(graph, place)
    if fix.action == "set":
        return set_params(graph, place, dict(fix.params))
    if fix.action == "remove":
        return remove(graph, [place, *fix.layers])
    if fix.action == "training":
        raise UserError("this sets how the model is trained.", place=place, remedy="Set it under training.")
    layer = make(fix.type, dict(fix.params), place=place)
    if fix.action == "replace":
        node = graph.layers[row].model_copy(update={"layer": layer})
        return graph.model_copy(update={"layers": (*graph.layers[:row], node, *graph.layers[row + 1 :])})
    if fix.action == "insert_after":
        return insert(graph, row + 1, layer)[0]
    if fix.action == "insert_on_link":
        return _on_link(graph, row, layer, fix.link)
    changed, new = insert(graph, row, layer)
    reads = graph.layers[row].inputs
    if reads is not None and len(reads) == 1:
        changed = set_inputs(set_inputs(changed, new, reads), place, None)
    return changed


def _on_link(graph: Graph, row: int, layer: Layer, link: str) -> Graph:
    """Put a layer right above the one in ``row``, reading ``link`` and read in its place."""
    reader = graph.layers[row]
    reads = graph.inputs_of(row)
    meant = [name for name in reads if _working(graph, name) == link]
    if not meant:
        raise UserError(
            f"{reader.id} no longer reads {link}.", place=reader.id, remedy="Nothing was changed."
        )
    changed, new = insert(graph, row, layer, reader.block)
    changed = set_inputs(changed, new, (meant[0],))
    return set_inputs(changed, reader.id, tuple(new if name in meant else name for name in reads))


def _working(graph: Graph, name: str) -> str:
    """The layer that a name leads to where bypassed layers pass on what they read."""
    row = _row(graph, name)
    while graph.layers[row].bypass and (reads := graph.inputs_of(row)):
        row = max(graph.index(read) for read in reads)
    return graph.layers[row].id


def _row(graph: Graph, layer_id: str) -> int:
    try:
        return graph.index(layer_id)
    except KeyError:
        raise UserError(f"there is no layer {layer_id!r} any more.", remedy="Nothing was changed.") from None
