"""What the pages of Inspect have in common."""

from __future__ import annotations

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.ui import theme
from workbench.ui.inspect.inspected import Inspected
from workbench.ui.workspace import Workspace


class InspectPage(QWidget):
    """A way of looking. It asks only while it is shown, and only when what is looked at has changed."""

    def __init__(self, workspace: Workspace, inspected: Inspected) -> None:
        super().__init__()
        self.workspace, self.inspected = workspace, inspected
        self._stale = True
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(theme.M)
        inspected.changed.connect(self._on_changed)

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
        if self._stale and self.wanted and self.inspected.ready:
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
        self.leave()
