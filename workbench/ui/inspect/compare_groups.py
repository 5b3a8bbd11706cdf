"""Samples by who is right: four groups, any of which can be looked at alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QSizePolicy, QWidget

from workbench.ui import theme
from workbench.ui.wording import grouped

HIGH = 32


def groups(arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.bool_]]:
    """Return for each group which samples of a `Contrast` are in it."""
    right = arrays["predicted"] == arrays["target"]
    other = arrays["predicted_other"] == arrays["target"]
    return {"both": right & other, "this": right & ~other, "that": ~right & other, "neither": ~right & ~other}


class GroupButton(QAbstractButton):
    """A count and what it is of; pressed while its samples are the ones that are listed."""

    def __init__(self, text: str, token: str, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setText(text)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._token, self._count = token, 0

    def display(self, count: int, whole: int) -> None:
        """Show how many of all samples it has."""
        self._count = count
        self.setEnabled(count > 0)
        share = self.tr("{} of {} samples").format(grouped(count), grouped(whole))
        self.setAccessibleName(f"{self.text()}: {share}")
        self.setToolTip(f"{share}\n{self.tr('Click to list only these, and again to list all.')}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(140, HIGH)

    def enterEvent(self, event: object) -> None:
        self.update()

    def leaveEvent(self, event: object) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = theme.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        on = self.isChecked()
        ground = "selected" if on else "hover" if self.underMouse() and self.isEnabled() else "well"
        painter.setBrush(look.color(ground))
        painter.setPen(QPen(look.color("accent" if on or self.hasFocus() else "border"), 1))
        painter.drawRoundedRect(frame, 6, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color(self._token if self._count else "muted"))
        painter.drawRoundedRect(QRectF(8, 9, 3, self.height() - 18), 1.5, 1.5)
        room = frame.adjusted(18, 0, -6, 0)
        painter.setPen(look.color("text" if self._count else "muted"))
        painter.setFont(theme.sans(13, QFont.Weight.DemiBold))
        painter.drawText(room, _LEFT, grouped(self._count))
        room.setLeft(room.left() + painter.fontMetrics().horizontalAdvance(grouped(self._count)) + 8)
        painter.setPen(look.color("muted"))
        painter.setFont(theme.sans(12))
        said = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, _LEFT, said)


class Groups(QWidget):
    """Who is right, two by two. None or one is chosen."""

    chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("compareGroups")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.S)
        self._buttons: dict[str, GroupButton] = {}
        for place, (key, text, token) in enumerate(
            (
                ("both", self.tr("both right"), "good"),
                ("this", self.tr("only this right"), "accent"),
                ("that", self.tr("only the other right"), "warning"),
                ("neither", self.tr("both wrong"), "problem"),
            )
        ):
            made = self._buttons[key] = GroupButton(text, token, f"compareGroup_{key}")
            made.clicked.connect(lambda _on, key=key: self._on_click(key))
            grid.addWidget(made, place // 2, place % 2)

    @property
    def value(self) -> str:
        """The chosen group; "" for all samples."""
        return next((key for key, made in self._buttons.items() if made.isChecked()), "")

    def display(self, found: Mapping[str, NDArray[np.bool_]]) -> None:
        """Show how many samples each group has; one that is empty isn't chosen any longer."""
        for key, made in self._buttons.items():
            count = int(found[key].sum())
            made.display(count, len(found[key]))
            if not count:
                made.setChecked(False)

    def _on_click(self, key: str) -> None:
        for other, made in self._buttons.items():
            if other != key:
                made.setChecked(False)
        self.chosen.emit()


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
