"""What a dialog says of a file: what went wrong or what to beware of, where, and what to do."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from workbench.errors import UserError
from workbench.ui import theme
from workbench.ui.cards import label
from workbench.ui.icons import IconLabel

_BREAK = "\N{ZERO WIDTH SPACE}"


class Told(QFrame):
    """A framed sentence with the place below it, and the remedy. Hidden while there is nothing to say."""

    def __init__(self, name: str, tone: str = "problem", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("role", f"notice-{tone}")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 10, 12, 10)
        row.setSpacing(theme.S)
        glyph = "warning-circle" if tone == "problem" else "warning"
        row.addWidget(IconLabel(glyph, tone), 0, Qt.AlignmentFlag.AlignTop)
        self._what = label("", "", wrap=True, name=f"{name}What")
        self._place = label("", "mono-muted", wrap=True, name=f"{name}Place")
        self._remedy = label("", "muted", wrap=True, name=f"{name}Remedy")
        column = QVBoxLayout()
        column.setSpacing(4)
        for part in (self._what, self._place, self._remedy):
            part.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(part)
        row.addLayout(column, 1)
        self.hide()

    @property
    def text(self) -> str:
        """All that is said."""
        said = (self._place.text(), self._what.text(), self._remedy.text())
        return " ".join(filter(None, said)).replace(_BREAK, "")

    def display(self, error: UserError) -> None:
        """Say what went wrong."""
        what = error.what[:1].upper() + error.what[1:]
        self.say(what, error.place, error.remedy)

    def say(self, what: str, place: str = "", remedy: str = "") -> None:
        """Say something."""
        for part, text in ((self._what, what), (self._place, place), (self._remedy, remedy)):
            part.setText(text.replace("/", f"/{_BREAK}") if part is self._place else text)
            part.setVisible(bool(text))
        self.setAccessibleName(f"{place} {what} {remedy}".strip())
        self.show()
