"""The runs of the project: a table, and what is to be seen of those selected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from workbench.runs.info import RunInfo
from workbench.ui.cards import Card, Empty, Segments
from workbench.ui.curves_overlay import CurvesOverlay
from workbench.ui.in_parts import InParts
from workbench.ui.inspect.working import Working
from workbench.ui.run_compare import RunCompare
from workbench.ui.run_details import RunDetails
from workbench.ui.runs_filter import RunsFilter
from workbench.ui.runs_selection import selected_rows
from workbench.ui.runs_table import RunsTable
from workbench.ui.training import Training
from workbench.ui.trash_button import TrashButton
from workbench.ui.workspace import Workspace


class RunsPage(InParts):
    """What was trained, and how it went. `runs` is the table."""

    def __init__(self, workspace: Workspace, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runsPage")
        self._workspace, self._training = workspace, training
        self.runs = RunsTable(workspace, training, self)

    def make_parts(self) -> Iterator[None]:
        workspace = self._workspace
        self.curves = CurvesOverlay(workspace, self)
        yield
        self.filter = RunsFilter()
        self.trash = TrashButton(workspace)
        self.details = RunDetails(workspace, self)
        yield
        self.compare = RunCompare(workspace, self)
        yield
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setObjectName("runsSplit")
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(12)
        self._split.setStyleSheet("QSplitter::handle { background: transparent; }")
        self._split.addWidget(self._list_card())
        yield
        self._lower = self._below()
        self._split.addWidget(self._lower)
        yield
        self._split.setSizes([500, 500])
        self._split.setStretchFactor(0, 1)
        self._split.setStretchFactor(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.addWidget(self._split)
        self._connect()
        self._show_count()
        self.runs.refresh()

    def _list_card(self) -> Card:
        self._card = card = Card(self.tr("Runs"), " ")
        self.filter.setMinimumWidth(400)
        card.head.addWidget(self.filter, 1)
        card.head.addWidget(self.trash)
        self._empty = Empty(
            "chart-line",
            self.tr("No runs yet"),
            self.tr("Press Train: a run is kept in the project's folder, with its curves and weights."),
        )
        self._nothing = Empty(
            "magnifying-glass", self.tr("No run is like that"), self.tr("Change what you filter by.")
        )
        card.body.addWidget(Working(self.runs.act.exporting, "runsExport", self.tr("Writing curves")))
        grid = QGridLayout()
        for widget in (self.runs, self._empty, self._nothing):
            grid.addWidget(widget, 0, 0)
        card.body.addLayout(grid, 1)
        card.setMinimumHeight(150)
        return card

    def _below(self) -> Card:
        card = Card(" ")
        card.title.hide()
        self.which = Segments(
            [
                ("curves", self.tr("Curves")),
                ("details", self.tr("Details")),
                ("compare", self.tr("Compare")),
            ],
            "runsBelow",
        )
        self._pages = QStackedWidget()
        for page in (self.curves, self.details, self.compare):
            self._pages.addWidget(page)
        card.head.insertWidget(0, self.which)
        card.head.addWidget(self.compare.copy)
        card.body.addWidget(self._pages, 1)
        card.setMinimumHeight(180)
        self.which.group.buttonClicked.connect(lambda: self.show_below(self.which.value))
        self.show_below("curves")
        return card

    def _connect(self) -> None:
        table, training = self.runs, self._training
        training.ended.connect(table.refresh)
        training.run_opened.connect(table.refresh)
        training.epoch_ended.connect(self._follow)
        training.state_changed.connect(self._show_live)
        self.filter.wanted.connect(table.set_filter)
        self.trash.changed.connect(table.refresh)
        table.listed.connect(self._on_listed)
        table.arranged.connect(self._show_count)
        table.selected.connect(self._on_selected)
        table.chosen.connect(self._on_chosen)
        table.rows.dataChanged.connect(lambda *_: self.details.display(table.current_run()))
        table.compare_wanted.connect(lambda: self.show_below("compare"))
        self.curves.picked.connect(table.go_to)
        self.curves.coloured.connect(table.rows.colour)
        self.details.labelled.connect(table.label)
        self.details.branch_wanted.connect(table.branch_wanted)

    def show_below(self, name: str) -> None:
        """Show curves, details or compare under the table."""
        self.which.choose(name)
        self._pages.setCurrentIndex(("curves", "details", "compare").index(name))
        self.compare.copy.setVisible(name == "compare")

    def _on_listed(self) -> None:
        self._show_count()
        nothing_selected = not self.runs.selectionModel().hasSelection()
        if nothing_selected and not self._training.active and self.runs.rows.runs:
            self.runs.selectRow(0)

    def _on_selected(self, runs: Sequence[RunInfo]) -> None:
        self.curves.display(runs)
        self.compare.display(tuple(run.id for run in runs))
        self.details.display(self.runs.current_run())
        self._show_count()

    def _show_live(self) -> None:
        if self.whole and self.isVisible():  # what nobody sees costs nothing
            self.runs.show_live()

    def _follow(self) -> None:
        """Show the run under way as it is by now, and its curves, if it is one of those drawn."""
        self._show_live()
        runs = self.runs.selected_runs() if self.isVisible() else []
        if any(run.id == self._training.run_id for run in runs):
            self.curves.display(runs)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_live()

    def _on_chosen(self, run_id: str) -> None:
        self.details.display(self.runs.current_run())
        self.curves.set_current(run_id)

    def _show_count(self) -> None:
        known, shown = len(self.runs.runs), len(self.runs.rows.runs)
        selected = len(selected_rows(self.runs.selectionModel())) if shown else 0
        words = str(known) if shown == known else self.tr("{} of {}").format(shown, known)
        if selected > 1:
            words += self.tr(" · {} selected").format(selected)
        self._card.set_hint(words if known else "")
        self.runs.setVisible(bool(shown))
        self._empty.setVisible(not known)
        self._nothing.setVisible(bool(known) and not shown)
        self.filter.setVisible(bool(known))
        self._lower.setVisible(bool(known))  # without runs there is nothing to be seen of them
