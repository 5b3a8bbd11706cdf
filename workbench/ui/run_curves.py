"""The curves of a run under way: points come in often, and are joined to a curve where it is looked at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from workbench.ui.curve import Curve


class RunCurves:
    """Curves over epochs, by name. Adding a few points to a `Curve` costs as much as adding many."""

    def __init__(self) -> None:
        self._curves: dict[str, Curve] = {}
        self._fresh: dict[str, list[tuple[ArrayLike, ArrayLike]]] = defaultdict(list)

    def add(self, name: str, places: ArrayLike, values: ArrayLike) -> None:
        """Add points to a curve: two sequences of one length, or two numbers; places never fall."""
        self._fresh[name].append((places, values))

    def begin_with(self, curves: Mapping[str, Curve]) -> None:
        """Take what was drawn before, to go on with."""
        self._curves.update(curves)

    def get(self, name: str) -> Curve | None:
        """Return a curve with all its points so far; None where there is none."""
        curve, fresh = self._curves.get(name), self._fresh.pop(name, None)
        if fresh:
            if curve is None:
                curve = self._curves[name] = Curve()
            places, values = zip(*fresh, strict=True)
            curve.append(np.hstack(places), np.hstack(values))
        return curve

    def __getitem__(self, name: str) -> Curve:
        """Return a curve with all its points so far. Raises `KeyError` where there is none."""
        curve = self.get(name)
        if curve is None:
            raise KeyError(name)
        return curve
