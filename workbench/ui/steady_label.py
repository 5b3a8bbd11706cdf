"""Words that change often and move nothing around them."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget


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
        wanted = self.sizeHint()
        if wanted.width() > self.width() or wanted.height() != self.height():
            self.setFixedSize(wanted)
