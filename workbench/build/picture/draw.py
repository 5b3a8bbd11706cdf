"""A stack as SVG, as the window draws it: dots on a trunk, lanes for other links, bands for blocks."""

from __future__ import annotations

from collections.abc import Set
from typing import TYPE_CHECKING

from workbench.build.picture import labels, marks, place
from workbench.build.picture.look import LIGHT, Look
from workbench.build.picture.marks import number
from workbench.build.picture.rows import rows_of
from workbench.build.picture.words import clean, elided, width, xml
from workbench.graph.project import Graph

if TYPE_CHECKING:
    from workbench.build.check import Report

_LEAST = 380.0
_TITLE = 900.0
"""Widths: of the narrowest picture, and at which a title is cut."""


def svg(
    graph: Graph,
    report: Report,
    look: Look = LIGHT,
    title: str = "Model",
    collapsed: Set[str] = frozenset(),
) -> str:
    """Return a stack as an SVG document: a row a layer, with what checking it found.

    ``collapsed`` are ids of blocks that are drawn as one row. Fonts are named, not embedded; room is measured
    by the widest of those that may stand in. Bypassed layers are drawn hollow. Long settings are cut.
    """
    rows = rows_of(graph, report, collapsed)
    banded = {part for row in rows for part in row.path}
    names = {block.id: clean(block.name) for block in graph.blocks if block.id in banded}
    figures = [f"{row.params:,}" if row.params else "" for row in rows]
    shown = elided(clean(title), place.TITLE, _TITLE)
    totals = _totals(graph, report)
    least = max(width(shown, place.TITLE), width(totals, place.NAME), _LEAST)
    columns = place.columns(rows, names, figures, least)
    placed = place.rows(rows)
    sums = dict.fromkeys(names, 0)
    for row in rows:
        for part in row.path:
            sums[part] += row.params
    key, reach = labels.key(rows, look, columns, placed.bottom + 32)
    wide, high = number(columns.width), number(placed.bottom + 32 + reach + 30)
    middles = placed.middles
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}" '
        'role="img">',
        f"<title>{xml(title)}</title>",
        f"<desc>{xml(totals)}</desc>",
        f'<rect width="{wide}" height="{high}" fill="{look.window}"/>',
        *labels.heading(shown, totals, columns, look),
        *marks.bands(placed.bands, columns, look),
        *marks.trunk(rows, middles, columns, look),
        *marks.lanes(rows, middles, columns, look),
        *marks.dots(rows, middles, columns, look),
        *labels.band_names(placed.bands, names, sums, columns, look),
        *labels.texts(rows, figures, middles, columns, look),
        *key,
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _totals(graph: Graph, report: Report) -> str:
    problems = len(report.errors)
    said = [_counted(len(graph), "layer"), _counted(report.params, "parameter")]
    if report.flops:
        said.append(f"{_scaled(report.flops)}FLOPs per sample")
    if problems:
        said.append(_counted(problems, "problem"))
    return " · ".join(said)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _scaled(count: int) -> str:
    """A count in three digits with its unit's prefix: "211 M"."""
    for limit, prefix in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= limit:
            value = count / limit
            return f"{value:.{0 if value >= 100 else 1 if value >= 10 else 2}f} {prefix}"
    return f"{count} "
