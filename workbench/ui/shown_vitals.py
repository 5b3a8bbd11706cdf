"""Whose vitals the stack shows: the sample's that is inspected, else the training's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workbench.ui.row_vitals import RowVitals, TrainedVitals


class ShownVitals:
    """Vitals by the layers' ids; false while there are none."""

    def __init__(self) -> None:
        self.inspected: Mapping[str, RowVitals] = {}
        self.trained: TrainedVitals | None = None

    @property
    def _seen(self) -> Mapping[str, RowVitals] | TrainedVitals:
        return self.inspected or self.trained or {}

    def __bool__(self) -> bool:
        return bool(self._seen)

    def of(self, layers: Sequence[str]) -> RowVitals | None:
        """Return those of the first of some layers that isn't well, else of the last; None without any."""
        seen = self._seen
        ill = seen.findings if isinstance(seen, TrainedVitals) else {}
        return seen.get(next((name for name in layers if name in ill), layers[-1]))
