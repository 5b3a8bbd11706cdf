"""What can be done with several selected layers at once."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from workbench.ui import cards
from workbench.ui.flow_layout import FlowLayout
from workbench.ui.workspace import Workspace


class SelectionActions(QWidget):
    """A row of buttons, each with its keys in the tip."""

    def __init__(self, workspace: Workspace, *, small: bool = False) -> None:
        super().__init__()
        stack = workspace.stack
        flow = FlowLayout(self, gap=4 if small else 6)
        for name, glyph, text, keys, act in (
            (
                "makeBlock",
                "stack",
                self.tr("Make block"),
                "Ctrl+G",
                lambda: stack.blocks.group(self.tr("Block")),
            ),
            ("duplicate", "copy-simple", self.tr("Duplicate"), "Ctrl+D", stack.duplicate),
            ("bypass", "eye-slash", self.tr("Bypass"), "Ctrl+B", stack.toggle_bypass),
            ("remove", "trash", self.tr("Remove"), self.tr("Del"), lambda: stack.remove()),
        ):
            made = cards.button(
                text, "fix" if small else "", glyph="" if small else glyph, name=f"selection_{name}"
            )
            made.setToolTip(f"{text} ({keys})")
            made.clicked.connect(lambda _=False, act=act: act())
            flow.addWidget(made)
