"""Words that change often and move nothing around them."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget

FILLED = 0.85
"""Share of the room that words must fill for it to stay: digits come and go, other words take other room."""


class SteadyLabel(QLabel):
    """A label of one line that keeps its room while new words fit in.

    An ordinary one has the whole window laid out at each change of its words, even where nothing moves.
    """

    def __init__(self, role: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", role)
        self.setObjectName(name)

    def tell(self, text: str) -> None:
        """Show other words."""
        if text == self.text():
            return
        self.setText(text)
        wanted, had = self.sizeHint(), self.width()
        if not FILLED * had <= wanted.width() <= had or wanted.height() != self.height():
            self.setFixedSize(wanted)
