"""Saving what is shown: pictures as PNG, numbers as .npz or CSV."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from workbench.errors import UserError
from workbench.graph.atomic import write_atomic
from workbench.ui.icons import icon
from workbench.ui.workspace import Workspace

Arrays = Mapping[str, NDArray[Any]]


def save_arrays(path: Path, arrays: Arrays) -> None:
    """Write arrays by the file's ending: .npz all; .csv the first, a row a row. Raises `UserError`."""
    if path.suffix == ".csv":
        first = next(iter(arrays.values()))
        text = io.StringIO()
        np.savetxt(
            text, first.reshape(-1, first.shape[-1]) if first.ndim else first.reshape(1, 1), delimiter=","
        )
        write_atomic(path, text.getvalue().encode())
        return
    content = io.BytesIO()
    np.savez(content, **arrays)  # type: ignore[arg-type]
    write_atomic(path, content.getvalue())


def save_menu(parent: QWidget, workspace: Workspace, name: str, arrays: Arrays, view: QWidget) -> None:
    """Offer to copy or save what a view shows."""
    say = QCoreApplication.translate
    stem = "".join(c if c.isalnum() else "-" for c in name).strip("-")

    def save(kind: str) -> None:
        chosen, _ = QFileDialog.getSaveFileName(parent, say("save", "Save"), f"{stem}.{kind}", f"*.{kind}")
        if not chosen:
            return
        try:
            if kind == "png":
                view.grab().save(chosen)
            else:
                save_arrays(Path(chosen), arrays)
        except UserError as error:
            workspace.tell_error(error)

    menu = QMenu(parent)
    menu.addAction(icon("copy"), say("save", "Copy as picture")).triggered.connect(
        lambda: QGuiApplication.clipboard().setPixmap(view.grab())
    )
    for glyph, kind, text in (
        ("image", "png", "PNG…"),
        ("cube", "npz", "NumPy .npz…"),
        ("table", "csv", "CSV…"),
    ):
        menu.addAction(icon(glyph), text).triggered.connect(lambda _=False, kind=kind: save(kind))
    menu.exec(QCursor.pos())
