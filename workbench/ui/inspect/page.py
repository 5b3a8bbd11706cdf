"""What the pages of Inspect have in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.ui import theme
from workbench.ui.inspect.inspected import Inspected
from workbench.ui.workspace import Workspace


class InspectPage(QWidget):
    """A way of looking. It asks only while it is shown, and only when what is looked at has changed.

    Its parts are made after it, a few each turn of the event loop, so that the window answers meanwhile:
    plots and forms are dear. Nothing is asked of it before they are there.
    """

    needs: ClassVar[tuple[str, ...]] = ()
    """Large packages that its methods use: they are imported in the background while it is made."""

    def __init__(self, workspace: Workspace, inspected: Inspected) -> None:
        super().__init__()
        self.workspace, self.inspected = workspace, inspected
        self._stale = True
        self.whole = False
        """Whether all its parts are there."""
        self._making = self.make_parts()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(theme.M)

    def make_parts(self) -> Iterator[None]:
        """Make its parts, and yield between them."""
        raise NotImplementedError

    def make_more(self) -> bool:
        """Make some of its parts; return whether that was all."""
        if not self.whole:
            self.whole = next(self._making, _ALL) is _ALL
            for part in self.findChildren(QWidget):
                part.ensurePolished()  # or all of them are styled at once, when the page is shown
            if self.whole:
                self.inspected.changed.connect(self._on_changed)
        return self.whole

    def look(self) -> None:
        """Ask for what the page shows; called on the GUI thread while it is shown and there is a model."""
        raise NotImplementedError

    def leave(self) -> None:
        """The page is hidden: end what only it needs."""

    @property
    def wanted(self) -> bool:
        """Whether anything that the page finds out is in sight."""
        return self.isVisible()

    def look_if_wanted(self) -> None:
        """Ask, if what is in sight is of before."""
        if self.whole and self._stale and self.wanted and self.inspected.ready:
            self._stale = False
            self.look()

    def _on_changed(self) -> None:
        self._stale = True
        self.look_if_wanted()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look_if_wanted()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self.whole:
            self.leave()


_ALL = object()
"""What there is after the last part."""
