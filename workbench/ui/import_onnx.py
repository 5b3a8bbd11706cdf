"""Import ONNX: an .onnx file as a stack. Nothing in the file runs but its operators."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from workbench.ui.import_dialog import ImportDialog
from workbench.ui.import_fields import Shape, read_shape
from workbench.ui.import_file import hint, row_of
from workbench.ui.param_editor import mark
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.importing.result import Imported


class ImportOnnx(ImportDialog):
    """Choose a file, and it is read at once."""

    suffix = ".onnx"

    def __init__(self, workspace: Workspace, parent: QWidget) -> None:
        self.shape = QLineEdit()
        super().__init__(
            "importOnnx",
            self.tr("Import ONNX"),
            self.tr(
                "An ONNX file becomes a stack with its weights. No code in it runs; operators that no layer "
                "stands for are listed."
            ),
            self.tr("Import"),
            QSize(740, 500),
            workspace,
            parent,
        )
        self.shape.setObjectName("importShapes")
        self.shape.setProperty("role", "param")
        self.shape.setAccessibleName(self.tr("A sample's shape, if the file leaves it open"))
        self.shape.setPlaceholderText(self.tr("as the file says"))
        self.shape.textChanged.connect(self._on_shape)
        below, line = hint()
        line.setText(
            self.tr(
                "Only where the file leaves it open: a sample's shape without the batch, such as 3×224×224. "
                "Shapes of several inputs are parted by semicolons."
            )
        )
        pair = QVBoxLayout()
        pair.setSpacing(4)
        pair.addLayout(row_of(self.tr("Sample"), self.shape))
        pair.addLayout(below)
        self.fields.addLayout(pair)

    def on_path(self, path: Path) -> None:
        """Read the file at once: that changes nothing, and runs no code of it."""
        self.begin()

    def why_not(self) -> str:
        """Return why importing can't begin yet, "" where it can."""
        if self.path is None:
            return self.tr("Choose a file first.")
        return "" if self._shapes() is not None else self.tr("Write a sample's sides, such as 3×224×224.")

    def begin(self) -> None:
        """Read the file."""
        shapes = self._shapes()
        if self.busy or self.path is None or shapes is None:
            return
        work = partial(_imported, self.path, shapes)
        self.run(lambda _cancelled: work(), self.tr("Reading {}…").format(self.path.name))

    def _shapes(self) -> list[Shape] | None:
        """The shapes that are typed, None where one of them can't be read."""
        parts = [part for part in self.shape.text().split(";") if part.strip()]
        found = [shape for shape in map(read_shape, parts) if shape is not None]
        return found if len(found) == len(parts) else None

    def _on_shape(self) -> None:
        mark(self.shape, self.why_not() if self.path is not None and self._shapes() is None else "")
        self._update()


def _imported(path: Path, shapes: list[Shape]) -> Imported:
    from workbench.importing.onnx import import_onnx

    return import_onnx(path, shapes)
