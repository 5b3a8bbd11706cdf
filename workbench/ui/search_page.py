"""Search: what to try, how, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from workbench.graph.search import SearchSection
from workbench.ui import theme
from workbench.ui.cards import Empty, button, label, tab_through
from workbench.ui.importance_plot import ImportancePlot
from workbench.ui.in_parts import InParts
from workbench.ui.notice import Notice
from workbench.ui.parallel_plot import ParallelPlot
from workbench.ui.search_options import SearchOptions
from workbench.ui.search_space_editor import SearchSpaceEditor
from workbench.ui.searching import Searching
from workbench.ui.training import Training
from workbench.ui.trials_card import TrialsCard
from workbench.ui.trials_plots import TrialsPlots
from workbench.ui.workspace import Workspace

LEFT = 316


class SearchPage(InParts):
    """Searches for good settings. Optuna loads once a search is begun or read."""

    run_wanted = Signal(str)
    """A trial's run is to be shown, by id."""

    def __init__(self, workspace: Workspace, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("searchPage")
        self._workspace = workspace
        self.searching = Searching(workspace, training)

    def make_parts(self) -> Iterator[None]:
        workspace, searching = self._workspace, self.searching
        yield from self._lay_out()
        searching.state_changed.connect(self._show_state)
        searching.progressed.connect(self._show_progress)
        self._soon = QTimer(self, singleShot=True, interval=150)
        self._soon.timeout.connect(self._show_trials)
        searching.trials_changed.connect(self._show_soon)
        self.options.storage_changed.connect(self._refresh)
        self.options.more.toggled.connect(self._order_tabs)
        workspace.changed.connect(self._refresh)
        workspace.data_changed.connect(self._refresh)
        self._refresh()
        self._show_state()

    def _lay_out(self) -> Iterator[None]:
        self.space = SearchSpaceEditor(self._workspace, self)
        yield
        narrow = QWidget()
        narrow.setFixedWidth(LEFT)
        narrow.setLayout(self._asking())
        self._results = QStackedWidget()
        self._results.addWidget(self._nothing())
        results = QWidget()
        right = QVBoxLayout(results)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(theme.M)
        self._results.addWidget(results)
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 16, 18, 16)
        row.setSpacing(theme.M)
        row.addWidget(narrow)
        row.addWidget(self._results, 1)
        yield
        self.trials = TrialsCard(self._workspace, self.searching, results)
        right.addWidget(self.trials, 4)
        yield
        parallel = ParallelPlot("parallelPlot", results)
        yield
        importance = ImportancePlot("importancePlot", results)
        yield
        self.plots = TrialsPlots(self._workspace, self.searching, parallel, importance, results)
        right.addWidget(self.plots, 5)
        self.trials.chosen.connect(self.plots.parallel.select)
        self.trials.run_wanted.connect(self.run_wanted)
        self.plots.parallel.picked.connect(self.trials.select)
        self.plots.parallel.filtered.connect(self.trials.table.show_only)
        yield

    def _asking(self) -> QVBoxLayout:
        """What to try and how, and below them the button that starts it."""
        self.options = SearchOptions(self._workspace)
        self._told = label("", "muted", name="searchTold")
        self._bar = QProgressBar(textVisible=False)
        self._bar.setObjectName("searchProgress")
        self._bar.setAccessibleName(self.tr("Progress of the search"))
        self._bar.setRange(0, 1000)
        self.start = button(self.tr("Start search"), "primary", glyph="play", name="searchStart")
        self.start.clicked.connect(self.begin)
        self.stop = button(self.tr("Stop"), glyph="stop", name="searchStop")
        self.stop.clicked.connect(self.searching.stop)
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(theme.M)
        left.addWidget(self.space, 1)
        left.addWidget(self.options)
        foot = QVBoxLayout()
        foot.setSpacing(theme.S)
        for part in (self._told, self._bar, self.start, self.stop):
            foot.addWidget(part)
        left.addLayout(foot)
        return left

    def _nothing(self) -> Empty:
        self._empty = Empty("magnifying-glass", "", "")
        self._offer = button(self.tr("Suggest what to try"), glyph="sparkle", name="searchOffer")
        self._offer.clicked.connect(self.space.ask_for_suggestion)
        self._empty.buttons.addWidget(self._offer)
        return self._empty

    def begin(self) -> None:
        """Start the search, or say why it can't."""
        fault = self.space.fault
        if not self.section.space:
            fault = self.tr("There is nothing to search for. Add a setting, or let some be suggested.")
        if fault:
            self._workspace.tell(Notice("warning", fault))
        else:
            self.searching.start(self.section, self.storage)

    @property
    def section(self) -> SearchSection:
        """The project's section, or its defaults."""
        return self._workspace.project.search or SearchSection()

    @property
    def storage(self) -> str:
        """The address of the database where trials are kept, "" for the project's folder."""
        return self.options.storage.text().strip()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self.whole:
            return
        self._refresh()
        self._order_tabs()
        self._soon.start()

    def _order_tabs(self) -> None:
        """Have the tab key come to the start last: fields of the form were made after it."""
        tab_through([*self.options.stops, self.start, self.stop, self._offer])

    def _refresh(self) -> None:
        if not self.isVisible():
            return  # what nobody sees costs nothing
        self.space.refresh()
        self.options.refresh()
        self._offer.setVisible(not self.searching.active and not self.section.space)
        self.searching.look(self.section, self.storage)

    def _show_soon(self) -> None:
        if not self._soon.isActive():  # else many short epochs would put it off for ever
            self._soon.start()

    def _show_trials(self) -> None:
        if not self.isVisible():
            return
        section = self.searching.section
        any_ = any(trial.state != "waiting" for trial in self.searching.trials.values())
        self._results.setCurrentIndex(1 if any_ else 0)
        if any_:
            self.trials.display(section)
            self.plots.display(section, self.trials.table.trial)
        self._show_state()

    def _show_state(self) -> None:
        searching = self.searching
        active = searching.active
        self.start.setVisible(not active)
        self.stop.setVisible(active)
        self._bar.setVisible(active)
        self.stop.setEnabled(searching.state != "stopping")
        self.start.setText(self.tr("Go on searching") if searching.trials else self.tr("Start search"))
        self.space.set_editable(not active)
        self.options.set_editable(not active)
        self._empty.display(*self._nothing_yet())
        self._offer.setVisible(not active and not self.section.space)
        self._show_progress()

    def _nothing_yet(self) -> tuple[str, str]:
        if self.searching.active:
            return (
                self.tr("The first trial is under way"),
                self.tr("Each trial trains the project with other values. Results appear here as they come."),
            )
        others = self.searching.others
        if others:
            return (
                self.tr("No trials of the project as it is now"),
                self.tr(
                    "Earlier searches are kept ({}), but they were of another stack, other settings or "
                    "another metric. Undo those changes to see them, or start a new search."
                ).format(others),
            )
        return (
            self.tr("Let the machine try settings"),
            self.tr(
                "Choose on the left what to try, such as learning rate and layer widths, and start. Each "
                "trial is a short training; bad ones are given up early, and what was learned steers the "
                "next."
            ),
        )

    def _show_progress(self) -> None:
        searching = self.searching
        self._bar.setValue(round(1000 * (searching.number - 1 + searching.share) / max(searching.planned, 1)))
        words = {
            "idle": "",
            "starting": self.tr("Preparing…"),
            "waiting": self.tr("Waits until the run is trained"),
            "stopping": self.tr("Stopping…"),
        }
        text = words.get(searching.state)
        if text is None:
            text = self.tr("{} of {} trials done").format(max(searching.number - 1, 0), searching.planned)
            text += self.tr(" · epoch {}").format(searching.epoch + 1) if searching.current else ""
        elif searching.state == "idle" and searching.trials:
            done = [t for t in searching.trials.values() if t.state not in ("waiting", "running")]
            text = self.tr("1 trial") if len(done) == 1 else self.tr("{} trials").format(len(done))
        self._told.setText(text)
        self._told.setVisible(bool(text))
