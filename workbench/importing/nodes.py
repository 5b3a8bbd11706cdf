"""What a node of a traced graph is called, and where in the original it stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor, fx, nn

from workbench.importing.trace import LINE, OWNERS, short

SAME = frozenset({"contiguous", "clone", "detach", "float", "alias", "lift_fresh_copy", "cpu", "positive"})


def name_of(node: fx.Node) -> str:
    """What is called, by a name that functions, methods and torch.export's operators share."""
    target = node.target
    schema = getattr(target, "_schema", None)
    name = (
        str(schema.name).rpartition("::")[2]
        if schema is not None
        else getattr(target, "__name__", str(target))
    )
    plain = name.strip("_") if name.startswith("__") else name
    return plain[:-1] if plain.endswith("_") and not plain.startswith("_") else plain


def has_tensor(value: Any) -> bool:
    """Whether a value is a tensor, or holds one."""
    return isinstance(value, Tensor) or (
        isinstance(value, tuple | list) and any(has_tensor(item) for item in value)
    )


def path_of(node: fx.Node, name: str) -> list[str]:
    """The modules around a node, and the node's own name where it isn't all that its module is."""
    around = node.meta.get(OWNERS, [])
    if not around:
        return [name]
    parts = str(around[-1][0]).split(".")
    kind = getattr(nn, around[-1][1], None)
    whole = kind is not None and kind not in (nn.Sequential, nn.ModuleList, nn.ModuleDict)
    return parts if whole else [*parts, name]


def owners_of(node: fx.Node, parts: Sequence[str] | None = None) -> list[str]:
    """The class of each module on the way; containers that are only indexed have none noted."""
    known = dict(node.meta.get(OWNERS, []))
    way = path_of(node, "")[:-1] if parts is None else parts
    return [known.get(".".join(way[: end + 1]), "ModuleList") for end in range(len(way))]


def place_of(node: fx.Node, file: str) -> str:
    """The line of the user's file that a node came from, in words; empty where it isn't known."""
    line = node.meta.get(LINE)
    return f"{short(file)}, line {line}" if line else ""
