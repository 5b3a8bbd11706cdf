"""What the rows of a picture say: a row a layer, and one for each collapsed block."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.build.picture.words import clean
from workbench.graph.lanes import RowLanes
from workbench.graph.outline import Line, line_lanes, outline
from workbench.graph.project import Graph, Node
from workbench.layers.base import Group

if TYPE_CHECKING:
    from workbench.build.check import Report


@dataclass(frozen=True)
class PictureRow:
    """A layer, or a collapsed block, as text. ``path`` is the blocks around it that are drawn as bands."""

    id: str
    title: str
    settings: str
    output: str
    params: int
    group: Group
    path: tuple[str, ...]
    lanes: RowLanes
    folded: bool = False
    bypass: bool = False
    faulty: bool = False


def rows_of(graph: Graph, report: Report, collapsed: Set[str] = frozenset()) -> tuple[PictureRow, ...]:
    """Return the rows from top to bottom. Collapsed copies that lie next to each other share a row."""
    found = {row.id: row for row in report.rows}
    faulty = {problem.layer for problem in report.errors}
    lines = outline(graph, collapsed)
    made = []
    for line, beside in zip(lines, line_lanes(graph, lines), strict=True):
        if not (line.node or line.folded):
            continue  # the head of an open block is drawn with its band
        own = graph.layers[line.start : line.stop]
        last = found.get(own[-1].id)
        output = last.output if last else None
        wrong = any(layer.id in faulty for layer in own)
        made.append(
            PictureRow(
                id=line.id,
                title=line.node.type if line.node else _named(line),
                settings=_settings(line.node) if line.node else _counted(len(own)),
                output=str(output) if output is not None else ("doesn't fit" if wrong else "–"),
                params=sum(found[layer.id].params for layer in own if layer.id in found),
                group=type(own[-1].layer).group,
                path=own[0].path[: line.depth],
                lanes=beside,
                folded=line.folded,
                bypass=all(layer.bypass for layer in own),
                faulty=wrong,
            )
        )
    return tuple(made)


def _named(line: Line) -> str:
    return clean(line.name) + (f" ×{line.times}" if line.times > 1 else "")


def _settings(node: Node) -> str:
    joined = " + ".join(node.inputs) if node.inputs and len(node.inputs) > 1 else ""
    bypassed = "bypassed" if node.bypass else ""
    return " · ".join(filter(None, (bypassed, clean(node.layer.summary()), joined)))


def _counted(layers: int) -> str:
    return f"{layers} layer{'' if layers == 1 else 's'}"
