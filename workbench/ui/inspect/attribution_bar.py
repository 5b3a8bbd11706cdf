"""What is explained, by which methods, and how it is drawn."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSlider, QVBoxLayout, QWidget

from workbench.ui import theme
from workbench.ui.cards import Segments, label
from workbench.ui.flow_layout import FlowLayout
from workbench.ui.inspect.attribution_aim import AimChoice
from workbench.ui.inspect.attribution_chooser import MethodChooser
from workbench.ui.inspect.attribution_colors import Look, color
from workbench.ui.inspect.attribution_methods import ATTRIBUTIONS
from workbench.ui.inspect.attribution_reading import Form


class AttributionBar(QWidget):
    """The line above the tiles."""

    look_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("attributionBar")
        self.aim = AimChoice()
        self.methods = MethodChooser(ATTRIBUTIONS.values())
        self._value = label("", "muted", name="attributionValue")
        self._over = Segments(
            [("overlay", self.tr("Overlay")), ("map", self.tr("Map alone"))], "attributionOver"
        )
        self._strength = QSlider(Qt.Orientation.Horizontal)
        self._strength.setObjectName("attributionStrength")
        self._strength.setAccessibleName(self.tr("Strength of the overlay"))
        self._strength.setToolTip(self.tr("How far the colours cover the picture"))
        self._strength.setRange(10, 100)
        self._strength.setValue(80)
        self._strength.setFixedWidth(90)
        self._signs = Segments(
            [("signed", self.tr("With signs")), ("size", self.tr("Size only"))], "attributionSigns"
        )
        self._key = label("", "small", name="attributionKey")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.S)
        column.addLayout(_row((label(self.tr("Explain"), "muted"), self.aim, self._value, self.methods)))
        drawn = FlowLayout(gap=theme.S)  # breaks where the page is narrow
        for part in (self._over, self._strength, self._signs, self._key):
            drawn.addWidget(part)
        column.addLayout(drawn)
        self._over.group.buttonClicked.connect(self._on_look)
        self._signs.group.buttonClicked.connect(self._on_look)
        self._strength.valueChanged.connect(self._on_look)
        self._say_key()

    @property
    def look(self) -> Look:
        """How attributions are to be drawn."""
        return Look(
            "map" if self._over.value == "map" else "overlay",
            self._strength.value() / 100,
            self._signs.value == "signed",
        )

    def fit(self, form: Form, value: str) -> None:
        """Offer what goes with a form; ``value`` says what is explained where there are no classes."""
        self._value.setText(value)
        self._value.setVisible(bool(value))
        for part in (self._over, self._strength):
            part.setVisible(form == "picture")

    def _on_look(self) -> None:
        self._strength.setEnabled(self._over.value == "overlay")
        self._say_key()
        self.look_changed.emit()

    def _say_key(self) -> None:
        swatch = "<span style='color:{}'>■</span> {}"
        amber = color(True, False).name()
        if self._signs.value == "signed":
            signs = ((False, self.tr("lowers")), (True, self.tr("raises the score")))
            said = [swatch.format(color(sign, True).name(), text) for sign, text in signs]
            said.append(swatch.format(amber, self.tr("no sign")))
        else:
            said = [swatch.format(amber, self.tr("matters, whichever way"))]
        self._key.setText("&nbsp;&nbsp; ".join(said))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_key"):
            self._say_key()


def _row(parts: tuple[QWidget, ...]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(theme.M)
    for part in parts:
        row.addWidget(part)
    row.addStretch(1)
    return row
