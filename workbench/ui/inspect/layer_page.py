"""Layer: what the selected layer makes of the sample, how the loss would change with it, and its units."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout

from workbench.errors import UserError
from workbench.ui import theme
from workbench.ui.inspect.inspected import Inspected
from workbench.ui.inspect.inspection import Inspection, inspect
from workbench.ui.inspect.layer_card import LayerCard
from workbench.ui.inspect.page import InspectPage
from workbench.ui.inspect.sample_card import SampleCard
from workbench.ui.inspect.unit_card import UnitCard
from workbench.ui.jobs import Latest
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset

LAYER = 420
"""Least height of the layer's card."""


class LayerPage(InspectPage):
    """The sample on the left, the layer on the right."""

    vitals_ready = Signal(dict)
    """Every layer's vitals, for the rows of the stack."""

    def __init__(self, workspace: Workspace, inspected: Inspected) -> None:
        super().__init__(workspace, inspected)
        self.inspection: Inspection | None = None
        self._behind = False
        """Whether it shows what was before, because it was hidden since."""
        self._weights = 0
        self._seen: tuple[object, ...] = ()
        self._data: Dataset | None = None
        self._run = ""
        """Whose weights the inspection is of."""
        self._asked_run = ""
        """Whose weights the look under way is of: another run may be chosen before it answers."""
        self._failure = ""
        """What the last look failed with: a notice tells it once, not at every sample."""
        self._latest = Latest(workspace.jobs)
        self._latest.answered.connect(self._show)
        self._latest.failed.connect(self._fail)
        # edits come in bursts while a number is typed; one look when they pause is enough
        self._soon = QTimer(self, singleShot=True, interval=30)
        self._soon.timeout.connect(self._ask)

    def make_parts(self) -> Iterator[None]:
        workspace, inspected = self.workspace, self.inspected
        body = QHBoxLayout()
        body.setSpacing(theme.M)
        self.column.addLayout(body, 1)
        self._sample = SampleCard()
        body.addWidget(self._sample)
        yield
        self.layer = LayerCard(workspace)
        body.addWidget(self.layer, 1)
        yield
        yield from self.layer.make_views()
        yield
        self.unit = UnitCard(workspace, inspected)
        self.unit.sample_wanted.connect(inspected.choose_sample)
        self.unit.asked.connect(lambda: self.layer.choose_unit(self.layer.unit))
        self.column.addWidget(self.unit)
        yield
        yield from self.unit.make_views()
        self.layer.setMinimumHeight(LAYER)
        self.layer.layer_shown.connect(self._follow_unit)
        self.layer.unit_chosen.connect(self._on_unit)
        self._count_weights()
        inspected.changed.connect(self._count_weights)
        workspace.selected.connect(lambda: self._draw(anew=False))

    @property
    def wanted(self) -> bool:
        """Its vitals stand in the rows of the stack, whichever page is shown."""
        pages = self.parentWidget()
        return pages is not None and pages.isVisible()

    def look(self) -> None:
        self._soon.start()

    def leave(self) -> None:
        self.unit.leave()

    def _count_weights(self) -> None:
        """A change with run, part and sample as they were is one of the weights or the data."""
        inspected = self.inspected
        now = (inspected.run, inspected.part, inspected.sample)
        if now == self._seen or inspected.dataset is not self._data:
            self._weights += 1
        self._seen, self._data = now, inspected.dataset

    def _follow_unit(self) -> None:
        inspected, layer, unit = self.inspected, self.layer.layer, self.layer.unit
        meant = (inspected.run, inspected.part, self._weights, layer, unit)
        self.unit.show_unit(meant, layer, unit, self.layer.unit_name(unit))

    def _on_unit(self) -> None:
        self._follow_unit()
        self.unit.find_samples()

    def _ask(self) -> None:
        if self._latest.busy:
            self._soon.start()  # an answer that is overtaken is lost: while a pen moves none would be seen
        elif self.inspected.ready:
            self._asked_run = self.inspected.run
            self._latest.ask(partial(inspect, self.inspected.subject()))

    def _fail(self, error: Exception) -> None:
        told, self._failure = self._failure, str(error)
        if told != self._failure:
            self.workspace.tell_error(error)
        if isinstance(error, UserError) and (self.inspection is None or self._run != self.inspected.run):
            self.inspection = None  # what another run made of a sample would be taken for this one's
            self.layer.show_failure(str(error))
            dataset, sample = self.inspected.dataset, self.inspected.sample
            if dataset is not None and isinstance(sample, int) and sample < len(dataset):
                self._sample.show_unanswered(sample, dataset)

    def _show(self, found: Inspection) -> None:
        self._failure = ""
        if found.dataset is not self.inspected.dataset:
            return  # others were opened meanwhile, and they are asked next
        self.inspection, self._run = found, self._asked_run
        self._draw()
        if self.wanted:
            self.vitals_ready.emit(dict(found.vitals))

    def _draw(self, *, anew: bool = True) -> None:
        """Show the sample, if there is another look at it, and the layer: now, or when the page is shown."""
        found = self.inspection
        if not self.isVisible():
            self._behind = True
        elif found is not None and found.dataset is self.inspected.dataset:
            if anew:
                self._sample.display(found, found.dataset)
            self.layer.show_inspection(found)
            self._behind = False

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._behind:
            self._draw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        found: Inspection | None = getattr(self, "inspection", None)
        if event.type() == QEvent.Type.PaletteChange and found is not None:
            self._draw()  # heat maps and words in the theme's colours
