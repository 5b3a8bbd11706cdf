"""A chip of the palette: something to add, by a click or by dragging it onto the stack."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QDrag, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QWidget

from workbench.ui import adding
from workbench.ui.icons import icon
from workbench.ui.notice import Notice
from workbench.ui.offers import Offer
from workbench.ui.workspace import Workspace

ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
_PREFIX = {"layer": "add", "block": "block", "kept": "kept"}


class Chip(QPushButton):
    """A layer type, a block that ships, or a kept block."""

    def __init__(self, offer: Offer, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(offer.label.partition("  ")[0], parent)
        self._offer, self._workspace = offer, workspace
        self.setObjectName(f"{_PREFIX[offer.kind]}_{offer.name}")
        self.setProperty("role", "chip")
        self.setProperty("kind", offer.kind)
        if offer.kind == "kept":
            self.setIcon(icon("bookmark-simple", "muted"))
            self.setIconSize(QSize(12, 12))
        self.setToolTip(offer.help)
        self.setAccessibleDescription(offer.help)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # Tab goes through groups; arrows through their chips
        self.clicked.connect(lambda: adding.add(workspace, [offer]))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        far = not self.rect().adjusted(-4, -4, 4, 4).contains(event.position().toPoint())
        if not (event.buttons() & Qt.MouseButton.LeftButton and far):
            super().mouseMoveEvent(event)
            return
        drag = QDrag(self)
        drag.setMimeData(adding.carried(self._workspace, self._offer))
        drag.setPixmap(self.grab())
        self.setDown(False)
        drag.exec(Qt.DropAction.CopyAction)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ARROWS:
            event.ignore()  # the group walks its chips
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_().exec(event.globalPos())

    def menu_(self) -> QMenu:
        """Return the context menu."""
        menu = QMenu(self)
        menu.addAction(icon("plus"), self.tr("Add to the stack"), self.click)
        if self._offer.kind == "kept":
            menu.addAction(icon("trash"), self.tr("Remove from the palette"), self._remove)
        return menu

    def _remove(self) -> None:
        workspace, name = self._workspace, self._offer.name
        put_back = workspace.kept.remove(name)
        text = QApplication.translate("Chip", "{} is no longer in the palette.").format(name)
        workspace.tell(Notice("good", text, ((QApplication.translate("Chip", "Put it back"), put_back),)))
