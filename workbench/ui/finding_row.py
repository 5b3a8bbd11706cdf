"""Something that was recognised in a run: the layer, a sentence, and a button for each remedy."""

from __future__ import annotations

from collections.abc import Container
from functools import partial
from html import escape

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from workbench.train.events import Finding, Remedy
from workbench.ui import theme
from workbench.ui.cards import button, label
from workbench.ui.flow_layout import FlowLayout

PADDING = 4
"""Of a link-like button, left of its words."""

_LINKS = Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
_TOKENS = {"broken": "problem", "watch": "warning", "good": "good"}


class _Dot(QWidget):
    """A dot in the colour of a severity."""

    WIDE = 10

    def __init__(self) -> None:
        super().__init__()
        self.token = "good"
        self.setFixedSize(self.WIDE, 18)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.current().color(self.token))
        painter.drawEllipse(QPointF(5, 10), 4.5, 4.5)


class FindingRow(QWidget):
    """Shows a finding; told the same finding with other figures, it changes words and keeps the focus."""

    layer_wanted = Signal(str)
    """A click on the layer's name."""
    remedy_wanted = Signal(object, object)
    """A click on a remedy: the `Finding` and the `Remedy`."""

    def __init__(self) -> None:
        super().__init__()
        self._finding: Finding | None = None
        self._known = False
        self._dot = _Dot()
        self._text = label("", wrap=True, name="findingText")
        self._text.setTextFormat(Qt.TextFormat.RichText)
        self._text.setTextInteractionFlags(_LINKS)
        self._text.linkActivated.connect(self.layer_wanted)
        self._buttons: list[QPushButton] = []
        self._actions = QWidget()
        self._flow = FlowLayout(self._actions, gap=2)
        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self._dot, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self._text, 1)
        below = QHBoxLayout()
        below.setContentsMargins(_Dot.WIDE + 6 - PADDING, 0, 0, 0)
        below.addWidget(self._actions)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addLayout(below)

    def display(self, finding: Finding, *, known: bool, done: Container[Remedy] = ()) -> None:
        """Show a finding; ``known``: its layer is in the stack. Remedies that are done can't be chosen."""
        self._finding, self._known = finding, known
        self.setObjectName(f"finding_{finding.name}")
        said = {
            "broken": self.tr("Problem"),
            "watch": self.tr("Worth watching"),
            "good": self.tr("Good"),
        }[finding.severity]
        self._dot.token = _TOKENS[finding.severity]
        self._dot.setToolTip(said)
        self._dot.update()
        self._show_text()
        place = f"{finding.layer}: " if finding.layer else ""
        self.setAccessibleName(f"{said}. {place}{finding.message}")
        self._text.setAccessibleName(self.accessibleName())
        self._show_remedies(finding.remedies, done)

    def _show_text(self) -> None:
        if self._finding is None:
            return
        named, text = escape(self._finding.layer), escape(self._finding.message)
        if self._known:
            color = theme.current().text
            named = f"<a href='{named}' style='color:{color}; text-decoration:none'>{named}</a>"
        shown = f"<b>{named}</b>&nbsp; {text}" if named else text
        if shown != self._text.text():  # else what has the focus in it would lose it
            self._text.setText(shown)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._show_text()

    def _show_remedies(self, remedies: tuple[Remedy, ...], done: Container[Remedy]) -> None:
        while len(self._buttons) < len(remedies):
            made = button("", "link", name="remedy")
            made.clicked.connect(partial(self._want_remedy, len(self._buttons)))
            self._flow.addWidget(made)
            self._buttons.append(made)
        for number, made in enumerate(self._buttons):
            made.setVisible(number < len(remedies))
            if number < len(remedies):
                remedy = remedies[number]
                made.setText(remedy.text)
                made.setAccessibleName(remedy.text)
                made.setEnabled(remedy not in done)
        self._actions.setVisible(bool(remedies))

    def _want_remedy(self, number: int, _checked: bool = False) -> None:
        if self._finding is not None and number < len(self._finding.remedies):
            self.remedy_wanted.emit(self._finding, self._finding.remedies[number])
