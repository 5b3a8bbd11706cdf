"""The sample under the mouse: its picture, what it is, and what the model says."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from workbench.ui import theme
from workbench.ui.cards import label
from workbench.ui.images import pixmap
from workbench.ui.inspect.map_words import Told

SIDE = 64
AWAY = 16


class HoverCard(QFrame):
    """Floats beside the mouse, inside its parent."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("mapHover")
        self.setProperty("role", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 8, 10, 8)
        row.setSpacing(theme.S)
        self._picture = QLabel()
        self._words = label("", name="mapHoverText")
        self._words.setTextFormat(Qt.TextFormat.RichText)
        row.addWidget(self._picture)
        row.addWidget(self._words)
        self.hide()

    def display(self, sample: Told, image: QImage | None, at: QPointF) -> None:
        """Show a sample beside a point of the parent."""
        look = theme.current()
        self._picture.setVisible(image is not None)
        if image is not None:
            mode = Qt.TransformationMode.FastTransformation
            self._picture.setPixmap(
                pixmap(image).scaled(SIDE, SIDE, Qt.AspectRatioMode.KeepAspectRatio, mode)
            )
        tone = {True: "good", False: "problem", None: "text"}[sample.right]
        lines = [
            f"<span style='color:{look.muted}'>{self.tr('sample')} {sample.number}</span>",
            self.tr("true <b>{}</b>").format(escape(sample.true)),
        ]
        if sample.words:
            lines.insert(1, escape(sample.words))
        if sample.predicted:
            color = look.color(tone).name()
            lines.append(
                self.tr("predicted <b style='color:{}'>{}</b> {}").format(
                    color, escape(sample.predicted), sample.more
                )
            )
        self._words.setText("<br>".join(lines))
        self.adjustSize()
        over = self.parentWidget()
        room = self.rect() if over is None else over.rect()
        x, y = at.x() + AWAY, at.y() + AWAY
        if x + self.width() > room.width():
            x = at.x() - AWAY - self.width()
        if y + self.height() > room.height():
            y = at.y() - AWAY - self.height()
        self.move(int(max(x, 0)), int(max(y, 0)))
        self.show()
        self.raise_()
