"""What a layer is drawn in: a view for each form of numbers, or a sentence where there are none."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from workbench.ui.cards import label
from workbench.ui.inspect.layer_maps import MapsView
from workbench.ui.inspect.layer_matrix import MatrixView
from workbench.ui.inspect.layer_values import Shown
from workbench.ui.inspect.layer_vector import VectorView
from workbench.ui.inspect.layer_view import LayerView
from workbench.ui.workspace import Workspace


class LayerViews(QStackedWidget):
    """Shows one of them."""

    chosen = Signal(int)
    """A person chose one of what is shown: a channel, a feature, a head."""
    told = Signal(str)
    """What is under the mouse, in words."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._why = label("", "muted", wrap=True, name="inspectWhy")
        self._why.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.addWidget(self._why)
        self.setMinimumHeight(220)

    def make(self) -> Iterator[None]:
        """Make them, and yield between them; only sentences can be shown before they are there."""
        self.maps = MapsView(self._workspace.jobs)
        self._add(self.maps)
        yield
        self.vector = VectorView()
        self._add(self.vector)
        yield
        self.matrix = MatrixView(self._workspace.jobs)
        self._add(self.matrix)
        self.vector.plot.failed = self.matrix.matrix.failed = self._workspace.tell_error

    def _add(self, view: LayerView) -> None:
        self.addWidget(view)
        view.chosen.connect(self.chosen)
        view.told.connect(self.told)

    def _of(self, shown: Shown) -> LayerView:
        views: dict[str, LayerView] = {"maps": self.maps, "vector": self.vector}
        return views.get(shown.form, self.matrix)

    def display(self, shown: Shown, strongest: int, chosen: int) -> None:
        """Show numbers; ``strongest`` fires most and ``chosen`` is meant, -1 for none."""
        view = self._of(shown)
        view.display(shown, strongest, chosen)
        self.setCurrentWidget(view)

    def display_why(self, why: str) -> None:
        """Say why there is nothing to show."""
        self._why.setText(why)
        self.setCurrentWidget(self._why)

    def mark(self, shown: Shown, chosen: int) -> None:
        """Mark another one of what is shown."""
        self._of(shown).mark(chosen)

    def picture(self, shown: Shown) -> QWidget:
        """Return what is drawn: a plot, where that is all there is."""
        plots: dict[str, QWidget] = {"vector": self.vector.plot, "matrix": self.matrix.matrix}
        return plots.get(shown.form, self._of(shown))
