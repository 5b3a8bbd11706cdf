"""What the curves of dependence are of: a class, one feature or several, from where they start."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSizePolicy, QWidget

from workbench.ui import theme
from workbench.ui.cards import label
from workbench.ui.form import Choice

NONE = -1


class DependenceTools(QWidget):
    """The row above the curves."""

    changed = Signal()
    """Something else is to be asked for."""
    restarted = Signal()
    """What is known is to be drawn otherwise."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.S)
        self.label = _choice("dependenceClass", self.tr("Class"))
        self.feature = _choice("dependenceFeature", self.tr("Feature"))
        self.other = _choice("dependenceOther", self.tr("Second feature"))
        self.centred = QCheckBox(self.tr("Start at 0"))
        self.centred.setObjectName("dependenceCentred")
        self.centred.setToolTip(
            self.tr("Centred ICE: how far each sample’s answer moves from the first point")
        )
        self._of = label(self.tr("Probability of"), "muted")
        self._with = label(self.tr("with"), "muted")
        for part in (self._of, self.label, self.feature, self._with, self.other):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self.centred)
        self._names: tuple[str, ...] = ()
        for box in (self.label, self.feature, self.other):
            box.activated.connect(lambda: self._on_chosen())
        self.centred.clicked.connect(lambda: self.restarted.emit())
        self.show_features((), NONE)

    @property
    def choice(self) -> tuple[int, int]:
        """The feature and the second one, `NONE` for none."""
        return int(self.feature.currentData()), int(self.other.currentData())

    @property
    def chosen_class(self) -> int | None:
        """The class that a person chose, None while that is left open."""
        found: int | None = self.label.currentData()
        return found

    def show_classes(self, classes: Sequence[str], chosen: int | None) -> None:
        """Offer classes; none for values."""
        self._of.setVisible(bool(classes))
        self.label.setVisible(bool(classes))
        if [self.label.itemText(n) for n in range(self.label.count())] != list(classes):
            self.label.clear()
            for number, name in enumerate(classes):
                self.label.addItem(name, number)
        self.label.setCurrentIndex(-1 if chosen is None else chosen)

    def show_features(self, names: Sequence[str], most: int) -> None:
        """Offer features; without a choice those ``most`` are shown that matter."""
        if self._names == tuple(names) and self.feature.count():
            return
        self._names = tuple(names)
        before = self.feature.currentData()
        several = (
            self.tr("All features") if len(names) <= most else self.tr("The {} that matter most").format(most)
        )
        for box, text in ((self.feature, several), (self.other, self.tr("none"))):
            box.clear()
            box.addItem(text, NONE)
            for number, name in enumerate(names):
                box.addItem(name, number)
        self.choose(NONE if before is None else before)

    def choose(self, feature: int) -> None:
        """Show one feature, which may not be offered yet."""
        if self.feature.findData(feature) < 0:
            self.feature.addItem("", feature)
        self.feature.setCurrentIndex(self.feature.findData(feature))
        self.other.setCurrentIndex(0)
        self._fit()

    def _on_chosen(self) -> None:
        feature, other = self.choice
        if feature in (NONE, other):
            self.other.setCurrentIndex(0)
        self._fit()
        self.changed.emit()

    def _fit(self) -> None:
        feature, other = self.choice
        for part in (self._with, self.other):
            part.setVisible(feature != NONE)
        self.centred.setVisible(other == NONE)


def _choice(name: str, text: str) -> Choice:
    made = Choice()
    made.setObjectName(name)
    made.setAccessibleName(text)
    made.setMinimumWidth(90)  # narrower than its longest name, which the list shows whole
    made.setMaximumWidth(230)
    made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return made
