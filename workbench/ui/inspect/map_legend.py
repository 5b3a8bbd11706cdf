"""What the colours of a map mean; a click on a name hides its points, and shows them again."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QStackedWidget, QVBoxLayout, QWidget

from workbench.ui import theme
from workbench.ui.cards import clear, scrolling
from workbench.ui.flow_layout import FlowLayout
from workbench.ui.inspect.map_colors import Coloring, Group, Scale
from workbench.ui.wording import grouped

MOST_HIGH = 150
"""Pixels above which names scroll."""
HIGH, GAP = 26, 4


class MapLegend(QStackedWidget):
    """Names for groups, a scale for values."""

    toggled = Signal(object)
    """The names of the groups that are hidden now."""

    def __init__(self, wide: int) -> None:
        super().__init__()
        self.setObjectName("mapLegend")
        self.setFixedWidth(wide)
        names = QWidget()
        self._flow = FlowLayout(names, GAP)
        self._scale = ScaleBar()
        self.addWidget(scrolling(names))
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._scale)
        column.addStretch(1)
        self.addWidget(holder)
        self._chips: list[LegendChip] = []

    def display(self, found: Coloring) -> None:
        """Show what is drawn, all of it."""
        clear(self._flow)
        self._chips = []
        if found.scale is not None:
            self._scale.display(found.scale)
            self.setCurrentIndex(1)
            self.setFixedHeight(48)
            return
        self.setCurrentIndex(0)
        for group in found.groups:
            chip = LegendChip(group)
            chip.toggled.connect(self._tell)
            self._flow.addWidget(chip)
            self._chips.append(chip)
        self.setFixedHeight(min(self._rows() * (HIGH + GAP), MOST_HIGH))

    def _rows(self) -> int:
        """In how many rows the names stand; the layout itself doesn't know before they are shown."""
        rows, x = 1, 0
        for chip in self._chips:
            wide = chip.sizeHint().width()
            if x and x + wide > self.width() - 8:
                rows, x = rows + 1, 0
            x += wide + GAP
        return rows

    def _tell(self) -> None:
        self.toggled.emit({chip.shown.name for chip in self._chips if not chip.isChecked()})


class LegendChip(QAbstractButton):
    """A group's colour, name and number of points."""

    def __init__(self, group: Group) -> None:
        super().__init__()
        self.shown = group
        self.setObjectName(f"legend_{group.name}")
        self.setCheckable(True)
        self.setChecked(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(self.tr("{}: click to hide or show").format(group.name))
        self.setAccessibleName(self.tr("{}, {} samples").format(group.name, len(group.places)))

    def sizeHint(self) -> QSize:
        wide = QFontMetrics(theme.sans(12)).horizontalAdvance(self.shown.name)
        count = QFontMetrics(theme.mono(10)).horizontalAdvance(grouped(len(self.shown.places)))
        return QSize(min(wide, 130) + count + 32, HIGH)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = theme.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus():
            painter.setPen(QPen(look.color("accent"), 1) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(look.color("hover"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setPen(QPen(self.shown.color, 1.5))
        painter.setBrush(self.shown.color if self.isChecked() else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(11, self.height() / 2), 4, 4)
        count = grouped(len(self.shown.places))
        right = QFontMetrics(theme.mono(10)).horizontalAdvance(count) + 6
        painter.setPen(look.color("text" if self.isChecked() else "muted"))
        painter.setFont(theme.sans(12))
        room = QRectF(21, 0, self.width() - 21 - right - 4, self.height())
        shown = painter.fontMetrics().elidedText(
            self.shown.name, Qt.TextElideMode.ElideRight, int(room.width()) + 1
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setFont(theme.mono(10))
        painter.setPen(look.color("muted"))
        foot = QRectF(self.width() - right, 0, right, self.height())
        painter.drawText(foot, Qt.AlignmentFlag.AlignVCenter, count)


class ScaleBar(QWidget):
    """A scale's colours, and the values at its ends."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("mapScale")
        self.setFixedHeight(40)
        self._scale: Scale | None = None

    def display(self, scale: Scale) -> None:
        """Show a scale."""
        self._scale = scale
        self.setAccessibleName(self.tr("Colours from {:.4g} to {:.4g}").format(scale.low, scale.high))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._scale is None:
            return
        look, painter = theme.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shades = QLinearGradient(0, 0, self.width(), 0)
        for number, color in enumerate(self._scale.colors):
            shades.setColorAt(number / (len(self._scale.colors) - 1), color)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shades)
        painter.drawRoundedRect(QRectF(0, 4, self.width(), 10), 4, 4)
        painter.setPen(look.color("muted"))
        painter.setFont(theme.mono(11))
        foot = QRectF(0, 18, self.width(), 18)
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, f"{self._scale.low:.4g}")
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight, f"{self._scale.high:.4g}")
