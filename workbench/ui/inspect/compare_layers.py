"""By layer: from which layer on two models see the samples differently."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy

from workbench.ui.cards import Card, button, label, scrolling
from workbench.ui.inspect.compare_layers_plot import LayerPair, LayersPlot
from workbench.ui.inspect.compare_question import Comparison
from workbench.ui.inspect.layer_rows import HEAD
from workbench.ui.inspect.save_menu import offer
from workbench.ui.inspect.view import View
from workbench.ui.workspace import Workspace

COLUMNS = ("layers", "cka", "difference")


class LayersCard(Card):
    """A sentence, and a row a layer."""

    chosen = Signal(str)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("By layer")
        self.setObjectName("compareLayers")
        self.title.setText(self.tr("By layer"))
        self._found: Comparison | None = None
        self._rows: dict[str, LayerPair] = {}
        self._shown = ""
        self._save = button(self.tr("Save"), "flat", glyph="download-simple", name="compareLayersSave")
        self._save.clicked.connect(lambda: offer(self, workspace, self.view()))
        self.head.addWidget(self._save)
        self._words = label("", "", wrap=True, name="compareLayersWords")
        self.plot = LayersPlot("compareLayersPlot")
        self.plot.setToolTip(
            self.tr(
                "CKA: 1 for the same up to rotation and scale (Kornblith et al., 2019). Difference: "
                "‖a − b‖ over the mean of ‖a‖ and ‖b‖, from 0 for the same to 2 for the opposite."
            )
        )
        self.plot.chosen.connect(self.chosen)
        self.plot.pointed.connect(self._tell)
        self._readout = label("", "small", name="compareLayersReadout")
        self._readout.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.body.addWidget(self._words)
        self._area = scrolling(self.plot)
        self._area.verticalScrollBar().valueChanged.connect(self.plot.scroll_to)
        self.body.addWidget(self._area, 1)
        self.body.addWidget(self._readout)

    def display(self, found: Comparison, types: Mapping[str, str]) -> None:
        """Show an answer; ``types``: of the layers, by id."""
        self._found = found
        arrays = found.arrays
        rows = zip(found.layers, arrays["cka"], arrays["difference"], strict=True)
        self._rows = {name: LayerPair(name, types.get(name, ""), float(c), float(d)) for name, c, d in rows}
        self._words.setText(found.result.text)
        self.plot.display(list(self._rows.values()), found.alike, found.first)
        self._tell("")

    def mark(self, layer: str) -> None:
        """Mark the layer that is shown."""
        self._shown = layer
        self.plot.mark(layer)
        names = list(self._rows)
        if layer in names:
            place = self.plot.row_rect(names.index(layer)).center().toPoint()
            self._area.ensureVisible(0, place.y(), 0, HEAD + LayersPlot.high // 2)
        self._tell("")

    def view(self) -> View:
        """Return what is shown."""
        assert self._found is not None
        arrays = self._found.arrays
        title = self.tr("{} and {} by layer").format(self._found.this, self._found.that)
        return View(title, self._found.result.text, self.plot, {name: arrays[name] for name in COLUMNS})

    def _tell(self, layer: str) -> None:
        """Say what is known of the layer under the mouse, or else of the one that is shown."""
        row = self._rows.get(layer or self._shown)
        if row is None:
            self._readout.setText("")
            return
        cka = self.tr("CKA {}").format(f"{row.cka:.4f}") if np.isfinite(row.cka) else self.tr("no CKA")
        apart = (
            self.tr("relative difference {}").format(f"{row.difference:.4f}")
            if np.isfinite(row.difference)
            else self.tr("of other shapes")
        )
        self._readout.setText(f"{row.layer}: {cka}, {apart}")
