"""The samples that are selected on a map: pictures, or rows of a table where they have none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workbench.ui import theme
from workbench.ui.cards import button, label
from workbench.ui.gallery import Gallery, scrolled
from workbench.ui.inspect.map_words import Told
from workbench.ui.inspect.thumbnail import pictured, thumbnail
from workbench.ui.wording import grouped

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset

SHOWN = 120
"""Samples listed at most."""
TONES = {True: "good", False: "problem", None: "muted"}


class SelectedSamples(QWidget):
    """A click on a sample chooses it."""

    chosen = Signal(int)
    """A sample's number in the data."""
    cleared = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("mapSelected")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.S)
        head = QHBoxLayout()
        self._title = label("", "heading", name="mapSelectedTitle")
        self._clear = button(self.tr("Clear"), "flat", name="clearSelection")
        self._clear.clicked.connect(self.cleared)
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._clear)
        column.addLayout(head)
        self._why = label("", "muted", wrap=True, name="mapSelectedWhy")
        self._why.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._gallery = Gallery("mapGallery", 60)
        self._gallery.chosen.connect(lambda place: self.chosen.emit(self._numbers[place]))
        self._table = SelectedTable()
        self._table.chosen.connect(lambda row: self.chosen.emit(self._numbers[row]))
        self._views = QStackedWidget()
        for view in (self._why, scrolled(self._gallery), self._table):
            self._views.addWidget(view)
        column.addWidget(self._views, 1)
        self._numbers: list[int] = []

    def __len__(self) -> int:
        return len(self._numbers)

    def display(self, dataset: Dataset, samples: Sequence[Told], how_many: int) -> None:
        """Show the first of so many samples."""
        self._numbers = [sample.number for sample in samples]
        self._clear.setVisible(bool(samples))
        count = (
            grouped(how_many)
            if how_many <= len(samples)
            else self.tr("{} of {}").format(len(samples), grouped(how_many))
        )
        self._title.setText(self.tr("Selected · {}").format(count) if samples else self.tr("Selected"))
        if not samples:
            text = self.tr(
                "Click a point, or draw round some, to see their samples here. Shift adds to them."
            )
            self._why.setText(text)
            self._views.setCurrentIndex(0)
        elif pictured(dataset):
            images = dataset.batch(np.array(self._numbers, np.int64))
            items = [
                (
                    thumbnail(dataset, image),
                    f"{s.true} → {s.predicted}" if s.right is not True and s.predicted else s.true,
                    TONES[s.right],
                )
                for image, s in zip(images, samples, strict=True)
            ]
            self._gallery.current = -1
            self._gallery.display(items)
            self._views.setCurrentIndex(1)
        else:
            self._table.display(samples)
            self._views.setCurrentIndex(2)

    def mark(self, number: int | None) -> None:
        """Mark the sample that is inspected, if it is there."""
        place = self._numbers.index(number) if number in self._numbers else -1
        if self._gallery.current != place:
            self._gallery.current = place
            self._gallery.update()


class SelectedTable(QTableWidget):
    """A row a sample; a click, or Enter, chooses it."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__(0, 3)
        self.setObjectName("mapTable")
        self.setAccessibleName(self.tr("Selected samples"))
        self.setStyleSheet(theme.FLUSH)
        self.setHorizontalHeaderLabels([self.tr("SAMPLE"), self.tr("TRUE"), self.tr("PREDICTED")])
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.horizontalHeader().setHighlightSections(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(28)
        self.setShowGrid(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.cellClicked.connect(lambda row, _column: self.chosen.emit(row))
        self.cellActivated.connect(lambda row, _column: self.chosen.emit(row))

    def display(self, samples: Sequence[Told]) -> None:
        """Show samples."""
        self.setRowCount(0)
        self.setRowCount(len(samples))
        for row, sample in enumerate(samples):
            for column, text in enumerate((str(sample.number), sample.true, sample.predicted or "–")):
                cell = QTableWidgetItem(text)
                cell.setToolTip(sample.words or text)
                if column == 2 and sample.right is False:
                    cell.setForeground(theme.current().color("problem"))
                self.setItem(row, column, cell)
        self.scrollToTop()
