"""The samples that two models are compared on, a row each: what it is, and what each of them says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from workbench.ui import theme
from workbench.ui.images import pixmap
from workbench.ui.inspect.sample_pictures import as_picture
from workbench.ui.inspect.thumbnail import pictured

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset

Arrays = Mapping[str, NDArray[Any]]
Index = QModelIndex | QPersistentModelIndex
SAMPLE, TRUE, THIS, THAT, APART = range(5)
PICTURE = 30


class ComparedSamples(QAbstractTableModel):
    """Rows are made as they come into view."""

    def __init__(self) -> None:
        super().__init__()
        self._dataset: Dataset | None = None
        self._arrays: Arrays = {}
        self._rows: NDArray[np.int64] = np.array([], np.int64)
        self._names = ("", "")
        self._pictures: dict[tuple[str, int], QPixmap] = {}

    def display(
        self, dataset: Dataset, arrays: Arrays, rows: NDArray[np.int64], this: str, that: str
    ) -> None:
        """Show some places of a `Contrast`'s arrays, in this order; the names are for the heads' tips."""
        self.beginResetModel()
        if dataset is not self._dataset:
            self._pictures = {}
        self._dataset, self._arrays, self._rows, self._names = dataset, arrays, rows, (this, that)
        self.endResetModel()

    def number(self, row: int) -> int:
        """Return a row's sample, by its number in the data."""
        return int(self._arrays["samples"][self._rows[row]])

    def row_of(self, number: object) -> int:
        """Return a sample's row; -1 where it isn't listed."""
        if not isinstance(number, int) or not len(self._rows):
            return -1
        found = np.flatnonzero(self._arrays["samples"][self._rows] == number)
        return int(found[0]) if len(found) else -1

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 5

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            heads = ("SAMPLE", "TRUE", "THIS", "OTHER", "APART")
            return self.tr(heads[section])
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._head_tip(section)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(section)
        return None

    def _head_tip(self, section: int) -> str:
        apart = self.tr("How far apart the two answers are.")
        if self._dataset is not None and self._dataset.classes:
            apart = self.tr(
                "The total variation between the classes' probabilities: 0 % for the same, 100 % for none "
                "in common."
            )
        known = self.tr("Its number in the data."), self.tr("The true answer."), *self._names, apart
        return known[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self._dataset is None:
            return None
        place, column = int(self._rows[index.row()]), index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._text(place, column)
        if role == Qt.ItemDataRole.DecorationRole and column == SAMPLE:
            return self._picture(self.number(index.row()))
        if role == Qt.ItemDataRole.ForegroundRole and self._is_wrong(place, column):
            return theme.current().color("problem")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column)
        return None

    def _text(self, place: int, column: int) -> str:
        assert self._dataset is not None
        if column == SAMPLE:
            return str(int(self._arrays["samples"][place]))
        name = {TRUE: "target", THIS: "predicted", THAT: "predicted_other", APART: "distance"}[column]
        value = self._arrays[name][place]
        if not self._dataset.classes:
            return f"{float(value):.4g}"
        return f"{100 * float(value):.0f} %" if column == APART else self._dataset.classes[int(value)]

    def _is_wrong(self, place: int, column: int) -> bool:
        assert self._dataset is not None
        if not self._dataset.classes or column not in (THIS, THAT):
            return False
        said = self._arrays["predicted" if column == THIS else "predicted_other"][place]
        return bool(said != self._arrays["target"][place])

    def _picture(self, number: int) -> QPixmap | None:
        """A sample as a small picture; None for a table's row and for ids."""
        assert self._dataset is not None
        key = (theme.current().name, number)
        if key not in self._pictures:
            image = as_picture(self._dataset, self._dataset.batch(np.array([number]))[0])
            if image is None:
                return None
            large = max(image.width(), image.height()) > PICTURE
            mode = Qt.TransformationMode
            self._pictures[key] = pixmap(image).scaled(
                QSize(PICTURE, PICTURE),
                Qt.AspectRatioMode.KeepAspectRatio,
                mode.SmoothTransformation if large else mode.FastTransformation,
            )
        return self._pictures[key]


class _Cell(QStyledItemDelegate):
    """Pictures and colours of the row that is chosen stay as they are."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if option.state & QStyle.StateFlag.State_Selected:
            option.state &= ~QStyle.StateFlag.State_Selected
            option.backgroundBrush = QBrush(theme.current().color("selected"))


class ComparedTable(QTableView):
    """A click on a row, or the arrow keys, chooses its sample."""

    chosen = Signal(int)
    """A sample's number in the data."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("compareTable")
        self.setAccessibleName(self.tr("Samples, the most different first"))
        self.setStyleSheet(theme.FLUSH)
        self.samples = ComparedSamples()
        self.setModel(self.samples)
        self.setIconSize(QSize(PICTURE, PICTURE))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_Cell(self))
        heads = self.horizontalHeader()
        heads.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for column, wide in ((SAMPLE, PICTURE + 62), (APART, 64)):
            heads.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            heads.resizeSection(column, wide)
        heads.setHighlightSections(False)
        heads.setMinimumSectionSize(40)
        self.verticalHeader().hide()
        self._following = False
        self.selectionModel().currentRowChanged.connect(self._on_current)

    def display(
        self, dataset: Dataset, arrays: Arrays, rows: NDArray[np.int64], this: str, that: str
    ) -> None:
        """See `ComparedSamples.display`."""
        self.verticalHeader().setDefaultSectionSize(PICTURE + 6 if pictured(dataset) else 28)
        self.samples.display(dataset, arrays, rows, this, that)

    def mark(self, number: object, *, show: bool = True) -> None:
        """Mark the sample that is inspected, if it is listed, and ``show`` it by scrolling."""
        row = self.samples.row_of(number)
        self._following = True
        self.setAutoScroll(show)
        if row < 0:
            self.clearSelection()
        elif row != self.currentIndex().row() or not self.selectionModel().hasSelection():
            self.selectRow(row)
        self.setAutoScroll(True)
        self._following = False

    def _on_current(self, current: QModelIndex) -> None:
        if current.isValid() and not self._following:
            self.chosen.emit(self.samples.number(current.row()))


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column == APART else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
