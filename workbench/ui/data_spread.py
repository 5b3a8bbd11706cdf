"""How data are spread: samples of each class, and values over their range."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.ui import cards, theme
from workbench.ui.bars import HistogramBars, NamedBars
from workbench.ui.cards import Card, label
from workbench.ui.wording import grouped

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset
    from workbench.data.preview import Summary


class DataSpread(Card):
    """Classes as bars, where there are some; a histogram of pixels, or of what is to be predicted; words.

    The names of classes come first.
    """

    def __init__(self) -> None:
        super().__init__(self.tr("Classes"))
        self._classes = NamedBars("classCounts")
        self._histogram = HistogramBars("valueHistogram")
        self._histogram_title = label("", "muted")
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 4, 0)
        self._words_title = label(self.tr("Most frequent words in training"), "muted")
        self._words = NamedBars("wordCounts")
        column.setSpacing(theme.S)
        for part in (
            self._classes,
            self._histogram_title,
            self._histogram,
            self._words_title,
            self._words,
        ):
            column.addWidget(part)
        column.addStretch(1)
        self.body.addWidget(cards.scrolling(holder), 1)

    def display(self, dataset: Dataset, summary: Summary) -> None:
        """Show how these data are spread."""
        self._classes.setVisible(bool(dataset.classes))
        histogram = summary.pixels
        self._histogram_title.setText(self.tr("Pixel values"))
        if dataset.classes:
            self.title.setText(self.tr("Classes"))
            totals = [sum(counts) for counts in zip(*summary.classes.values(), strict=True)]
            rows = [(c, n, grouped(n)) for c, n in zip(dataset.classes, totals, strict=True)]
            self._classes.display(rows)
        elif summary.target is not None:
            self.title.setText(self.tr("Target"))
            self._histogram_title.setText(f"{dataset.target}: mean {summary.target.mean:.4g}")
            histogram = summary.target.histogram
        if histogram is not None:
            ends = float(histogram.edges[0]), float(histogram.edges[-1])
            self._histogram.display([float(c) for c in histogram.counts], *ends)
        self._histogram.setVisible(histogram is not None)
        self._words.display([(word, number, grouped(number)) for word, number in summary.words])
        for part in (self._words_title, self._words):
            part.setVisible(bool(summary.words))
        self._histogram_title.setVisible(histogram is not None)
