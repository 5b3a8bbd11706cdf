"""A list of what can be added: the group's dot, the name with its settings, and what it does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QMimeData, QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from workbench.ui import theme
from workbench.ui.offers import Offer

ROW = 28
_HELP = 0.4
"""Share of the width at which the help begins, unless the name is longer."""
_FURTHEST = 0.56
"""Share of the width up to which all helps begin together, right of the longest name."""
_LEAST = 90
"""Pixels that the help gets at least; where there are fewer, it isn't shown."""


class OfferList(QListWidget):
    """Offers, best first; one is current."""

    taken = Signal(object)
    """An offer was clicked."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(self.tr("Suggestions"))
        self.setItemDelegate(_Painter(self))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self._offers: list[Offer] = []
        self.longest = 0
        self.itemClicked.connect(lambda item: self.taken.emit(self.offer(self.row(item))))
        self._carry: Callable[[Offer], QMimeData] | None = None

    def fill(self, offers: Iterable[Offer]) -> None:
        """Show offers, the first as the current one."""
        self.clear()
        self._offers = list(offers)
        for offer in self._offers:
            item = QListWidgetItem(offer.label)
            item.setToolTip(offer.error or offer.help)
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, offer.error or offer.help)
            self.addItem(item)
        names, settings = QFontMetrics(theme.sans(13, QFont.Weight.Medium)), QFontMetrics(theme.mono(12))
        parts = [offer.label.partition("  ") for offer in self._offers]
        wide = (
            names.horizontalAdvance(a) + (settings.horizontalAdvance(b) + 8 if b else 0) for a, _, b in parts
        )
        self.longest = max(wide, default=0)
        self.setCurrentRow(0)

    def current(self) -> Offer | None:
        """Return the current offer."""
        return self.offer(self.currentRow()) if self.currentRow() >= 0 else None

    def offer(self, row: int) -> Offer:
        """Return the offer in a row."""
        return self._offers[row]

    def step(self, by: int) -> None:
        """Make another offer current, from the last on to the first."""
        self.setCurrentRow((self.currentRow() + by) % max(self.count(), 1))

    def allow_drags(self, carry: Callable[[Offer], QMimeData]) -> None:
        """Let offers be dragged; ``carry`` says what a drag carries."""
        self._carry = carry
        self.setDragEnabled(True)

    def mimeData(self, items: Sequence[QListWidgetItem]) -> QMimeData:
        if self._carry and items:
            return self._carry(self.offer(self.row(items[0])))
        return super().mimeData(items)


class _Painter(QStyledItemDelegate):
    """Draws an offer in one line."""

    def __init__(self, parent: OfferList) -> None:
        super().__init__(parent)
        self._list = parent
        self._name, self._settings, self._help = (
            theme.sans(13, QFont.Weight.Medium),
            theme.mono(12),
            theme.sans(12),
        )

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        look = theme.current()
        offer = self._list.offer(index.row())
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        on, over = QStyle.StateFlag.State_Selected, QStyle.StateFlag.State_MouseOver
        if state & (on | over):
            painter.setBrush(look.color("selected" if state & on else "hover"))
            painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), 5, 5)
        painter.setBrush(look.color(offer.group))
        middle = QPointF(rect.left() + 13, rect.center().y() + 0.5)
        if offer.kind == "layer":
            painter.drawEllipse(middle, 4, 4)
        else:
            painter.drawRoundedRect(QRect(rect.left() + 9, rect.center().y() - 3, 8, 8), 2, 2)
        name, _, settings = offer.label.partition("  ")
        left = self._text(painter, rect, rect.left() + 26, name, self._name, "text")
        if settings:
            left = self._text(painter, rect, left + 8, settings, self._settings, "muted")
        said, tone = (offer.error, "warning") if offer.error else (offer.help, "muted")
        column = min(max(26 + self._list.longest + 16, rect.width() * _HELP), rect.width() * _FURTHEST)
        left = max(left + 16, rect.left() + round(column))
        if rect.right() - left >= _LEAST:
            self._text(painter, rect, left, said, self._help, tone)
        painter.restore()

    def _text(self, painter: QPainter, rect: QRect, left: int, text: str, font: QFont, token: str) -> int:
        """Write a text from ``left`` on, cut off at the right edge; return where it ends."""
        metrics = QFontMetrics(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, rect.right() - 8 - left))
        painter.setFont(font)
        painter.setPen(theme.current().color(token))
        width = metrics.horizontalAdvance(shown)
        painter.drawText(
            QRect(left, rect.top(), width + 2, rect.height()), Qt.AlignmentFlag.AlignVCenter, shown
        )
        return left + width
