"""A layer's outputs for one sample after one epoch, drawn: maps, a matrix, or bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.train.probe_plan import LayerPlan
from workbench.ui.cards import label, set_role
from workbench.ui.gallery import Gallery
from workbench.ui.images import heat
from workbench.ui.inspect.epochs_units import EpochsUnits

MOST = 64
"""Maps drawn at once, so that moving through the epochs is smooth."""


class EpochsValues(QWidget):
    """One column of the card: a heading, and the values below it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.heading = label("", "small", name=f"{name}Heading")
        self.maps = Gallery(f"{name}Maps")
        self.maps.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.units = EpochsUnits(f"{name}Units")
        column.addWidget(self.heading)
        column.addWidget(self.maps, 0, Qt.AlignmentFlag.AlignTop)
        column.addWidget(self.units, 1)
        column.addStretch(0)

    def display(
        self,
        heading: str,
        role: str,
        values: NDArray[Any],
        limits: tuple[float, float],
        plan: LayerPlan,
        room: int,
        names: Sequence[str] = (),
    ) -> None:
        """Show values, shape as kept; colours and axes span ``limits``. ``room``: columns side by side.

        ``names``: of the units of the whole layer, if they have some.
        """
        self.heading.setText(heading)
        set_role(self.heading, role)
        numbers = np.asarray(values, np.float32)
        pictures = as_maps(numbers)
        self.maps.setVisible(bool(pictures))
        self.units.setVisible(not pictures)
        low, high = limits
        if pictures:
            top = max(abs(low), abs(high)) or 1.0
            every = plan.every[0] if numbers.ndim >= 3 else 1
            images = _heats(pictures[:MOST], low < 0, top)
            items = [
                (image, str(n * every) if len(images) > 1 else "", "muted") for n, image in enumerate(images)
            ]
            self.maps.display(items, _side(len(items), room))
        else:
            every = plan.every[-1] if plan.every else 1
            span = (min(low, 0.0), max(high, 0.0, low + 1e-6))
            self.units.show_units(numbers.reshape(-1), span, every, names)


def as_maps(values: NDArray[Any]) -> list[NDArray[Any]]:
    """Return the pictures that values are: channels, or one matrix; none for a vector."""
    if values.ndim >= 3:
        return list(values.reshape(-1, *values.shape[-2:]))
    return [values] if values.ndim == 2 else []


def _heats(maps: list[NDArray[Any]], signed: bool, limit: float) -> list[QImage]:
    """Maps of one size as heat maps, coloured in one go."""
    high, wide = maps[0].shape
    whole = heat(np.concatenate(maps), signed=signed, limit=limit)
    return [whole.copy(0, n * high, wide, high) for n in range(len(maps))]


def _side(count: int, room: int) -> int:
    """How large pictures are, in pixels."""
    if count == 1:
        return 260 if room == 1 else 160
    if room > 1:
        return 72 if count <= 8 else 52
    return 112 if count <= 10 else 84 if count <= 24 else 64
