"""Tags and notes in a table's cells: tags are chips, and both can be typed in place."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from workbench.ui import theme

_PAD, _APART, _TALL = 6, 4, 18


class WordsDelegate(QStyledItemDelegate):
    """Lets people type in a cell."""

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        made = QLineEdit(parent)
        made.setObjectName("runCell")
        made.setAccessibleName(str(index.model().headerData(index.column(), Qt.Orientation.Horizontal)))
        made.setStyleSheet("padding: 0 4px;")  # the rows are lower than fields are elsewhere
        return made

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        if not (isinstance(editor, QLineEdit) and editor.isModified()):  # what was typed stays
            super().setEditorData(editor, index)


class TagsDelegate(WordsDelegate):
    """Paints a cell's words as chips; those that don't fit end in an ellipsis."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        plain = QStyleOptionViewItem(option)
        self.initStyleOption(plain, index)
        words = plain.text.split()
        plain.text = ""
        style = plain.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, plain, painter, plain.widget)
        cell = plain.rect.adjusted(4, 0, -4, 0)
        look, font = theme.current(), theme.sans(11)
        metrics = QFontMetrics(font)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font)
        x = cell.left()
        for number, word in enumerate(words):
            more = number + 1 < len(words)
            room = cell.right() - x - (16 if more else 0)
            shown = metrics.elidedText(word, Qt.TextElideMode.ElideRight, max(room - 2 * _PAD, 0))
            if not shown or (shown == "…" and number):
                painter.setPen(look.color("muted"))
                painter.drawText(QRectF(x, cell.top(), 16, cell.height()), Qt.AlignmentFlag.AlignVCenter, "…")
                break
            wide = metrics.horizontalAdvance(shown) + 2 * _PAD
            chip = QRectF(x, cell.center().y() - _TALL / 2 + 0.5, wide, _TALL)
            painter.setPen(look.color("border"))
            painter.setBrush(look.color("raised"))
            painter.drawRoundedRect(chip, _TALL / 2, _TALL / 2)
            painter.setPen(look.color("text"))
            painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, shown)
            x += wide + _APART
        painter.restore()
