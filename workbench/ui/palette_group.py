"""A group of the palette: its name with its dot, and its chips, the commonest before it is unfolded."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from workbench.ui import cards, theme
from workbench.ui.cards import label
from workbench.ui.flow_layout import FlowLayout
from workbench.ui.offers import Offer
from workbench.ui.palette_chip import ARROWS, Chip
from workbench.ui.workspace import Workspace


class GroupName(QWidget):
    """A group's name with the dot that its layers have in the stack; a square for blocks."""

    def __init__(self, token: str, title: str) -> None:
        super().__init__()
        self._token = token
        row = QHBoxLayout(self)
        row.setContentsMargins(15, 0, 0, 0)
        row.addWidget(label(title, "small"))
        self.setFixedHeight(24)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.current().color(self._token))
        middle = self.height() / 2
        if self._token == "muted":
            painter.drawRoundedRect(QRectF(1, middle - 4, 8, 8), 2, 2)
        else:
            painter.drawEllipse(QPointF(5, middle), 4, 4)


class GroupChips(QWidget):
    """The chips of a group. Those that are folded away aren't made before they are wanted."""

    def __init__(self, name: str, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._offers: tuple[Offer, ...] = ()
        self._few = 0
        self._chips: list[Chip] = []
        self._flow = FlowLayout(self, gap=5)
        self._more = QPushButton()
        self._more.setObjectName(f"more_{name}")
        self._more.setProperty("role", "more")
        self._more.clicked.connect(self._turn)
        self._flow.addWidget(self._more)
        self._unfolded = False
        self._before: QWidget | None = None

    @property
    def last(self) -> QWidget:
        """What the tab key leaves the group from."""
        return self._more

    def follow(self, before: QWidget) -> None:
        """Have the tab key come to the group from this."""
        self._before = before

    def fill(self, offers: Sequence[Offer], few: int) -> None:
        """Show these offers, ``few`` of them as long as the group is folded."""
        if tuple(offers) == self._offers:
            return
        for chip in self._chips:
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._offers, self._few, self._chips = tuple(offers), few, []
        self._arrange()

    def _turn(self) -> None:
        self._unfolded = not self._unfolded
        self._arrange()

    def _arrange(self) -> None:
        wanted = len(self._offers) if self._unfolded else self._few
        if len(self._chips) < wanted:
            self._flow.removeWidget(self._more)
            for offer in self._offers[len(self._chips) : wanted]:
                chip = Chip(offer, self._workspace, self)
                self._flow.addWidget(chip)
                self._chips.append(chip)
                chip.show()
            self._flow.addWidget(self._more)
        for place, chip in enumerate(self._chips):
            chip.setVisible(place < wanted)
            chip.setFocusPolicy(Qt.FocusPolicy.ClickFocus if place else Qt.FocusPolicy.StrongFocus)
        hidden = len(self._offers) - self._few
        cards.tab_through((*filter(None, (self._before,)), *self._chips, self._more))
        self._more.setVisible(hidden > 0)
        self._more.setText(self.tr("fewer") if self._unfolded else self.tr("{} more").format(hidden))
        self._more.setAccessibleName(self._more.text())
        self._flow.invalidate()
        self.updateGeometry()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys walk the chips."""
        shown: list[QPushButton] = [chip for chip in self._chips if chip.isVisible()]
        if self._more.isVisible():
            shown.append(self._more)
        now = next((place for place, chip in enumerate(shown) if chip.hasFocus()), -1)
        if event.key() not in ARROWS or now < 0:
            super().keyPressEvent(event)
            return
        back = event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Up)
        target = now + (-1 if back else 1)
        if 0 <= target < len(shown):
            shown[target].setFocus(Qt.FocusReason.TabFocusReason)
