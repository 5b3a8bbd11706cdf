"""Values of both models side by side, and their difference, on one scale."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.train.probe_plan import LayerPlan
from workbench.ui import theme
from workbench.ui.cards import Heading, label, set_role
from workbench.ui.color_scale import ColorScale
from workbench.ui.inspect.attribution_colors import Look
from workbench.ui.inspect.attribution_reading import Reading
from workbench.ui.inspect.attribution_view import AttributionView
from workbench.ui.inspect.compare_bars import SharedBars
from workbench.ui.inspect.compare_pair import Array, AttributedPair, Laid
from workbench.ui.inspect.epochs_values import EpochsValues, as_maps

TALLEST = 170
"""Pixels of an attribution's picture."""
Named = tuple[str, bool | None]


class _Column(QWidget):
    def __init__(self, name: str) -> None:
        super().__init__()
        self._heading = Heading("", "", 60)
        self._heading.setObjectName(f"{name}Heading")
        self._values = EpochsValues(name)
        self._values.heading.hide()
        self._scale = ColorScale(f"{name}Scale")
        self._attribution = AttributionView(f"{name}Attribution", whole=True, tallest=TALLEST)
        self._bars = SharedBars(f"{name}Bars")
        self._why = label("", "muted", wrap=True, name=f"{name}Why")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.S)
        column.addWidget(self._heading)
        column.addWidget(self._values, 1)
        for part in (self._scale, self._attribution, self._bars, self._why):
            column.addWidget(part)
        column.addStretch(0)

    def name(self, heading: str, right: bool | None) -> None:
        self._heading.setText(heading)
        set_role(self._heading, "problem" if right is False else "")

    def show_values(self, values: Array, limits: tuple[float, float], names: Sequence[str]) -> None:
        low, high = limits
        # a layer of which everything is there
        plan = LayerPlan(id="", shape=values.shape, every=(1,) * values.ndim)
        self._only(self._values)
        self._values.display("", "small", values, limits, plan, 3, names)
        pictured = bool(as_maps(values))
        self._scale.setVisible(pictured)
        if pictured:
            self._scale.display(signed=low < 0, limit=max(abs(low), abs(high)) or 1.0)

    def show_reading(self, reading: Reading, all_of_them: Sequence[Reading]) -> None:
        look = Look(over="map")
        if reading.form == "bars":
            self._only(self._bars)
            self._bars.share(all_of_them)
            self._bars.display(reading, look)
        else:
            self._only(self._attribution)
            self._attribution.display(reading, look)

    def say(self, why: str) -> None:
        self._only(self._why)
        self._why.setText(why)

    def _only(self, shown: QWidget) -> None:
        for part in (self._values, self._scale, self._attribution, self._bars, self._why):
            part.setVisible(part is shown)


class Columns(QWidget):
    """This model, the other, and the difference."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("compareColumns")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.L)
        self.this, self.that, self.difference = (
            _Column(f"compare{n}") for n in ("This", "That", "Difference")
        )
        for column in (self.this, self.that, self.difference):
            row.addWidget(column, 1)

    def name(self, this: Named, that: Named) -> None:
        """Head the columns with the models' names and answers, and whether those are right."""
        self.this.name(*this)
        self.that.name(*that)
        self.difference.name(self.tr("Difference"), None)

    def show_values(self, laid: Laid) -> None:
        """Show a layer's values."""
        low, high = laid.limits
        if as_maps(laid.this) or as_maps(laid.that):  # only the difference's colours have a sign, maybe
            span = max(abs(low), abs(high))
            low, high, around = (-span if low < 0 else 0.0), span, (-span, span)
        else:
            around = (low, high)
        self.this.show_values(laid.this, (low, high), laid.names)
        self.that.show_values(laid.that, (low, high), laid.names)
        if laid.difference is None:
            shapes = ("×".join(map(str, values.shape)) for values in (laid.this, laid.that))
            said = self.tr("{} here and {} there: values of other shapes have no difference.")
            self.difference.say(said.format(*shapes))
        else:
            self.difference.show_values(laid.difference, around, laid.names)

    def show_attributions(self, found: AttributedPair) -> None:
        """Show attributions to the sample."""
        readings = (found.this, found.that, found.difference)
        for column, reading in zip((self.this, self.that, self.difference), readings, strict=True):
            column.show_reading(reading, readings)
