"""A layer's numbers in a line of figures and a histogram."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QWidget

from workbench.interpret.statistics import Stats, statistics
from workbench.ui import theme
from workbench.ui.bars import HistogramBars
from workbench.ui.cards import label
from workbench.ui.inspect.layer_values import Array
from workbench.ui.jobs import Jobs, Latest

AT_ONCE = 50_000
"""Values that are counted on the spot; more take longer than a frame."""


class LayerFigures(QWidget):
    """Mean, standard deviation, range and zeros beside the histogram."""

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.L)
        self._text = label("", "mono-muted", name="layerStatistics")
        self._histogram = HistogramBars("layerHistogram")
        self._histogram.setFixedHeight(66)
        row.addWidget(self._text)
        row.addWidget(self._histogram, 1)
        self._later = Latest(jobs)
        self._later.answered.connect(self._show)

    def display(self, values: Array) -> None:
        """Show the figures of an array, at once or when they are counted."""
        if values.size <= AT_ONCE and not self._later.busy:
            self._show(statistics(values, 48))
        else:
            self._later.ask(partial(statistics, values, 48))

    def _show(self, found: Stats) -> None:
        lost = (
            self.tr("\nNaN or infinite {:.1f} %").format(100 * found.not_finite) if found.not_finite else ""
        )
        self._text.setText(
            f"mean  {found.mean:.4g}\nstd   {found.std:.4g}\n"
            f"range {found.minimum:.4g} … {found.maximum:.4g}\n"
            f"zero  {100 * found.zeros:.1f} %{lost}"
        )
        tone = "problem" if found.zeros >= 0.999 or found.not_finite else "good"
        self._histogram.display(
            [float(c) for c in found.counts], float(found.edges[0]), float(found.edges[-1]), tone
        )
