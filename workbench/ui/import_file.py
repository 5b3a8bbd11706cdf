"""The rows of the import dialogs, and the one in which the file is chosen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from workbench.ui import cards, theme
from workbench.ui.cards import label
from workbench.ui.file_choice import ask_for_file, keep_folder

LABEL = 96
"""Width of the names of fields."""


class FileRow(QWidget):
    """A file's path, typed or chosen."""

    chosen = Signal()
    """`path` is another one."""

    def __init__(self, suffix: str) -> None:
        super().__init__()
        self.path: Path | None = None
        self._suffix = suffix
        self._edit = QLineEdit()
        self._edit.setObjectName("importPath")
        self._edit.setAccessibleName(self.tr("File"))
        self._edit.setPlaceholderText(self.tr("Choose a {} file, or drop it here").format(suffix))
        self._edit.editingFinished.connect(self._on_typed)
        browse = cards.button(self.tr("Choose…"), glyph="folder-open", name="importBrowse")
        browse.clicked.connect(self.browse)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(row_of(self.tr("File"), self._edit, browse))

    def browse(self) -> None:
        """Let the user choose a file."""
        kinds = self.tr("{} files (*{});;All files (*)").format(self._suffix[1:].upper(), self._suffix)
        chosen = ask_for_file(self, self.tr("Choose a file"), kinds, f"import{self._suffix}")
        if chosen is not None:
            self.set_path(chosen)

    def set_path(self, path: Path) -> None:
        """Take a file."""
        self.path = path.absolute()
        keep_folder(self.path, f"import{self._suffix}")
        self._edit.setText(str(self.path))
        self._edit.setToolTip(str(self.path))
        self._edit.setModified(False)
        self.chosen.emit()

    def _on_typed(self) -> None:
        text = self._edit.text().strip()
        if not self._edit.isModified():
            return
        self._edit.setModified(False)
        if text:
            self.set_path(Path(text).expanduser())
        else:
            self.path = None
            self.chosen.emit()


def row_of(name: str, *parts: QWidget) -> QHBoxLayout:
    """Return a field's row: its name, and its editors of which the first takes the room."""
    row = QHBoxLayout()
    row.setSpacing(theme.S)
    head = label(name, "muted")
    head.setFixedWidth(LABEL)
    head.setBuddy(parts[0])
    row.addWidget(head, 0, Qt.AlignmentFlag.AlignVCenter)
    for number, part in enumerate(parts):
        row.addWidget(part, 1 if number == 0 else 0)
    return row


def hint() -> tuple[QHBoxLayout, QLabel]:
    """Return a row with a muted line below a field, and that line."""
    row = QHBoxLayout()
    row.addSpacing(LABEL + theme.S)
    line = label("", "small", wrap=True)
    row.addWidget(line, 1)
    return row, line
