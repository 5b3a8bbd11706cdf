"""What is dragged onto the stack: its own layers, a type of layer, or a fragment as the clipboard has it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QByteArray, QCoreApplication, QMimeData

from workbench.errors import UserError
from workbench.graph import clipboard
from workbench.layers import CATALOGUE
from workbench.ui.workspace import Workspace

MIME = "application/x-workbench-layers"
"""Ids with blanks between, "+" and a type's name, or a fragment's JSON."""


def carried(ids: Iterable[str]) -> QMimeData:
    """Return what a drag of layers of the stack carries."""
    made = QMimeData()
    made.setData(MIME, QByteArray(" ".join(ids).encode()))
    return made


def drop(workspace: Workspace, data: QMimeData, target: int) -> None:
    """Move or add what a drag carried to a place in the stack; why it can't be is told."""
    text = bytes(data.data(MIME).data()).decode()
    if text.startswith("{"):
        fragment = clipboard.read(text)
        name = fragment.blocks[0].name if fragment.blocks else _tr("layers")
        workspace.stack.add_fragment(_tr("Add {}").format(name), fragment, target)
    elif text.startswith("+"):
        _add(workspace, text[1:], target)
    else:
        workspace.stack.move(text.split(), target)


def _add(workspace: Workspace, name: str, target: int) -> None:
    facts = workspace.facts
    params = {"shape": facts.sample.shape if facts else (1,)} if name == "Input" else {}
    try:
        workspace.stack.add(CATALOGUE[name].model_validate(params), target)
    except UserError as error:
        workspace.tell_error(error)


def _tr(text: str) -> str:
    return QCoreApplication.translate("stack_drag", text)
