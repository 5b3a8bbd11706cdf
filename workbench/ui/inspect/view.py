"""A view of Inspect, as it is saved, copied and put into a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget


@dataclass(frozen=True, eq=False)
class View:
    """What a card shows now.

    ``title``: what it is of ("Grad-CAM at conv2 for sample 12"). ``note``: a sentence on what the numbers
    are. ``picture``: the widget that is drawn, a `Plot` where it is one. ``arrays``: its numbers, by name.
    """

    title: str
    note: str
    picture: QWidget
    arrays: Mapping[str, NDArray[Any]]
