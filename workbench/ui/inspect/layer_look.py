"""What is shown of a layer is made here: at once where that takes no time, else in the background."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from workbench.ui.inspect.inspection import Inspection
from workbench.ui.inspect.layer_values import Shown, shown_of
from workbench.ui.jobs import Jobs, Latest

AT_ONCE = 300_000
"""Values that are gone through at once: on the machine that this was measured on in about 2 ms."""


class LayerLook(QObject):
    """The newest question counts."""

    found = Signal(object)
    """What to draw, or a sentence on why there is nothing: see `shown_of`."""

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._asked: object = None
        self._latest = Latest(jobs)
        self._latest.answered.connect(self._on_answer)

    def ask(self, seen: Inspection, layer: str, kind: str, part: str, classes: tuple[str, ...]) -> None:
        """Ask for what `shown_of` returns; ``found`` tells of it, for little numbers before this returns."""
        self._asked = asked = object()
        make = partial(shown_of, seen, layer, kind, part, classes)
        weights = seen.weights.get(layer, {}) if kind == "weights" else {}
        if sum(values.size for values in weights.values()) <= AT_ONCE:
            self.found.emit(make())
        else:
            self._latest.ask(lambda: (asked, _measured(make())))

    def drop(self) -> None:
        """What was asked isn't wanted any more."""
        self._asked = None

    def _on_answer(self, answer: tuple[object, Shown | str]) -> None:
        asked, shown = answer
        if asked is self._asked:
            self.found.emit(shown)


def _measured(shown: Shown | str) -> Shown | str:
    """Find the scale, which is kept, where nobody waits for it."""
    if isinstance(shown, Shown):
        _ = shown.limit
    return shown
