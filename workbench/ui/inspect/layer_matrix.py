"""A sequence as a heat map with the trace of one feature; a matrix of weights; the rows of an embedding."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from workbench.ui import theme
from workbench.ui.bars import NamedBars
from workbench.ui.cards import label
from workbench.ui.color_scale import ColorScale
from workbench.ui.inspect.layer_values import Array, Shown
from workbench.ui.inspect.layer_view import LayerView
from workbench.ui.inspect.trace_plot import TracePlot
from workbench.ui.jobs import Jobs, Latest
from workbench.ui.matrix_plot import MatrixPlot

NEIGHBOURS = 8


class MatrixView(LayerView):
    """Time goes to the right and features down; of weights, inputs to the right and outputs down."""

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self._shown: Shown | None = None
        self._scale = ColorScale("matrixScale")
        top = QHBoxLayout()
        self._title = label("", "small", name="matrixTitle")
        top.addWidget(self._title)
        top.addStretch(1)
        top.addWidget(self._scale)
        self.column.addLayout(top)
        self.matrix = MatrixPlot("layerMatrix")
        self.matrix.told.connect(self.told)
        self.matrix.picked.connect(lambda row, _column: self.chosen.emit(row))
        self.trace = TracePlot("featureTrace")
        self.trace.setFixedHeight(96)
        for plot in (self.matrix, self.trace):  # so that steps stand above each other
            plot.getPlotItem().getAxis("left").setWidth(52)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.matrix, 1)
        left.addWidget(self.trace)
        self._near = label("", "heading", name="nearTitle")
        self.neighbours = NamedBars("neighbours")
        self.neighbours.setFixedWidth(190)
        right = QVBoxLayout()
        right.addWidget(self._near)
        right.addWidget(self.neighbours)
        right.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(theme.M)
        row.addLayout(left, 1)
        row.addLayout(right)
        self.column.addLayout(row, 1)
        self._search = Latest(jobs)
        self._search.answered.connect(self._show_near)

    def display(self, shown: Shown, strongest: int, chosen: int) -> None:
        self._shown = shown
        self._scale.display(signed=shown.signed, limit=shown.limit)
        sequence, embedding = shown.form == "sequence", shown.form == "embedding"
        self.trace.setVisible(sequence)
        self.matrix.getPlotItem().getAxis("bottom").setStyle(showValues=not sequence)
        self._near.setVisible(embedding)
        self.neighbours.setVisible(embedding)
        if sequence:
            self._title.setText(self.tr("Click a {} to see it over time").format(shown.word))
            self.matrix.name_axes("", shown.word)
            self.matrix.display(shown.main.T, signed=shown.signed, limit=shown.limit, columns=shown.names)
        else:
            self._title.setText(self.tr("Click a row to see its neighbours") if embedding else "")
            self.matrix.name_axes(self.tr("feature" if embedding else "input"), "id" if embedding else "unit")
            self.matrix.display(shown.main, signed=shown.signed, limit=shown.limit)
        self.mark(chosen)

    def mark(self, chosen: int) -> None:
        shown = self._shown
        if shown is None:
            return
        if shown.form == "sequence" and 0 <= chosen < shown.main.shape[1]:
            self.matrix.mark(row=chosen)
            self.trace.display(shown.main[:, chosen], f"{shown.word} {chosen}", shown.names)
        elif shown.form == "embedding":
            row = max(chosen, 0) if chosen < len(shown.main) else 0
            self.matrix.mark(row=row)
            word = shown.row_word(row)
            self._near.setText(
                self.tr("Nearest to id {}").format(row)
                if word == str(row)
                else self.tr("Nearest to {}, id {}").format(word, row)
            )
            self._search.ask(partial(nearest_rows, shown.main, row))

    def _show_near(self, found: tuple[Array, Array]) -> None:
        word = str if self._shown is None else self._shown.row_word
        rows = [(word(int(i)), float(c), f"{c:.3f}") for i, c in zip(*found, strict=True)]
        self.neighbours.display(rows)


def nearest_rows(table: Array, row: int) -> tuple[Array, Array]:
    """Return the ids of the rows that are nearest to one by cosine, and the cosines; without itself.

    A row of zeros is near to none: its cosine is 0.
    """
    norms = np.linalg.norm(table, axis=1)
    products = table @ table[row]
    scale = norms * norms[row]
    cosines = np.divide(products, scale, out=np.zeros_like(products), where=scale > 0)
    order = np.argsort(-np.nan_to_num(cosines, nan=-1.0), kind="stable")
    order = order[order != row][:NEIGHBOURS]
    return order, cosines[order]
