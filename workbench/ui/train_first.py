"""What a stage shows that needs a trained network, before there is one."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from workbench.ui.cards import Empty, button


class TrainFirst(Empty):
    """Says what the stage is for, and offers to train."""

    def __init__(self, glyph: str, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(glyph, title, text, parent)
        train = button(self.tr("Train"), "primary", glyph="play")
        train.clicked.connect(lambda: self.window().train())  # type: ignore[attr-defined]
        self.buttons.addWidget(train)
