"""Where the inspected sample lies on a map of samples that it is none of."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from workbench.ui.inspect.inspected import Inspected, MakeSubject, OwnSample
from workbench.ui.inspect.representation_question import Answer, Key
from workbench.ui.jobs import Jobs, Latest

if TYPE_CHECKING:
    from workbench.interpret.representation.projection import Map

Point = NDArray[np.float64]
Asked = tuple[Key, "int | OwnSample"]


class MapGuest(QObject):
    """Places it in the background. ``point`` is (2,), None while it isn't known; then ``why`` may say why."""

    found = Signal()

    def __init__(self, jobs: Jobs, inspected: Inspected, parent: QObject) -> None:
        super().__init__(parent)
        self._inspected = inspected
        self._asked: Asked | None = None
        self.point: Point | None = None
        self.why = ""
        self._latest = Latest(jobs)
        self._latest.answered.connect(self._on_answer)
        self._latest.failed.connect(self._on_failed)

    def look(self, answer: Answer) -> None:
        """Look for the inspected sample's place, if it isn't known; ``found`` tells of it.

        While another sample is drawn, the last place on the same map stays.
        """
        asked = (answer.key, self._inspected.sample)
        if asked == self._asked:
            return
        if self._asked is None or self._asked[0] != answer.key:
            self.point = None
        self._asked, self.why = asked, ""
        if answer.fitted is None or answer.fitted.put is None:
            self.why = self.tr("This kind of map can't add the inspected sample.")
        else:
            self.why = self.tr("Placing the inspected sample…")
            self._latest.ask(partial(_place, asked, answer.fitted, self._inspected.subject()))

    def _on_answer(self, found: tuple[Asked, Point]) -> None:
        if found[0] == self._asked:
            self.point, self.why = found[1], ""
            self.found.emit()

    def _on_failed(self, error: Exception) -> None:
        self.point, self.why = None, str(error)
        self.found.emit()


def _place(asked: Asked, fitted: Map, make: MakeSubject) -> tuple[Asked, Point]:
    return asked, fitted.place(make(None))
