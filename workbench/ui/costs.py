"""What checking found of some layers: their shapes, and what they cost together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from workbench.graph import Graph
from workbench.ui.wording import count

if TYPE_CHECKING:
    from workbench.build.check import Report, Row


def row_of(report: Report | None, graph: Graph, place: int) -> Row | None:
    """Return what checking found of the layer in a place of the stack."""
    if report is None:
        return None
    wanted = graph.layers[place].id
    if place < len(report.rows) and report.rows[place].id == wanted:  # the usual case, without a search
        return report.rows[place]
    return next((row for row in report.rows if row.id == wanted), None)


def totals(rows: Sequence[Row]) -> str:
    """Return the parameters and FLOPs of layers in words; "" for none."""
    if not rows:
        return ""
    params, flops = sum(row.params for row in rows), sum(row.flops or 0 for row in rows)
    said = QCoreApplication.translate("Costs", "{} params").format(count(params))
    if not flops:
        return said
    return said + " · " + QCoreApplication.translate("Costs", "{} FLOPs").format(count(flops))
