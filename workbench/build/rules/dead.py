"""Layers that do no work."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.build.problem import Problem
from workbench.build.view import View
from workbench.layers import Fix


def unread(view: View) -> Iterator[Problem]:
    """Ends of branches that are no answer: neither the last layer nor an Output."""
    works = bytearray(len(view.nodes))
    for row in view.answers:
        works[row] = 1
    for row in range(len(view.nodes) - 1, -1, -1):
        if works[row]:
            for read in view.above[row]:
                works[read] = 1
    if all(works):
        return
    for row, node in enumerate(view.nodes):
        if works[row] or view.readers[row]:
            continue
        branch = _only_for(view, row)
        if len(branch) == 1:
            message = f"Nothing reads {node.id}, so it does no work. Connect it or remove it."
            yield Problem(node.id, "warning", message, (Fix(f"Remove {node.type}", "remove"),))
            continue
        others = tuple(view.nodes[other].id for other in branch[1:])
        what = others[0] if len(others) == 1 else f"the {len(others)} layers that lead only to it"
        yield Problem(
            node.id,
            "warning",
            f"Nothing reads {node.id}, so it and {what} do no work. Connect {node.id} or remove them.",
            (Fix(f"Remove {len(branch)} layers", "remove", layers=others),),
        )


def _only_for(view: View, tip: int) -> list[int]:
    """The rows whose every path downwards ends at the tip, the tip first."""
    found = {tip}
    wanted = set(view.above[tip])
    while wanted:
        row = max(wanted)  # all that read it have had their turn
        wanted.discard(row)
        if found.issuperset(view.readers[row]):
            found.add(row)
            wanted.update(view.above[row])
    return sorted(found, reverse=True)
