"""Layers as text, to carry between windows and to write in any editor."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from workbench.errors import UserError
from workbench.graph.edit import new_id
from workbench.graph.file import explain
from workbench.graph.file import parse as parse_project
from workbench.graph.fragment import Fragment, as_json
from workbench.graph.project import Block, Graph, Node
from workbench.layers.typed import parse

LONGEST = 20_000_000
"""Characters that are looked at; more is no stack that anybody copied."""

_HINT = "Copy layers in a stack, or a text with a layer a line, such as 'conv 64 3'."


def written(fragment: Fragment) -> str:
    """Return layers as readable JSON, a line a layer."""
    raw = as_json(fragment)
    parts = []
    for key, rows in raw.items():
        listed = ",\n".join(f"    {json.dumps(row, ensure_ascii=False)}" for row in rows)
        parts.append(f'  "{key}": [\n{listed}\n  ]')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def read(text: str) -> Fragment:
    """Return the layers that a text says. Raises `UserError` saying what is wrong, and where.

    The text is what `written` gives, a list of layers, a whole project file, or a layer a line as people
    type them.
    """
    text = text.strip()
    if not text:
        raise UserError("there is nothing to paste.", place="clipboard", remedy=_HINT)
    if len(text) > LONGEST:
        raise UserError("the text is too long to be layers.", place="clipboard", remedy=_HINT)
    return _from_json(text) if text[0] in "[{" else _from_lines(text)


def _from_json(text: str) -> Fragment:
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as error:
        what = f"line {error.lineno}, column {error.colno}: this is not JSON ({error.msg})."
        raise UserError(what, place="clipboard", remedy="Mend it, and copy it again.") from None
    except (ValueError, RecursionError):
        raise UserError("this is not JSON of layers.", place="clipboard", remedy=_HINT) from None
    if isinstance(raw, list):
        raw = {"layers": raw}
    if isinstance(raw, dict) and isinstance(raw.get("model"), dict):
        model = parse_project(text, "clipboard").model
        return Fragment(model.layers, model.blocks)
    if not isinstance(raw, dict) or not isinstance(raw.get("layers"), list) or not raw["layers"]:
        raise UserError("this JSON holds no layers.", place="clipboard", remedy=_HINT)
    return _checked(raw)


def _checked(raw: dict[str, Any]) -> Fragment:
    """The fragment, once each layer is one and they could stand in a stack together."""
    unknown = sorted(set(raw) - {"layers", "blocks"})
    if unknown:
        raise UserError(f"the key {unknown[0]!r} is not known.", place="clipboard", remedy=_HINT)
    try:
        nodes = tuple(_node(row, index) for index, row in enumerate(raw["layers"]))
        blocks = tuple(_block(row, index) for index, row in enumerate(raw.get("blocks", ())))
        known = {node.id for node in nodes}
        bare = [
            n.model_copy(update={"inputs": n.inputs and tuple(i for i in n.inputs if i in known)})
            for n in nodes
        ]
        Graph.model_validate({"layers": tuple(bare), "blocks": blocks})
    except ValidationError as error:
        raise UserError(explain(error, raw=raw), place="clipboard", remedy="Nothing was changed.") from None
    except TypeError:
        raise UserError("blocks: must be a list.", place="clipboard", remedy="Nothing was changed.") from None
    return Fragment(nodes, blocks)


def _node(row: Any, index: int) -> Node:
    try:
        return Node.model_validate(row)
    except ValidationError as error:
        said = explain(error, f"layers[{index}]", raw=row)
        raise UserError(said, place="clipboard", remedy="Nothing was changed.") from None


def _block(row: Any, index: int) -> Block:
    try:
        return Block.model_validate(row)
    except ValidationError as error:
        said = explain(error, f"blocks[{index}]", raw=row)
        raise UserError(said, place="clipboard", remedy="Nothing was changed.") from None


def _from_lines(text: str) -> Fragment:
    graph = Graph()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            layer = parse(line)
        except UserError as error:
            what = f"line {number}: {error.what}"
            raise UserError(what, place="clipboard", remedy=error.remedy) from None
        node = Node(id=new_id(graph, type(layer).__name__), layer=layer)
        graph = Graph.model_construct(layers=(*graph.layers, node), blocks=())
        if number > 1000:
            raise UserError("the text is too long to be layers.", place="clipboard", remedy=_HINT)
    return Fragment(graph.layers)
