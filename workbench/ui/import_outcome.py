"""What came of an import: the stack, how well it agrees with the original, and what was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.ui import cards, theme
from workbench.ui.cards import Card, label
from workbench.ui.figures_row import FiguresRow
from workbench.ui.icons import IconLabel
from workbench.ui.stack_preview import Sketch, StackPreview
from workbench.ui.wording import count, grouped

if TYPE_CHECKING:
    from workbench.importing.result import Imported, Parity


class ImportOutcome(QWidget):
    """Shows an `Imported`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("importOutcome")
        self.imported: Imported | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.M)
        head = QHBoxLayout()
        head.setSpacing(theme.S)
        self._title = label("", "subtitle", name="importTitle")
        head.addWidget(IconLabel("check-circle", "good", 22))
        head.addWidget(self._title, 1)
        column.addLayout(head)
        self._parity = label("", "", wrap=True, name="importParity")
        column.addWidget(self._parity)
        names = {
            "layers": self.tr("Layers"),
            "blocks": self.tr("Blocks"),
            "params": self.tr("Parameters"),
            "flops": self.tr("FLOPs a sample"),
        }
        self._figures = FiguresRow("import", names)
        column.addLayout(self._figures)
        self._notes = label("", "muted", wrap=True, name="importNotes")
        column.addWidget(self._notes)
        card = Card()
        card.body.setContentsMargins(8, 8, 4, 8)
        self.preview = StackPreview("importPreview")
        card.body.addWidget(cards.scrolling(self.preview))
        column.addWidget(card, 1)

    def display(self, imported: Imported, sketch: Sketch) -> None:
        """Show what was imported."""
        self.imported = imported
        self._title.setText(self.tr("{} was imported").format(imported.name))
        self._parity.setText(self._agreement(imported.parity))
        self._figures.display(
            layers=grouped(len(imported.graph)),
            blocks=grouped(len(imported.graph.blocks)),
            params=grouped(sketch.params),
            flops=count(sketch.flops),
        )
        self._notes.setText("\n".join(f"• {note}" for note in imported.notes))
        self._notes.setVisible(bool(imported.notes))
        self.preview.display(sketch.rows)

    def _agreement(self, parity: Parity) -> str:
        if parity.max_abs_diff == 0:
            said = self.tr(
                "Outputs agree exactly with the original's, compared on batches of {} random samples."
            )
            return said.format(_listed(parity.batch_sizes))
        said = self.tr(
            "Outputs agree to {:.2g} with the original's, compared on batches of {} random samples."
        )
        return said.format(parity.max_abs_diff, _listed(parity.batch_sizes))


def _listed(sizes: tuple[int, ...]) -> str:
    return " and ".join(map(str, sizes))
