"""Design: what is selected, the palette, the code, and what there is to know before training."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from workbench.ui.before_card import BeforeCard
from workbench.ui.cards import Page
from workbench.ui.code_card import CodeCard
from workbench.ui.palette_card import PaletteCard
from workbench.ui.selected_card import SelectedCard
from workbench.ui.workspace import Workspace


class DesignPanel(Page):
    """The stage in which the stack is made."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("designPanel")
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(SelectedCard(workspace), 4)
        top.addWidget(PaletteCard(workspace), 5)
        bottom = QHBoxLayout()
        bottom.setSpacing(12)
        bottom.addWidget(CodeCard(workspace), 5)
        bottom.addWidget(BeforeCard(workspace), 4)
        self.column.addLayout(top, 5)
        self.column.addLayout(bottom, 4)
