"""What a layer made of a probe after an epoch, or after two of them and how they differ."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QWidget

from workbench.ui import theme
from workbench.ui.cards import Card, button, label, scrolling
from workbench.ui.inspect.epochs_cursor import EpochCursor
from workbench.ui.inspect.epochs_history import Array, History
from workbench.ui.inspect.epochs_values import MOST, EpochsValues, as_maps
from workbench.ui.inspect.save_menu import offer
from workbench.ui.inspect.unit_names import names_in
from workbench.ui.inspect.view import View
from workbench.ui.workspace import Workspace


class EpochsMapsCard(Card):
    """Columns of one scale, so that epochs can be compared."""

    def __init__(self, workspace: Workspace, cursor: EpochCursor) -> None:
        super().__init__("Layer")
        self.setObjectName("epochsMaps")
        self.title.setText(self.tr("Layer"))
        self._workspace, self._cursor = workspace, cursor
        self._history: History | None = None
        self._names: tuple[str, ...] = ()
        self._drawn: object = None
        """What the first column shows: it stays while the other slider moves."""
        self._why = label("", "muted", wrap=True, name="epochsMapsWhy")
        self._save = button(self.tr("Save"), "flat", glyph="download-simple", name="epochsMapsSave")
        self._save.clicked.connect(lambda: offer(self, workspace, self.view()))
        self.head.addWidget(self._save)
        self._columns = [EpochsValues(f"epochs{name}") for name in ("Other", "This", "Difference")]
        self._shown = QWidget()
        row = QHBoxLayout(self._shown)
        row.setContentsMargins(0, 0, 4, 0)
        row.setSpacing(theme.L)
        for column in self._columns:
            row.addWidget(column, 1)
        self._area = scrolling(self._shown)
        self._area.setMinimumHeight(200)
        self.body.addWidget(self._why)
        self.body.addWidget(self._area, 1)

    def show_history(self, history: History, wanted: str, why: str) -> None:
        """Show a run's recorded epochs of the layer that is ``wanted``, or ``why`` there is nothing of it."""
        self._history = history
        layer = history.layer
        self._area.setVisible(layer is not None)
        self._why.setVisible(layer is None)
        self._save.setEnabled(layer is not None)
        self._why.setText(why)
        if layer is None:
            self.title.setText(wanted)
            self.set_hint("")
            return
        self.title.setText(layer.id if wanted in ("", layer.id) else f"{wanted} = {layer.id}")
        dataset = self._workspace.dataset
        self._names = () if dataset is None else names_in(history.graph, layer.id, layer.shape, dataset)
        shape = "×".join(map(str, layer.shape)) or self.tr("one value")
        kept = "" if layer.whole else self.tr(", recorded {}").format("×".join(map(str, layer.kept)))
        count = len(as_maps(history.values[0, 0]))
        few = self.tr(", the first {} maps").format(MOST) if count > MOST else ""
        self.set_hint(f"{shape}{kept}{few}")
        told = self.tr("One scale for all epochs of the sample.")
        if not layer.whole:
            told += " " + self.tr("Of wide layers every so many values are recorded.")
        self._area.setToolTip(told)
        self.show_place()

    def show_place(self) -> None:
        """Follow the cursor."""
        history, cursor = self._history, self._cursor
        if history is None or history.layer is None or not cursor.epochs:
            return
        here, there = self._values(cursor.place), self._values(cursor.other)
        low, high = map(float, history.limits[cursor.sample])
        for column in (self._columns[0], self._columns[2]):
            column.setVisible(cursor.comparing)
        room = 3 if cursor.comparing else 1
        names, epoch = self._names, self._epoch(cursor.epoch)
        self._columns[1].display(epoch, "small", here, (low, high), history.layer, room, names)
        self._columns[1].heading.setVisible(cursor.comparing)
        if cursor.comparing:
            if self._drawn != (drawn := (history, cursor.other, cursor.sample, theme.current().name)):
                self._drawn = drawn
                other = self._epoch(cursor.other_epoch)
                self._columns[0].display(other, "small", there, (low, high), history.layer, room, names)
            span = max(abs(low), abs(high), high - low)
            said = self.tr("{} − {}").format(cursor.epoch, cursor.other_epoch)
            self._columns[2].display(
                self.tr("Difference, {}").format(said),
                "small",
                here - there,
                (-span, span),
                history.layer,
                room,
                names,
            )

    def _values(self, place: int) -> Array:
        history = self._history
        assert history is not None
        found: Array = history.values[place, self._cursor.sample].astype(np.float32)
        return found

    def _epoch(self, epoch: int) -> str:
        return self.tr("Epoch {}").format(epoch) if epoch else self.tr("Before training")

    def view(self) -> View:
        """Return what is shown."""
        history, cursor = self._history, self._cursor
        assert history is not None
        assert history.layer is not None
        here = self._values(cursor.place)
        name = history.layer.id
        row = history.plan.samples[cursor.sample]
        title = self.tr("{} after epoch {} for sample {}").format(name, cursor.epoch, row)
        if not cursor.comparing:
            return View(title, self.tr("The layer's outputs."), self._shown, {name: here})
        there = self._values(cursor.other)
        return View(
            self.tr("{} after epochs {} and {} for sample {}").format(
                name, cursor.other_epoch, cursor.epoch, row
            ),
            self.tr("The layer's outputs after both epochs, and the second less the first."),
            self._shown,
            {
                f"{name}_epoch_{cursor.other_epoch}": there,
                f"{name}_epoch_{cursor.epoch}": here,
                "difference": here - there,
            },
        )
