"""Samples of a table: a column a feature, with the spread of its values in the head."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from workbench.data.texts import unpadded
from workbench.ui import theme
from workbench.ui.bars import draw_histogram

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset
    from workbench.data.preview import Feature

Index = QModelIndex | QPersistentModelIndex

NAMES, HEAD = 30, 62
"""Height of the columns' names alone, and with the spread of the values below."""

MOST = 200
"""Features or tokens of a sample that are shown at most."""

ROW, TARGET, FEATURES = 0, 1, 2
"""Columns: the index in the data, the target, and the first feature."""


class FeatureTable(QTableView):
    """The first rows of a part of the data: each with its index in the data, its target and its features."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._model = _Samples(self)
        self.setModel(self._model)
        self._head = _Spread(self)
        self.setHorizontalHeader(self._head)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(28)
        self.setShowGrid(False)
        self.setFont(theme.mono(12))
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)

    def show_samples(self, dataset: Dataset, indices: NDArray[np.int64]) -> None:
        """Show samples by their indices."""
        self._model.fill(dataset, indices)
        self._head.setStretchLastSection(self._model.in_words)
        self._head.setFixedHeight(NAMES if self._model.in_words else HEAD)
        metrics = QFontMetrics(theme.sans(11))
        for column in range(self._model.columnCount()):
            title = str(self._model.headerData(column, Qt.Orientation.Horizontal))
            least = 56 if column == ROW else 84
            if column == FEATURES and self._model.in_words:
                continue  # what is left
            self.setColumnWidth(column, max(least, min(190, metrics.horizontalAdvance(title) + 24)))

    def show_features(self, features: Sequence[Feature]) -> None:
        """Show how each feature's values are spread."""
        self._head.histograms = [tuple(map(float, f.histogram.counts)) for f in features]
        self._head.viewport().update()


class _Samples(QAbstractTableModel):
    """Index, target and features of some samples."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.in_words = False
        self._names: list[str] = []
        self._rows: list[list[str]] = []

    def fill(self, dataset: Dataset, indices: NDArray[np.int64]) -> None:
        self.beginResetModel()
        flat = dataset.inputs[indices].reshape(len(indices), -1)
        names = list(dataset.features) or [f"[{i}]" for i in range(flat.shape[1])]
        self.in_words = bool(dataset.vocabulary)
        if self.in_words:
            names = [dataset.tokenizer.column if dataset.tokenizer else self.tr("tokens")]
        self._names = [self.tr("ROW"), dataset.target, *names[:MOST]]
        self._rows = [
            [
                str(int(i)),
                dataset.answer(int(i)),
                *([_said(dataset, values)] if self.in_words else [f"{float(v):.5g}" for v in values[:MOST]]),
            ]
            for i, values in zip(indices, flat, strict=True)
        ]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._names)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._names[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return self._rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.ForegroundRole and index.column() < FEATURES:
            return theme.current().color("accent" if index.column() == TARGET else "muted")
        return None


def _said(dataset: Dataset, ids: NDArray[np.generic]) -> str:
    """A sample in words; of texts, without their padding."""
    return " ".join(dataset.token(int(number)) for number in unpadded(dataset, ids)[:MOST])


class _Spread(QHeaderView):
    """Names, and below each a small histogram."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.histograms: list[tuple[float, ...]] = []
        self.setHighlightSections(False)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), HEAD)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        look = theme.current()
        painter.save()
        painter.setFont(theme.sans(11))
        painter.setPen(look.color("accent" if section == TARGET else "muted"))
        title = str(self.model().headerData(section, Qt.Orientation.Horizontal))
        inner = rect.adjusted(8, 4, -8, -6)
        shown = QFontMetrics(painter.font()).elidedText(title, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, shown)
        number = section - FEATURES
        if 0 <= number < len(self.histograms):
            place = QRectF(inner.left(), inner.top() + 20, inner.width(), inner.height() - 20)
            draw_histogram(painter, place, self.histograms[number], "good")
        painter.setPen(look.color("border"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.restore()
