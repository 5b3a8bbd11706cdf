"""The runs of the open project: a row a run."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QItemSelectionModel, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from workbench.runs.info import RunInfo
from workbench.ui import theme
from workbench.ui.run_actions import RunActions
from workbench.ui.run_tags import TagsDelegate, WordsDelegate
from workbench.ui.runs_header import RunsHeader
from workbench.ui.runs_live import live_facts
from workbench.ui.runs_model import EDITABLE, RunsModel
from workbench.ui.runs_selection import select_rows, selected_rows
from workbench.ui.runs_source import RunsSource
from workbench.ui.training import Training
from workbench.ui.workspace import Workspace


class RunsTable(QTableView):
    """Runs, newest first, until another column's head is clicked."""

    chosen = Signal(str)
    """Another run is the current one, "" for none."""
    selected = Signal(list)
    """The selected runs, a list of `RunInfo`, oldest first; sent anew when one of them has changed."""
    listed = Signal(list)
    """The runs were read anew: a list of `RunInfo`, newest first."""
    arranged = Signal()
    """Other runs are shown, or in another order."""
    resume_wanted = Signal(str)
    branch_wanted = Signal(str, int)
    """A run's id, and the step of the checkpoint to go on from."""
    evaluate_wanted = Signal(str)
    inspect_wanted = Signal(str)
    compare_wanted = Signal()

    def __init__(self, workspace: Workspace, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runsTable")
        self.setAccessibleName(self.tr("Runs"))
        self._training = training
        self._told = ""
        self.rows = RunsModel(self)
        self.act = RunActions(workspace, self)
        self._sought = ""
        """A run that is wanted, by id, and isn't read yet."""
        self._dress()
        self.rows.written.connect(self.label)
        self.rows.refused.connect(workspace.tell_error)
        self.selectionModel().selectionChanged.connect(lambda *_: self._tell_selected())
        self.selectionModel().currentRowChanged.connect(lambda *_: self._tell_chosen())
        self._source = RunsSource(workspace, training, self)
        self._source.listed.connect(self.listed)
        self._source.arranged.connect(self._show)

    def _dress(self) -> None:
        self.setHorizontalHeader(RunsHeader(self))
        self.setModel(self.rows)
        # A click on a head orders the rows and selects none, so it needn't know what is selected, which Qt
        # would find out cell by cell.
        self.head.setSelectionModel(QItemSelectionModel(self.rows, self.head))
        self.head.sectionPressed.disconnect()
        self.head.sectionEntered.disconnect()
        self.head.settle(self.rows.columns)
        self.head.sort_wanted.connect(self.sort_by)
        self.setItemDelegateForColumn(self.rows.column("tags"), TagsDelegate(self))
        self.setItemDelegateForColumn(self.rows.column("notes"), WordsDelegate(self))
        self.setStyleSheet(theme.FLUSH)
        self.setIconSize(QSize(10, 10))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(28)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )

    @property
    def head(self) -> RunsHeader:
        """The columns' heads."""
        found = self.horizontalHeader()
        assert isinstance(found, RunsHeader)
        return found

    # What is shown

    @property
    def runs(self) -> list[RunInfo]:
        """All runs, newest first."""
        return self._source.runs

    def refresh(self) -> None:
        """Read the runs anew."""
        self._source.refresh()

    def set_filter(self, text: str) -> None:
        """Show only the runs that a query holds for; see `workbench.runs.query.Query`."""
        self._source.set_filter(text)

    def sort_by(self, key: str, descending: bool) -> None:
        """Order the runs by a column."""
        self.head.show_order(key, descending)
        self.rows.show_order(key, descending)
        self._source.sort_by(key, descending)

    def _show(self, runs: Sequence[RunInfo], metric: str) -> None:
        if len(runs) == len(self.rows.runs) and all(map(operator.is_, runs, self.rows.runs)):
            return
        if [run.id for run in runs] == [run.id for run in self.rows.runs]:
            self.rows.renew(runs, metric)  # what is selected stays, and what is being typed
            self.arranged.emit()
            self._tell_selected()
            return
        before, current = {run.id for run in self.selected_runs()}, self.current_run()
        self.selectionModel().blockSignals(True)
        self.rows.display(runs, metric)
        self._select(before, current.id if current else "")
        self.selectionModel().blockSignals(False)
        sought, self._sought = self._sought, ""
        if self.rows.row_of(sought) >= 0:
            self.go_to(sought)
        self.viewport().update()
        self.arranged.emit()
        self._tell_selected()
        self._tell_chosen()

    def show_live(self) -> None:
        """Show the run under way as it is now; its file is written less often."""
        facts = live_facts(self._training)
        if facts:
            self._know(self._training.run_id, facts)

    def _know(self, run_id: str, facts: Mapping[str, Any]) -> None:
        """Keep facts that are newer than what was read."""
        self._source.know(run_id, facts)
        self.rows.update(run_id, facts)

    def label(self, run_id: str, facts: Mapping[str, Any]) -> None:
        """Give a run tags or notes, here and in its file."""
        self._know(run_id, facts)
        self.act.write(run_id, dict(facts))

    # What is selected

    def current_run(self) -> RunInfo | None:
        """Return the current run, if it is selected."""
        index = self.currentIndex()
        return self.rows.runs[index.row()] if index.isValid() and self._is_selected(index.row()) else None

    def _is_selected(self, row: int) -> bool:
        return self.selectionModel().isRowSelected(row)

    def selected_runs(self) -> list[RunInfo]:
        """Return the selected runs, oldest first."""
        found = [self.rows.runs[row] for row in selected_rows(self.selectionModel())]
        return sorted(found, key=operator.attrgetter("id"))

    def go_to(self, run_id: str) -> None:
        """Make a run the current one, once it is read; if it isn't selected, select it alone."""
        row = self.rows.row_of(run_id)
        self._sought = run_id if row < 0 else ""
        if row < 0:
            return
        flag = QItemSelectionModel.SelectionFlag
        how = flag.NoUpdate if self._is_selected(row) else flag.ClearAndSelect | flag.Rows
        self.selectionModel().setCurrentIndex(self.rows.index(row, 0), how)
        self.scrollTo(self.rows.index(row, 0))

    def _select(self, run_ids: set[str], current: str) -> None:
        rows = [row for row, run in enumerate(self.rows.runs) if run.id in run_ids] if run_ids else []
        select_rows(self.selectionModel(), rows, self.rows.row_of(current) if current else -1)

    def _tell_selected(self) -> None:
        self.selected.emit(self.selected_runs())
        self._tell_chosen()

    def _tell_chosen(self) -> None:
        run = self.current_run()
        name = run.id if run else ""
        if name != self._told:
            self._told = name
            self.chosen.emit(name)

    # Keys, menu, looks

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not event.modifiers():
            self.act.delete(self.selected_runs())
        elif event.key() == Qt.Key.Key_F2 and self.current_run() is not None:
            here = self.currentIndex()
            key = self.rows.columns[here.column()].key
            self.edit_cell(key if key in EDITABLE and not self.isColumnHidden(here.column()) else "tags")
        else:
            super().keyPressEvent(event)

    def edit_cell(self, key: str) -> None:
        """Let people type the current run's tags or notes in place."""
        column = self.rows.column(key)
        if self.isColumnHidden(column):
            self.head.show_column(key, True)
        index = self.rows.index(self.currentIndex().row(), column)
        if not index.flags() & Qt.ItemFlag.ItemIsEditable:
            return
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.edit(index)

    def copy(self) -> None:
        """Put the selected rows on the clipboard, as they are shown: a line a run, tabs between cells."""
        places = [place for place in self.head.in_order() if not self.isColumnHidden(place)]
        rows = selected_rows(self.selectionModel())
        QGuiApplication.clipboard().setText(self.rows.as_tsv(rows, places))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        runs = self.selected_runs()
        if runs:
            menu = self.act.menu(runs)
            menu.exec(event.globalPos())
            menu.deleteLater()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "rows"):
            self.rows.repaint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.head.fit()
