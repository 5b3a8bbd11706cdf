"""Train: what goes on, the settings, the runs and the search, a page each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from workbench.ui.cards import Segments
from workbench.ui.live_page import LivePage
from workbench.ui.live_plot import LivePlot
from workbench.ui.run_controls import RunControls
from workbench.ui.runs_page import RunsPage
from workbench.ui.runs_table import RunsTable
from workbench.ui.training import Training
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.ui.search_page import SearchPage


class TrainPanel(QWidget):
    """The stage in which the network learns; some pages are made when they are first shown."""

    def __init__(self, workspace: Workspace, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainPanel")
        self._workspace, self._training = workspace, training
        self._which = Segments(
            [
                ("live", self.tr("Live")),
                ("settings", self.tr("Settings")),
                ("runs", self.tr("Runs")),
                ("search", self.tr("Search")),
            ],
            "trainPages",
        )
        self._pages = QStackedWidget()
        self._live = LivePage(workspace, training)
        self._search_page: SearchPage | None = None
        self._runs = RunsPage(workspace, training)
        self._shown: dict[str, QWidget] = {"live": self._live, "runs": self._runs}
        self._makers: dict[str, Callable[[], QWidget]] = {"settings": self._settings, "search": self._search}
        for page in self._shown.values():
            self._pages.addWidget(page)
        self.head = QHBoxLayout()
        self.head.setContentsMargins(18, 12, 18, 0)
        self.head.addWidget(self._which, 1)
        self.head.addWidget(RunControls(workspace, training))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self.head)
        column.addWidget(self._pages, 1)
        self._which.group.buttonClicked.connect(lambda: self.show_page(self._which.value))
        self._runs.runs.chosen.connect(self._live.choose_run)
        training.state_changed.connect(self._follow)

    @property
    def runs(self) -> RunsTable:
        """The table of runs."""
        return self._runs.runs

    @property
    def plot(self) -> LivePlot:
        """The live curves."""
        return self._live.plot

    def show_page(self, name: str) -> None:
        """Show a page: live, settings, runs or search."""
        if name not in self._shown:
            self._shown[name] = self._makers[name]()
            self._pages.addWidget(self._shown[name])
        self._which.choose(name)
        self._pages.setCurrentWidget(self._shown[name])

    def show_run(self, run_id: str) -> None:
        """Show a run among the others."""
        self.show_page("runs")
        self.runs.go_to(run_id)

    def _follow(self) -> None:
        """Show what goes on once a training was started, unless the queue did so while it is watched."""
        queued = self._which.value == "search" and self._search_page and self._search_page.queueing.on
        if self._training.state == "starting" and not queued:
            self.show_page("live")

    def _settings(self) -> QWidget:
        from workbench.ui.settings_page import SettingsPage

        return SettingsPage(self._workspace, self._training)

    def _search(self) -> QWidget:
        from workbench.ui.search_page import SearchPage

        page = self._search_page = SearchPage(self._workspace, self._training)
        page.run_wanted.connect(self.show_run)
        page.searching.run_kept.connect(self.runs.refresh)
        return page
