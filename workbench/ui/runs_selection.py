"""Which rows of a long table are selected, without asking for each of its cells as Qt does."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import QItemSelection, QItemSelectionModel


def selected_rows(model: QItemSelectionModel) -> list[int]:
    """Return the rows that are selected, from the top."""
    found = model.selection()
    parts = [found.at(number) for number in range(found.count())]
    return sorted({row for part in parts for row in range(part.top(), part.bottom() + 1)})


def select_rows(model: QItemSelectionModel, rows: Sequence[int], current: int) -> None:
    """Select these rows, which rise, and no others; ``current`` is made the current one unless it is -1."""
    table = model.model()
    wanted = QItemSelection()
    last = table.columnCount() - 1
    for _, group in groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0]):
        stretch = [row for _, row in group]
        wanted.select(table.index(stretch[0], 0), table.index(stretch[-1], last))
    if current >= 0:
        model.setCurrentIndex(table.index(current, 0), QItemSelectionModel.SelectionFlag.NoUpdate)
    model.select(wanted, QItemSelectionModel.SelectionFlag.ClearAndSelect)
