"""Pages that are made a part each turn of the event loop, so that the window answers meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtWidgets import QWidget


class InParts(QWidget):
    """A page whose parts come after it: plots, tables and forms are dear."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.whole = False
        """Whether all its parts are there."""
        self._making = self.make_parts()

    def make_parts(self) -> Iterator[None]:
        """Make its parts, and yield between them; nothing runs before the first call of `make_more`.

        Parts are its children from the start: styling them is half the work, and is done before each pause.
        """
        raise NotImplementedError

    def make_more(self) -> bool:
        """Make some of its parts; return whether that was all."""
        if not self.whole:
            self.whole = next(self._making, _ALL) is _ALL
            for part in self.findChildren(QWidget):
                part.ensurePolished()  # or all of them are styled at once, when the page is shown
        return self.whole

    def make_all(self) -> None:
        """Make what is missing at once."""
        while not self.make_more():
            pass


_ALL = object()
"""What there is after the last part."""
