"""The views that were put aside for a report."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from workbench.ui.inspect.view import View
from workbench.ui.inspect.view_picture import as_png, as_svg
from workbench.ui.plots import Plot


@dataclass(frozen=True, eq=False)
class Kept:
    """A view as it was when it was put aside."""

    title: str
    note: str
    picture: bytes


class Report(QObject):
    """They stay until they are taken out, or another project is opened."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.kept: tuple[Kept, ...] = ()

    def add(self, view: View, _checked: bool = False) -> None:
        """Put a view aside: a plot as lines, all else as it is on the screen."""
        draw = as_svg if isinstance(view.picture, Plot) else as_png
        self._set((*self.kept, Kept(view.title, view.note, draw(view.picture))))

    def remove(self, kept: Kept) -> None:
        """Take a view out."""
        self._set(tuple(other for other in self.kept if other is not kept))

    def clear(self) -> None:
        """Take all out."""
        self._set(())

    def _set(self, kept: tuple[Kept, ...]) -> None:
        if kept != self.kept:
            self.kept = kept
            self.changed.emit()
