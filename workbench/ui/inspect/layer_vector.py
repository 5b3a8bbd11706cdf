"""A layer's vector as bars."""

from __future__ import annotations

from workbench.ui.inspect.layer_values import Shown
from workbench.ui.inspect.layer_view import LayerView
from workbench.ui.unit_plot import UnitPlot


class VectorView(LayerView):
    """A bar a unit; a click chooses one."""

    def __init__(self) -> None:
        super().__init__()
        self.plot = UnitPlot("unitPlot")
        self.plot.picked.connect(self.chosen)
        self.plot.told.connect(self.told)
        self.column.addWidget(self.plot, 1)

    def display(self, shown: Shown, strongest: int, chosen: int) -> None:
        self.plot.show_units(shown.main, shown.names, shown.word)
        self.mark(chosen if shown.is_unit else -1)

    def mark(self, chosen: int) -> None:
        self.plot.mark(chosen)
