"""Train: what goes on, the settings, the runs, their queue and the search, a page each."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from workbench.ui.cards import Segments
from workbench.ui.in_parts import InParts
from workbench.ui.live_page import LivePage
from workbench.ui.live_plot import LivePlot
from workbench.ui.queueing import Queueing
from workbench.ui.run_controls import RunControls
from workbench.ui.runs_page import RunsPage
from workbench.ui.runs_table import RunsTable
from workbench.ui.training import Training
from workbench.ui.workspace import Workspace

ROOMY = 760
"""Width from which the buttons beside the pages have words, also while the queue tells how many wait."""


class TrainPanel(QWidget):
    """The stage in which the network learns; pages are made when they are first shown.

    That of the runs comes right after the first: it tells which earlier run is drawn under the live curves.
    """

    resume_wanted = Signal(str)
    branch_wanted = Signal(str, int)
    """A run's id, and the step of the checkpoint to go on from."""
    evaluate_wanted = Signal(str)
    inspect_wanted = Signal(str)

    def __init__(self, workspace: Workspace, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainPanel")
        self._workspace, self._training = workspace, training
        self._which = Segments(
            [
                ("live", self.tr("Live")),
                ("settings", self.tr("Settings")),
                ("runs", self.tr("Runs")),
                ("queue", self.tr("Queue")),
                ("search", self.tr("Search")),
            ],
            "trainPages",
        )
        self._pages = QStackedWidget()
        self._live = LivePage(workspace, training)
        self.queueing = Queueing(workspace, training)
        self._made: dict[str, QWidget] = {"live": self._live}
        self._makers: dict[str, Callable[[], QWidget]] = {
            "settings": self._settings,
            "runs": self._runs,
            "queue": self._queue,
            "search": self._search,
        }
        self._pages.addWidget(self._live)
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._make_more)
        self._wanted = ""  # the page that is shown once it is made
        self.head = QHBoxLayout()
        self.head.setContentsMargins(18, 12, 18, 0)
        self.head.addWidget(self._which, 1)
        self._controls = RunControls(workspace, training)
        self.head.addWidget(self._controls)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self.head)
        column.addWidget(self._pages, 1)
        self._which.group.buttonClicked.connect(lambda: self.open_page(self._which.value))
        training.state_changed.connect(self._follow)
        self.queueing.changed.connect(self._count_queue)
        self.queueing.refresh()

    @property
    def runs(self) -> RunsTable:
        """The table of runs."""
        page = self._page("runs")
        assert isinstance(page, RunsPage)
        return page.runs

    @property
    def plot(self) -> LivePlot:
        """The live curves."""
        return self._live.plot

    def show_page(self, name: str) -> None:
        """Show a page now: live, settings, runs, queue or search; the first time that takes long."""
        page = self._page(name)
        self._wanted = ""
        self._which.choose(name)
        self._pages.setCurrentWidget(page)

    def open_page(self, name: str) -> None:
        """Show a page as soon as it is made: the window answers meanwhile."""
        self._wanted = name
        page = self._begun(name)
        if isinstance(page, InParts) and not page.whole:
            self._next.start()
        else:
            self.show_page(name)

    def show_run(self, run_id: str) -> None:
        """Show a run among the others."""
        self.show_page("runs")
        self.runs.go_to(run_id)

    def queue_run(self) -> None:
        """Add the project as it is now to the queue, and show that."""
        self.queueing.add()
        self.show_page("queue")

    def _count_queue(self) -> None:
        waiting = self.queueing.waiting
        self._which.set_text("queue", self.tr("Queue ({})").format(waiting) if waiting else self.tr("Queue"))

    def _follow(self) -> None:
        """Show what goes on once a training was started, unless the queue did so while it is watched."""
        queued = self._which.value == "queue" and self.queueing.on
        if self._training.state == "starting" and not queued:
            self.show_page("live")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._next.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._controls.set_narrow(self.width() < ROOMY)

    def _make_more(self) -> None:
        page = self._begun(self._wanted or "runs")
        if isinstance(page, InParts) and not page.make_more():
            self._next.start()
        elif self._wanted:
            self.show_page(self._wanted)

    def _begun(self, name: str) -> QWidget:
        """Return a page, of which parts may be missing."""
        if name not in self._made:
            self._made[name] = self._makers[name]()
            self._pages.addWidget(self._made[name])
        return self._made[name]

    def _page(self, name: str) -> QWidget:
        page = self._begun(name)
        if isinstance(page, InParts):
            page.make_all()
        return page

    def _runs(self) -> QWidget:
        page = RunsPage(self._workspace, self._training)
        page.runs.chosen.connect(self._live.choose_run)
        page.runs.resume_wanted.connect(self.resume_wanted)
        page.runs.branch_wanted.connect(self.branch_wanted)
        page.runs.evaluate_wanted.connect(self.evaluate_wanted)
        page.runs.inspect_wanted.connect(self.inspect_wanted)
        return page

    def _settings(self) -> QWidget:
        from workbench.ui.settings_page import SettingsPage

        page = SettingsPage(self._workspace, self._training)
        page.queue_wanted.connect(self.queue_run)
        return page

    def _queue(self) -> QWidget:
        from workbench.ui.queue_page import QueuePage

        page = QueuePage(self.queueing)
        page.run_wanted.connect(self.show_run)
        return page

    def _search(self) -> QWidget:
        from workbench.ui.search_page import SearchPage

        page = SearchPage(self._workspace, self._training)
        page.run_wanted.connect(self.show_run)
        page.searching.run_kept.connect(lambda: self.runs.refresh())
        return page
