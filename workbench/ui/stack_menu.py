"""The stack's context menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from workbench.ui.icons import icon

if TYPE_CHECKING:
    from workbench.ui.actions import Actions
    from workbench.ui.stack_table import StackTable

GROUPS = (
    ("cut", "copy", "paste", "duplicate"),
    ("bypass", "move_up", "move_down", "remove"),
    ("make_block", "repeat_block", "keep_block", "ungroup", "fold_all", "unfold_all"),
)


def stack_menu(table: StackTable, actions: Actions) -> QMenu:
    """Return the menu for the selected rows: their fixes first, then what can be done with them."""
    menu = QMenu(table)
    workspace = table.workspace
    report = workspace.report
    chosen = set(workspace.stack.chosen)
    problems = [p for p in (report.problems if report else ()) if p.layer in chosen]
    for problem in problems[:3]:
        for fix in problem.fixes:
            made = menu.addAction(icon("lightning", "accent"), fix.label)
            made.triggered.connect(
                lambda _=False, layer=problem.layer, fix=fix: workspace.stack.mend(layer, fix)
            )
    is_block = workspace.stack.is_block(workspace.selection)
    for group in GROUPS:
        if menu.actions():
            menu.addSeparator()
        for key in group:
            if key in {"repeat_block", "keep_block", "ungroup"} and not is_block:
                continue
            action = actions[key]
            if key != "paste":
                action.setEnabled(bool(chosen) or key in {"fold_all", "unfold_all"})
            menu.addAction(action)
    menu.aboutToHide.connect(lambda: _enable(actions))
    return menu


def _enable(actions: Actions) -> None:
    """The keys of these actions work without a menu too."""
    for group in GROUPS:
        for key in group:
            actions[key].setEnabled(True)
