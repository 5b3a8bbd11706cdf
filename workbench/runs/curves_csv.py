"""Curves as CSV: a row a step, a column a series."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.graph.atomic import replace_atomic
from workbench.runs.run import Run
from workbench.runs.scalars import Curve, curves

if TYPE_CHECKING:
    import polars


def write_csv(runs: Sequence[Run], path: Path) -> None:
    """Write the curves of runs, whole and exact. Raises `UserError`.

    Columns: ``step`` (steps done when the value was measured), then the series by name; empty where a series
    has no value at that step, NaN where the value was no number. Of more runs than one, ``run`` comes first.
    """
    import polars

    tables = []
    for run in runs:
        table = _table(curves(run))
        if len(runs) > 1:
            table = table.insert_column(0, polars.lit(run.id).alias("run"))
        tables.append(table)
    whole = polars.concat(tables, how="diagonal")
    replace_atomic(path, whole.write_csv)


def _table(found: dict[str, Curve]) -> polars.DataFrame:
    import polars

    steps = np.unique(np.concatenate([steps for steps, _ in found.values()] or [np.empty(0, np.int64)]))
    columns: dict[str, Any] = {"step": steps}
    for name, (places, values) in found.items():
        there = np.zeros(len(steps), dtype=bool)
        column = np.zeros(len(steps))
        at = np.searchsorted(steps, places)
        there[at], column[at] = True, values
        masked = polars.Series(column)
        columns[name] = masked.zip_with(polars.Series(there), polars.Series([None], dtype=polars.Float64))
    return polars.DataFrame(columns)
