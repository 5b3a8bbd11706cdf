"""Figures side by side, each under what it is."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from workbench.ui.cards import label


class FiguresRow(QHBoxLayout):
    """A figure a key; "–" until it is known. Its label is called by the row's name and the key."""

    def __init__(self, name: str, texts: Mapping[str, str]) -> None:
        super().__init__()
        self.setSpacing(28)
        self._values = {}
        for key, text in texts.items():
            pair = QVBoxLayout()
            pair.setSpacing(1)
            self._values[key] = label("–", "mono", name=f"{name}_{key}")
            pair.addWidget(label(text, "small"))
            pair.addWidget(self._values[key])
            self.addLayout(pair)
        self.addStretch(1)

    def display(self, **figures: str) -> None:
        """Show some figures, by their keys."""
        for key, figure in figures.items():
            self._values[key].setText(figure)
