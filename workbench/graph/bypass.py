"""Muting layers: they stay in the stack, and whoever reads one gets what it reads."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.errors import UserError
from workbench.graph.edit import remove
from workbench.graph.project import Graph


def live(graph: Graph) -> Graph:
    """Return the stack without its bypassed layers, as it runs; the same object where there are none."""
    muted = [node.id for node in graph if node.bypass]
    return remove(graph, muted) if muted else graph


def set_bypass(graph: Graph, ids: Iterable[str], bypass: bool) -> Graph:
    """Mute layers, or let them work again. Raises `UserError` for an Input: nothing would go in."""
    wanted = set(ids)
    entrance = next((n.id for n in graph if n.id in wanted and n.layer.arity == (0, 0)), None)
    if bypass and entrance:
        raise UserError(
            "an Input can't be bypassed, or nothing would go in.",
            place=f"layer {entrance}",
            remedy="Bypass the layers below it.",
        )
    layers = tuple(
        node.model_copy(update={"bypass": bypass}) if node.id in wanted and node.bypass != bypass else node
        for node in graph
    )
    return graph.model_copy(update={"layers": layers})
