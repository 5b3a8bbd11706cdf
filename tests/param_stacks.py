"""Stacks written as rows with params, for tests of what layers make of each other."""

from typing import Any

from workbench.graph import Graph


def stack(*rows: tuple[Any, ...]) -> Graph:
    """A stack from (id, type), (id, type, params) or (id, type, params, inputs)."""
    keys = ("id", "type", "params", "inputs")
    return Graph.model_validate({"layers": [dict(zip(keys, row, strict=False)) for row in rows]})


def entrance(*shape: int, dtype: str = "float32", name: str = "in1") -> tuple[Any, ...]:
    """The row of an Input."""
    return (name, "Input", {"shape": shape, "dtype": dtype})


def chain(shape: tuple[int, ...], *layers: str | tuple[str, dict[str, Any]]) -> Graph:
    """An Input and layers below each other, whose ids are l1, l2 and so on."""
    named = [(layer, {}) if isinstance(layer, str) else layer for layer in layers]
    rows = [(f"l{number}", kind, params) for number, (kind, params) in enumerate(named, 1)]
    return stack(entrance(*shape), *rows)
