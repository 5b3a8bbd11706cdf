"""The pieces that panels are laid out with."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from workbench.ui import theme
from workbench.ui.icons import IconLabel, icon


def label(text: str = "", role: str = "", *, wrap: bool = False, name: str = "") -> QLabel:
    """Return a label in one of the theme's roles."""
    made = QLabel(text)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    if name:
        made.setObjectName(name)
    return made


def set_role(widget: QWidget, role: str) -> None:
    """Change a widget's role and restyle it."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def button(text: str, role: str = "", *, glyph: str = "", name: str = "") -> QPushButton:
    """Return a push button."""
    made = QPushButton(text)
    if role:
        made.setProperty("role", role)
    if glyph:
        made.setIcon(icon(glyph, "on_accent" if role == "primary" else "text"))
        made.setIconSize(QSize(19, 16))  # with air between the icon and the text
    if name:
        made.setObjectName(name)
    return made


def tab_through(widgets: Iterable[QWidget]) -> None:
    """Have the tab key go from the first of these to the next, and so on: what is made later stands last."""
    for first, second in pairwise(widgets):
        QWidget.setTabOrder(first, second)


def clear(layout: QLayout) -> None:
    """Remove and delete everything in a layout."""
    while layout.count():
        item = layout.takeAt(0)
        if item is None:
            return
        inner = item.widget()
        if inner is not None:
            inner.hide()
            inner.deleteLater()
        elif item.layout() is not None:
            clear(item.layout())


class Heading(QLabel):
    """Words of one line that are cut short, and told by the tip, rather than making their card wider."""

    def __init__(self, text: str, role: str, least: int) -> None:
        super().__init__(text)
        self.setProperty("role", role)
        self._least = least

    def minimumSizeHint(self) -> QSize:
        return super().minimumSizeHint().boundedTo(QSize(self._least, 1000))

    def paintEvent(self, event: QPaintEvent) -> None:
        full = self.text()
        shown = self.fontMetrics().elidedText(full, Qt.TextElideMode.ElideRight, self.width())
        if self.toolTip() != (full if shown != full else ""):
            self.setToolTip(full if shown != full else "")
        if shown == full:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, shown)


class Card(QFrame):
    """A titled box; `body` is its column and `head` the row of its title."""

    def __init__(self, title: str = "", hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(14, 12, 14, 12)
        self.body.setSpacing(theme.S)
        self.head = QHBoxLayout()
        self.head.setSpacing(theme.S)
        self.title = Heading(title, "heading", 220)
        self.title.setMinimumHeight(28)  # as tall as a button, so that titles line up across cards
        self.hint = Heading(hint, "muted", 60)
        if title:
            self.head.addWidget(self.title)
            self.head.addWidget(self.hint)
            self.head.addStretch(1)
            self.body.addLayout(self.head)
        self.hint.setVisible(bool(hint))

    def set_hint(self, text: str) -> None:
        """Set the muted words beside the title."""
        self.hint.setText(text)
        self.hint.setVisible(bool(text))


class Tile(QFrame):
    """One figure: what it is, the figure, and a line below."""

    def __init__(self, title: str, name: str, *, roomy: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._roomy = roomy  # keeps the line below even when it is empty, so that nothing jumps
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 10)
        column.setSpacing(2)
        self._title = label(title, "muted")
        self._figure = label("–", "figure", name=name)
        self._detail = label("", "small", name=f"{name}Detail")
        for part in (self._title, self._figure, self._detail):
            part.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            column.addWidget(part)
        self.setMinimumWidth(100)
        self._detail.setVisible(roomy)

    def display(self, figure: str, detail: str = "", title: str = "") -> None:
        """Show a figure."""
        self._figure.setText(figure)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail) or self._roomy)
        if title:
            self._title.setText(title)
        self.setAccessibleName(f"{self._title.text()}: {figure} {detail}")


class Segments(QFrame):
    """A row of choices of which one is on."""

    def __init__(self, options: list[tuple[str, str]], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.group = QButtonGroup(self)
        self.group.setExclusive(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        self._buttons: dict[str, QPushButton] = {}
        for key, text in options:
            made = button(text, "segment", name=f"{name}_{key}")
            made.setCheckable(True)
            self.group.addButton(made)
            row.addWidget(made)
            self._buttons[key] = made
        row.addStretch(1)
        self._buttons[options[0][0]].setChecked(True)

    @property
    def value(self) -> str:
        """The key of the choice that is on."""
        return next(key for key, made in self._buttons.items() if made.isChecked())

    def set_text(self, key: str, text: str) -> None:
        """Call a choice something else."""
        self._buttons[key].setText(text)

    def set_there(self, key: str, there: bool) -> None:
        """Offer a choice, or leave it out."""
        self._buttons[key].setVisible(there)

    def choose(self, key: str) -> None:
        """Turn a choice on."""
        self._buttons[key].setChecked(True)


class _Shrinking(QVBoxLayout):
    """A column that is made as low as its widgets can be before it scrolls.

    Words that wrap give a layout a height for each width, which a scroll area takes for the least height.
    """

    def hasHeightForWidth(self) -> bool:
        return False


class Page(QScrollArea):
    """A panel that scrolls when the window is small; `column` holds its cards."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        inner.setProperty("role", "page")
        self.column = _Shrinking(inner)
        self.column.setContentsMargins(18, 16, 18, 16)
        self.column.setSpacing(theme.M)
        self.setWidget(inner)


def scrolling(content: QWidget) -> QScrollArea:
    """Return a frameless area that scrolls its content up and down when there is too little room."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    content.setProperty("role", "page")
    area.setWidget(content)
    return area


class Empty(QFrame):
    """What a panel shows when there is nothing to show: why, and the way on."""

    def __init__(self, glyph: str, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.setSpacing(theme.S)
        self._icon = IconLabel(glyph, "muted", 40)
        self._title = label(title, "heading")
        self._text = label(text, "muted", wrap=True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text.setFixedWidth(420)
        self.buttons = QHBoxLayout()
        self.buttons.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for part in (self._icon, self._title, self._text):
            column.addWidget(part, 0, Qt.AlignmentFlag.AlignCenter)
        column.addLayout(self.buttons)

    def display(self, title: str, text: str) -> None:
        """Say something else."""
        self._title.setText(title)
        self._text.setText(text)
