"""Copying and saving what a card of Inspect shows."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from workbench.ui.inspect.view import View
from workbench.ui.save_arrays import save_menu
from workbench.ui.workspace import Workspace


def offer(parent: QWidget, workspace: Workspace, view: View) -> None:
    """Open a menu of ways to copy or save a view."""
    save_menu(parent, workspace, view.title, view.arrays, view.picture)
