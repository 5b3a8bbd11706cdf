"""Ticking the methods that are shown side by side."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QPushButton, QVBoxLayout

from workbench.interpret.method import Method
from workbench.ui import theme
from workbench.ui.cards import label
from workbench.ui.icons import icon

WIDTH, HELP = 320, 66
"""Pixels; the help has room for four lines, so that nothing moves when another method is pointed at."""


class MethodChooser(QPushButton):
    """A button that opens the list of methods."""

    chosen = Signal()
    """Other methods are ticked."""

    def __init__(self, methods: Iterable[Method]) -> None:
        super().__init__()
        self.setObjectName("attributionMethods")
        self.setIcon(icon("list-checks"))
        self.clicked.connect(self.open)
        self.list = QFrame(self, Qt.WindowType.Popup)
        self.list.setProperty("role", "card")
        self.list.setObjectName("attributionMethodList")
        self.list.setFixedWidth(WIDTH)
        self._column = QVBoxLayout(self.list)
        self._column.setContentsMargins(14, 12, 14, 12)
        self._column.setSpacing(theme.S)
        self._boxes: dict[str, QCheckBox] = {}
        known = list(methods)
        self._add(self.tr("Of the input"), [m for m in known if m.layers == "input"])
        self._add(self.tr("Of a layer"), [m for m in known if m.layers != "input"])
        self._help = label("", "small", wrap=True, name="attributionMethodHelp")
        self._help.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._help.setFixedSize(WIDTH - 28, HELP)
        line = QFrame()
        line.setProperty("role", "line")
        self._column.addWidget(line)
        self._column.addWidget(self._help)
        self._say()

    def _add(self, heading: str, methods: list[Method]) -> None:
        self._column.addWidget(label(heading, "group"))
        for method in methods:
            box = QCheckBox(method.title)
            box.setObjectName(f"attributionMethod_{method.name}")
            box.setAccessibleDescription(method.help)
            box.installEventFilter(self)
            box.clicked.connect(self._on_ticked)
            self._column.addWidget(box)
            self._boxes[method.name] = box

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the methods that are ticked."""
        return tuple(name for name, box in self._boxes.items() if box.isChecked())

    def tick(self, names: Iterable[str]) -> None:
        """Tick methods, and only these."""
        wanted = set(names)
        for name, box in self._boxes.items():
            box.setChecked(name in wanted)
        self._say()

    def open(self) -> None:
        """Show the list under the button, within the screen."""
        self.list.adjustSize()
        at = self.mapToGlobal(QPoint(0, self.height() + 4))
        room = self.screen().availableGeometry()
        at.setX(max(room.left(), min(at.x(), room.right() - self.list.width())))
        at.setY(max(room.top(), min(at.y(), room.bottom() - self.list.height())))
        self.list.move(at)
        self.list.show()
        next(iter(self._boxes.values())).setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Enter, QEvent.Type.FocusIn) and isinstance(watched, QCheckBox):
            self._help.setText(watched.accessibleDescription())
        return super().eventFilter(watched, event)

    def _on_ticked(self) -> None:
        self._say()
        self.chosen.emit()

    def _say(self) -> None:
        self.setText(self.tr("Methods: {} of {}").format(len(self.names), len(self._boxes)))
