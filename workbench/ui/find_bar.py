"""Finding layers in the stack: by id, type, or what they are set to."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from workbench.graph import Graph
from workbench.layers.typed import label
from workbench.ui.icons import IconLabel, icon
from workbench.ui.workspace import Workspace


def matches(graph: Graph, text: str) -> list[str]:
    """Return the ids of layers and blocks that every word of a text occurs in, in the stack's order."""
    words = text.lower().split()
    if not words:
        return []
    names = {block.id: block.name for block in graph.blocks}
    told: dict[int, str] = {}
    found: list[str] = []
    seen: set[str] = set()
    for node in graph:
        for part in node.path:
            if part not in seen:
                seen.add(part)
                if all(word in f"{part} {names[part]}".lower() for word in words):
                    found.append(part)
        said = told.get(id(node.layer))
        if said is None:
            said = told[id(node.layer)] = label(node.layer).lower()
        if all(word in node.id.lower() or word in said for word in words):
            found.append(node.id)
    return found


class FindBar(QFrame):
    """Type, and what matches is marked; Enter goes to the next, Shift+Enter to the one before."""

    found = Signal(list)
    """The ids that match."""
    left = Signal()
    """Escape was pressed."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._matches: list[str] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 8, 6)
        row.setSpacing(8)
        row.addWidget(IconLabel("magnifying-glass", "muted", 14))
        self.edit = QLineEdit()
        self.edit.setObjectName("findLayer")
        self.edit.setProperty("role", "bare")
        self.edit.setPlaceholderText(self.tr("find by id, type or setting"))
        self.edit.setAccessibleName(self.tr("Find layers"))
        self.edit.textChanged.connect(self._search)
        self.edit.installEventFilter(self)
        row.addWidget(self.edit, 1)
        self._count = QLabel()
        self._count.setProperty("role", "small")
        row.addWidget(self._count)
        close = QToolButton()
        close.setProperty("role", "flat")
        close.setIcon(icon("x", "muted"))
        close.setToolTip(self.tr("Close (Esc)"))
        close.setAccessibleName(self.tr("Close the search"))
        close.clicked.connect(self.close_bar)
        row.addWidget(close)
        workspace.changed.connect(self._refresh)
        self.hide()

    def begin(self) -> None:
        """Show the field and take the focus."""
        self.show()
        self.edit.setFocus()
        self.edit.selectAll()
        self._search()

    def close_bar(self) -> None:
        """Hide the field; nothing is marked any more."""
        self.hide()
        self._matches = []
        self.found.emit([])
        self.left.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.close_bar()
                return True
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down, Qt.Key.Key_Up):
                self.step(-1 if back or event.key() == Qt.Key.Key_Up else 1)
                return True
        return super().eventFilter(watched, event)

    def step(self, by: int) -> None:
        """Go to the next match, or the one before."""
        if not self._matches:
            return
        at = self._workspace.selection
        place = self._matches.index(at) + by if at in self._matches else (0 if by > 0 else -1)
        self._workspace.select(self._matches[place % len(self._matches)])
        self._tell()

    def _search(self) -> None:
        self._matches = matches(self._workspace.graph, self.edit.text())
        self.found.emit(self._matches)
        if self._matches and self._workspace.selection not in self._matches:
            self._workspace.select(self._matches[0])
        self._tell()

    def _refresh(self) -> None:
        if self.isVisible():
            self._matches = matches(self._workspace.graph, self.edit.text())
            self.found.emit(self._matches)
            self._tell()

    def _tell(self) -> None:
        if not self.edit.text().strip():
            self._count.setText("")
        elif not self._matches:
            self._count.setText(self.tr("none"))
        else:
            at = self._workspace.selection
            place = self._matches.index(at) + 1 if at in self._matches else 0
            self._count.setText(self.tr("{} of {}").format(place, len(self._matches)))
