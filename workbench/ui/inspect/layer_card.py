"""The selected layer from inside: its maps, vectors or weights, with statistics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.interpret.statistics import statistics
from workbench.ui import theme
from workbench.ui.bars import HistogramBars
from workbench.ui.cards import Card, Segments, button, label, scrolling
from workbench.ui.gallery import Gallery
from workbench.ui.images import heat
from workbench.ui.inspect.inspection import Inspection
from workbench.ui.save_arrays import save_menu
from workbench.ui.unit_plot import UnitPlot
from workbench.ui.workspace import Workspace

Array = NDArray[Any]
MOST = 256
"""Maps drawn at once; more than that nobody compares by eye."""

KINDS = (
    ("activation", "Activation"),
    ("gradient", "Gradient"),
    ("product", "Gradient × activation"),
    ("weights", "Weights"),
)


class LayerCard(Card):
    """Shows one layer of an inspection."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Layer")
        self.setObjectName("inspectLayer")
        self._workspace = workspace
        self._found: Inspection | None = None
        self._arrays: dict[str, Array] = {}
        self._kind = Segments(list(KINDS), "inspectKind")
        self._kind.group.buttonClicked.connect(lambda: self._show())
        self._save = button(self.tr("Save"), "flat", glyph="download-simple", name="saveArrays")
        self._save.clicked.connect(self._offer_save)
        self.body.addWidget(self._kind)
        self.head.addWidget(self._save)
        self._gallery = Gallery("featureMaps", 76)
        self._plot = UnitPlot("unitPlot")
        self._plot.failed = workspace.tell_error
        self._why = label("", "muted", wrap=True, name="inspectWhy")
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 4, 0)
        for part in (self._why, self._gallery):
            column.addWidget(part, 0, Qt.AlignmentFlag.AlignTop)
        column.addWidget(self._plot, 1)
        self.body.addWidget(scrolling(holder), 1)
        self.body.addLayout(self._figures())
        workspace.selected.connect(lambda: self._show())

    def _figures(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.L)
        self._stats = label("", "mono-muted", name="layerStatistics")
        self._histogram = HistogramBars("layerHistogram")
        self._histogram.setMaximumHeight(100)
        row.addWidget(self._stats)
        row.addWidget(self._histogram, 1)
        return row

    def show_inspection(self, found: Inspection) -> None:
        """Show a new look inside."""
        self._found = found
        self._show()

    def choose_kind(self, kind: str) -> None:
        """Show activation, gradient, product or weights."""
        self._kind.choose(kind)
        self._show()

    def _layer(self) -> str:
        if self._found is None:
            return ""
        wanted = self._workspace.selection
        if self._workspace.stack.is_block(wanted):  # a block's answer is that of its last layer
            inside = [name for name in self._workspace.stack.chosen if name in self._found.activations]
            wanted = inside[-1] if inside else ""
        if wanted in self._found.activations:
            return wanted
        shaped = [n for n, a in self._found.activations.items() if a.ndim == 3 and n in self._found.gradients]
        names = list(self._found.activations)
        return (shaped[1:2] or names[1:2] or names[:1] or [""])[0]

    def _show(self) -> None:
        if self._found is None:
            return
        selected = self._workspace.stack.layer(self._workspace.selection)
        if selected is not None and selected.bypass and selected.id not in self._found.activations:
            self.title.setText(f"{selected.type} · {selected.id}")
            self._nothing(self.tr("{} is bypassed: it passes on what it reads.").format(selected.id))
            return
        layer = self._layer()
        node = next((n for n in self._found.graph if n.id == layer), None)
        self.title.setText(f"{node.type} · {layer}" if node else self.tr("Layer"))
        if self._kind.value == "weights":
            self._show_weights(layer, self._found.weights[layer])
            return
        activation = self._found.activations.get(layer)
        gradient = self._found.gradients.get(layer)
        kind = self._kind.value
        if activation is None or (kind != "activation" and gradient is None):
            self._nothing(
                self.tr("{} has no gradient: the output doesn't depend on it smoothly.").format(layer)
            )
            return
        if kind == "activation":
            self._draw({layer: activation}, activation, signed=bool((activation < 0).any()))
        elif kind == "gradient" and gradient is not None:
            self._draw({layer: gradient}, gradient, signed=True)
        elif gradient is not None:
            product = gradient * activation
            self._draw({layer: product}, product, signed=True)

    def _show_weights(self, layer: str, found: Mapping[str, Array]) -> None:
        main = next((value for value in found.values() if value.ndim >= 1 and value.size > 1), None)
        if main is None:
            self._nothing(self.tr("{} has no weights.").format(layer))
            return
        self._draw(dict(found), main, signed=True, channels_first=main.ndim == 4)

    def _nothing(self, why: str) -> None:
        self._arrays = {}
        self._why.setText(why)
        self._why.show()
        self._gallery.hide()
        self._plot.hide()
        self._stats.setText("")
        self._histogram.hide()
        self.set_hint("")
        self._save.setEnabled(False)

    def _draw(
        self, arrays: dict[str, Array], main: Array, *, signed: bool, channels_first: bool = False
    ) -> None:
        self._arrays = arrays
        self._save.setEnabled(True)
        self._why.hide()
        shape = "×".join(map(str, main.shape))
        maps = _maps(main, channels_first)
        name = next((n for n, a in arrays.items() if a is main), "")
        said = f"{name} · {shape}" if name and name != self._layer() else shape
        self.set_hint(said if len(maps) <= MOST else self.tr("{}, the first {} maps").format(said, MOST))
        self._gallery.setVisible(bool(maps))
        self._plot.setVisible(not maps)
        if maps:
            side = 76 if len(maps) > 1 else 320
            limit = float(np.nan_to_num(np.abs(main)).max(initial=0.0))  # one scale for all, to compare them
            pictures = [(heat(m, signed=signed, limit=limit), n, "muted") for n, m in maps[:MOST]]
            self._gallery.display(pictures, side)
        else:
            self._plot.show_units(np.ravel(main))
        found = statistics(main, 48)
        self._stats.setText(
            f"mean  {found.mean:.4g}\nstd   {found.std:.4g}\n"
            f"range {found.minimum:.4g} … {found.maximum:.4g}\n"
            f"zero  {100 * found.zeros:.1f} %"
            + (f"\nNaN or infinite {100 * found.not_finite:.1f} %" if found.not_finite else "")
        )
        self._histogram.show()
        tone = "problem" if found.zeros >= 0.999 or found.not_finite else "good"
        self._histogram.display(
            [float(c) for c in found.counts], float(found.edges[0]), float(found.edges[-1]), tone
        )

    def _offer_save(self) -> None:
        save_menu(self, self._workspace, self.title.text(), self._arrays, self._gallery)


def _maps(values: Array, channels_first: bool) -> list[tuple[str, Array]]:
    """A picture a channel of (channels, height, width), a filter of weights, one of a matrix; else none."""
    if channels_first:
        return [(str(i), _mosaic(kernels)) for i, kernels in enumerate(values)]
    if values.ndim == 3:
        return [(str(i), channel) for i, channel in enumerate(values)]
    if values.ndim == 2:
        return [("", values)]
    return []


def _mosaic(kernels: Array) -> Array:
    """A filter's kernels, (in_channels, height, width), side by side in as square a picture as they fill."""
    count, height, width = kernels.shape
    columns = int(np.ceil(np.sqrt(count)))
    rows = -(-count // columns)
    padded = np.concatenate([kernels, np.zeros((rows * columns - count, height, width), kernels.dtype)])
    tiles = padded.reshape(rows, columns, height, width).swapaxes(1, 2)
    return np.asarray(tiles.reshape(rows * height, columns * width))
