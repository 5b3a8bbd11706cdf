"""Layer: what the selected layer makes of the sample, and how the loss would change with it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout

from workbench.ui import theme
from workbench.ui.inspect.inspected import Inspected
from workbench.ui.inspect.inspection import Inspection, inspect
from workbench.ui.inspect.layer_card import LayerCard
from workbench.ui.inspect.page import InspectPage
from workbench.ui.inspect.sample_card import SampleCard
from workbench.ui.jobs import Latest
from workbench.ui.workspace import Workspace


class LayerPage(InspectPage):
    """The sample on the left, the layer on the right."""

    vitals_ready = Signal(dict)
    """Every layer's vitals, for the rows of the stack."""

    def __init__(self, workspace: Workspace, inspected: Inspected) -> None:
        super().__init__(workspace, inspected)
        self.inspection: Inspection | None = None
        self._sample = SampleCard()
        self.layer = LayerCard(workspace)
        body = QHBoxLayout()
        body.setSpacing(theme.M)
        body.addWidget(self._sample)
        body.addWidget(self.layer, 1)
        self.column.addLayout(body, 1)
        self._latest = Latest(workspace.jobs)
        self._latest.answered.connect(self._show)
        self._latest.failed.connect(workspace.tell_error)
        # edits come in bursts while a number is typed; one look when they pause is enough
        self._soon = QTimer(self, singleShot=True, interval=30)
        self._soon.timeout.connect(self._ask)

    def look(self) -> None:
        self._soon.start()

    def leave(self) -> None:
        self.vitals_ready.emit({})

    def _ask(self) -> None:
        if self.inspected.ready:
            self._latest.ask(partial(inspect, self.inspected.subject()))

    def _show(self, found: Inspection) -> None:
        dataset = self.inspected.dataset
        if dataset is None:
            return
        self.inspection = found
        self._sample.display(found, dataset, self.inspected.sample_words)
        self.layer.show_inspection(found)
        if self.isVisible():
            self.vitals_ready.emit(dict(found.vitals))

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        if self.inspection is not None:
            self.vitals_ready.emit(dict(self.inspection.vitals))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        found: Inspection | None = getattr(self, "inspection", None)
        if event.type() == QEvent.Type.PaletteChange and found is not None:
            self._show(found)  # heat maps and words in the theme's colours
