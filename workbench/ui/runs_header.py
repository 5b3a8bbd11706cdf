"""The heads of the table of runs: which columns are shown, how wide, and the order."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QHeaderView, QMenu, QTableView

from workbench.ui import places
from workbench.ui.runs_columns import Column, fitting

_SETTING = "runColumns"
_TAKES_REST = ("notes", "tags", "state")
"""The first of these that is shown takes the width that is left."""


class RunsHeader(QHeaderView):
    """A click orders by a column; the menu shows and hides them. Until then, as many are shown as fit."""

    sort_wanted = Signal(str, bool)
    """A column's key, and whether the largest comes first."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self.setObjectName("runsHeader")
        self._table = table
        self._columns: Sequence[Column] = ()
        self._order = ("id", True)
        self._fitting = False
        self._by_hand = False  # widths, since somebody dragged one
        kept = places.settings().value(_SETTING)
        self._chosen = set(str(kept).split()) if kept else None
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(40)
        self.sectionClicked.connect(self._click)
        self.sectionResized.connect(self._on_resized)

    def settle(self, columns: Sequence[Column]) -> None:
        """Begin, once the table has its model."""
        for place, column in enumerate(columns):
            self.resizeSection(place, column.width)
        self._columns = columns
        self.fit()

    def show_order(self, key: str, descending: bool) -> None:
        """Remember the column that the rows are ordered by: a click on it turns the order round."""
        self._order = key, descending

    def shown(self) -> set[str]:
        """Return the keys of the columns that are shown."""
        return {c.key for place, c in enumerate(self._columns) if not self.isSectionHidden(place)}

    def show_column(self, key: str, on: bool) -> None:
        """Show or hide a column, from now on."""
        self._chosen = self.shown() | {key} if on else self.shown() - {key}
        places.settings().setValue(_SETTING, " ".join(sorted(self._chosen)))
        self.fit()

    def show_fitting(self) -> None:
        """Show as many columns as fit, from now on."""
        self._chosen, self._by_hand = None, False
        places.settings().remove(_SETTING)
        self.fit()

    def in_order(self) -> list[int]:
        """Return the columns' places from left to right."""
        return [self.logicalIndex(position) for position in range(self.count())]

    def fit(self) -> None:
        """Show the columns that were chosen or fit, and share the width out."""
        room = self._table.viewport().width()
        if not self._columns or room <= 0:
            return
        self._fitting = True
        wanted = fitting(self._columns, room) if self._chosen is None else self._chosen
        for place, column in enumerate(self._columns):
            hidden = column.key not in wanted and column.key != "id"
            if self.isSectionHidden(place) != hidden:
                self.setSectionHidden(place, hidden)
        if not self._by_hand:
            self._share_out(room)
        self._fitting = False

    def _share_out(self, room: int) -> None:
        shown = [place for place in range(len(self._columns)) if not self.isSectionHidden(place)]
        left = room - sum(self._columns[place].width for place in shown)
        keys = {self._columns[place].key for place in shown}
        taker = next((key for key in _TAKES_REST if key in keys), "")
        for place in shown:
            column = self._columns[place]
            self.resizeSection(place, column.width + (max(0, left) if column.key == taker else 0))

    def _click(self, place: int) -> None:
        key = self._columns[place].key
        before, descending = self._order
        self.sort_wanted.emit(key, not descending if key == before else key in ("id", "created"))

    def _on_resized(self) -> None:
        if not self._fitting and self._columns:
            self._by_hand = True

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.menu()
        menu.exec(event.globalPos())
        menu.deleteLater()

    def menu(self) -> QMenu:
        """Return the menu that shows and hides columns."""
        menu = QMenu(self)
        menu.setObjectName("runsColumns")
        shown = self.shown()
        for column in self._columns:
            action = menu.addAction(column.title if len(column.title) < 3 else column.title.capitalize())
            action.setObjectName(f"runColumn_{column.key}")
            action.setToolTip(column.help)
            action.setCheckable(True)
            action.setChecked(column.key in shown)
            action.setEnabled(column.key != "id")
            action.toggled.connect(lambda on, key=column.key: self.show_column(key, on))
        menu.addSeparator()
        fits = menu.addAction(self.tr("As many as fit"))
        fits.setCheckable(True)
        fits.setChecked(self._chosen is None)
        fits.triggered.connect(self.show_fitting)
        return menu
