"""A card of lines over the epochs, with a legend that says their values at the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from workbench.ui import theme
from workbench.ui.cards import Card, button
from workbench.ui.inspect.epochs_cursor import EpochCursor
from workbench.ui.inspect.epochs_lines import EpochLine, EpochLines
from workbench.ui.inspect.save_menu import offer
from workbench.ui.inspect.still_text import StillText
from workbench.ui.inspect.view import View
from workbench.ui.workspace import Workspace


class EpochsLinesCard(Card):
    """Lines, and a cursor that goes where it is clicked."""

    def __init__(self, workspace: Workspace, cursor: EpochCursor, title: str, name: str, note: str) -> None:
        super().__init__(title)
        self.setObjectName(name)
        self._cursor, self._note = cursor, note
        self._lines: list[EpochLine] = []
        self.plot = EpochLines(f"{name}Plot")
        self.plot.failed = workspace.tell_error
        self.plot.chosen.connect(cursor.go_to)
        self.plot.setToolTip(note)
        self.legend = StillText(f"{name}Legend", 2, "small")
        self._save = button("", "flat", glyph="download-simple", name=f"{name}Save")
        self._save.setToolTip(self.tr("Save"))
        self._save.setAccessibleName(self.tr("Save: {}").format(title))
        self._save.clicked.connect(lambda: offer(self, workspace, self.view()))
        self.head.addWidget(self._save)
        self.body.addWidget(self.legend)
        self.body.addWidget(self.plot, 1)

    def show_lines(
        self, lines: Sequence[EpochLine], span: tuple[float, float] | None = None, nothing: str = ""
    ) -> None:
        """Show lines, or where there are none, why."""
        self._lines = list(lines)
        self._nothing = nothing
        self.plot.setVisible(bool(lines))
        self._save.setEnabled(bool(lines))
        self.plot.show_lines(lines, span)
        self.show_place()

    def show_place(self) -> None:
        """Follow the cursor."""
        cursor = self._cursor
        self.plot.show_epoch(cursor.epoch, cursor.other_epoch if cursor.comparing else -1)
        if not self._lines:
            self.legend.setText(self._nothing)
            return
        look, said = theme.current(), []
        for line in self._lines:
            color = look.color(line.token).name()
            said.append(
                f"<span style='color:{color}'>━</span> {escape(line.name)} <b>{line.figure(cursor.epoch)}</b>"
            )
        self.legend.setText("&nbsp;&nbsp; ".join(said))

    def view(self) -> View:
        """Return what is shown."""
        arrays = {}
        for line in self._lines:
            arrays[line.name] = np.stack([np.asarray(line.epochs, np.float64), np.asarray(line.values)], 1)
        return View(self.title.text(), self._note, self.plot, arrays)
