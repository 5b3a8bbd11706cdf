"""Inspect: what is looked at, and the ways of looking, a page each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from workbench.ui import theme
from workbench.ui.ahead import import_ahead
from workbench.ui.cards import Empty, Page, Segments
from workbench.ui.inspect.inspected import Inspected
from workbench.ui.inspect.inspection import Inspection
from workbench.ui.inspect.layer_card import LayerCard
from workbench.ui.inspect.layer_page import LayerPage
from workbench.ui.inspect.own_drop import SampleFiles
from workbench.ui.inspect.own_editor import OwnEditor
from workbench.ui.inspect.page import InspectPage
from workbench.ui.inspect.page_stack import PageStack
from workbench.ui.inspect.report_button import report_button
from workbench.ui.inspect.subject_bar import SubjectBar
from workbench.ui.training import Training
from workbench.ui.workspace import Workspace

PAGES = (
    ("layer", "Layer", "layer_page:LayerPage"),
    ("attribution", "Attribution", "attribution_page:AttributionPage"),
    ("epochs", "Over training", "epochs_page:EpochsPage"),
    ("representation", "Representation", "representation_page:RepresentationPage"),
    ("compare", "Compare", "compare_page:ComparePage"),
    ("surrogate", "Surrogates", "surrogate_page:SurrogatePage"),
)
"""A page's name, what its button says, and its class, made when it is first shown."""


class InspectPanel(Page):
    """The stage in which the network is looked into."""

    vitals_ready = Signal(dict)
    """Every layer's vitals, for the rows of the stack."""

    def __init__(self, workspace: Workspace, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspectPanel")
        self._workspace = workspace
        self.inspected = Inspected(workspace, self)
        self._whole = QStackedWidget()
        self.column.addWidget(self._whole)
        self._empty = Empty("eye", self.tr("Nothing to inspect yet"), "")
        self._whole.addWidget(self._empty)
        self.bar = SubjectBar(workspace, training, self.inspected)
        self._which = Segments([(name, self.tr(text)) for name, text, _ in PAGES], "inspectPages")
        self._pages = PageStack()
        full = QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.M)
        column.addWidget(self.bar)
        ways = QHBoxLayout()
        ways.addWidget(self._which)
        ways.addStretch(1)
        ways.addWidget(report_button(workspace, self.inspected))
        column.addLayout(ways)
        self.own = OwnEditor(workspace, self.inspected)
        self.files = SampleFiles(workspace, self.inspected, self)
        for wanted, act in (
            (self.bar.own.new_wanted, self.own.begin),
            (self.bar.own.edit_wanted, self.own.edit),
            (self.bar.own.file_wanted, self.files.ask),
            (self.own.left, self.bar.back_to_data),
        ):
            wanted.connect(act)
        beside = QHBoxLayout()
        beside.setSpacing(theme.M)
        beside.addWidget(self.own)
        beside.addWidget(self._pages, 1)
        column.addLayout(beside, 1)
        self._whole.addWidget(full)
        self._shown: dict[str, InspectPage] = {}
        self._imported: bool | None = None
        """Whether the pages' modules are; None before anybody needs them."""
        self._wanted = ""
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._make_more)
        self._which.group.buttonClicked.connect(lambda: self.open_page(self._which.value))
        self._page("layer")
        self.open_page("layer")
        workspace.data_changed.connect(self._follow)
        workspace.checked.connect(self._on_checked)
        self.inspected.changed.connect(self._follow)
        self._follow()

    def show_page(self, name: str) -> InspectPage:
        """Show a page now; the first time that takes long."""
        page = self._page(name)
        while not page.make_more():
            pass
        self._wanted = ""
        self._which.choose(name)
        self._pages.show_page(page)
        page.look_if_wanted()
        if not self._layer_page.whole:
            self._next.start()
        return page

    @property
    def page(self) -> InspectPage | None:
        """The page that is shown, None while the first is made."""
        shown = self._pages.current
        return shown if isinstance(shown, InspectPage) else None

    def open_page(self, name: str) -> None:
        """Show a page as soon as it is made: the window answers meanwhile."""
        self._wanted = name
        if name in self._shown and self._shown[name].whole:
            self.show_page(name)
        else:
            self._next.start()

    def _make_more(self) -> None:
        name = self._wanted or "layer"  # its vitals stand in the stack, whichever page is shown
        if name not in self._shown and not self._imported:
            return  # its module is awaited: to import it here would hold the window up
        page = self._page(name)
        if not page.make_more():
            self._next.start()
        elif self._wanted:
            self.show_page(name)
        else:
            page.look_if_wanted()

    def _page(self, name: str) -> InspectPage:
        """Return a page, of which parts may be missing."""
        if name not in self._shown:
            place = next(place for known, _, place in PAGES if known == name)
            self._shown[name] = page = self._make(place)
            self._pages.add(page)
            if page.needs:
                self._workspace.jobs.call(partial(import_ahead, *page.needs)).start()
            if isinstance(page, LayerPage):
                page.vitals_ready.connect(self.vitals_ready)
        return self._shown[name]

    @property
    def layer(self) -> LayerCard:
        """What is shown of the selected layer."""
        return self._layer_page.layer

    @property
    def inspection(self) -> Inspection | None:
        """What the last look at a sample found."""
        return self._layer_page.inspection

    def go_to(self, part: str, index: int) -> None:
        """Look at one sample of a part of the data, by its number in the data."""
        self.bar.go_to(part, index)

    @property
    def _layer_page(self) -> LayerPage:
        page = self._shown["layer"]
        assert isinstance(page, LayerPage)
        return page

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._get_ready()
        if self.inspection is not None:
            self.vitals_ready.emit(dict(self.inspection.vitals))
        self._layer_page.look_if_wanted()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.vitals_ready.emit({})

    def _get_ready(self) -> None:
        """Import the other pages in the background, so that a click on one needn't wait for it."""
        if self._imported is None:
            self._imported = False
            places = [f"workbench.ui.inspect.{place.partition(':')[0]}" for _, _, place in PAGES]
            job = self._workspace.jobs.call(partial(import_ahead, *places))
            job.ended.connect(self._on_imported)
            job.start()

    def _on_imported(self) -> None:
        self._imported = True
        self._next.start()

    def _make(self, place: str) -> InspectPage:
        module, _, name = place.partition(":")
        make: Callable[[Workspace, Inspected], InspectPage] = getattr(
            import_module(f"workbench.ui.inspect.{module}"), name
        )
        return make(self._workspace, self.inspected)

    def _on_checked(self) -> None:
        """The stack was edited: fresh weights are others now, and those of a run are not."""
        if not self.inspected.run:
            self.inspected.changed.emit()

    def _follow(self) -> None:
        workspace = self._workspace
        if self.inspected.ready:
            self._whole.setCurrentIndex(1)
            return
        text = self.tr("Load data in the Data stage first.")
        if workspace.dataset is not None:
            text = self.tr("The stack doesn't fit yet: see the problems in the Design stage.")
        elif workspace.data_error is not None:
            text = str(workspace.data_error)
        self._empty.display(self.tr("Nothing to inspect yet"), text)
        if workspace.dataset is None or workspace.report is not None:
            self._whole.setCurrentIndex(0)
