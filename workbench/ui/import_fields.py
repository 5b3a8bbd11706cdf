"""Fields of the import dialogs: shapes of samples, and a class's arguments as JSON."""

from __future__ import annotations

import json
import re
from typing import Any

from PySide6.QtWidgets import QLineEdit

from workbench.layers import TensorSpec
from workbench.ui.param_editor import Choice, mark

_SIDES = re.compile(r"[1-9]\d{0,6}(?:\s*[x×*,\s]\s*[1-9]\d{0,6}){0,5}")

Shape = tuple[int, ...]


def read_shape(text: str) -> Shape | None:
    """Return the sides that a text such as 3×32×32 names, None where it is no shape."""
    if not _SIDES.fullmatch(text.strip()):
        return None
    return tuple(int(side) for side in re.findall(r"\d+", text))


def read_arguments(text: str) -> dict[str, Any]:
    """Return the object that a text holds as JSON; nothing is none. Raises ValueError with a sentence."""
    if not text.strip():
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"This is no JSON ({error}).") from error
    if not isinstance(found, dict):
        raise ValueError('Arguments go in braces, by name, such as {"num_classes": 10}.')
    return found


class ShapeEdit(QLineEdit):
    """A sample's shape."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", "param")
        self.setPlaceholderText("3×32×32")
        self.textChanged.connect(lambda: mark(self, ""))
        self.editingFinished.connect(self._check)

    @property
    def shape(self) -> Shape | None:
        """The shape, None where there is none or it can't be read."""
        return read_shape(self.text())

    def show_spec(self, spec: TensorSpec) -> None:
        """Write a shape."""
        self.setText(str(spec))

    def _check(self) -> None:
        if self.text().strip() and self.shape is None:
            mark(self, self.tr("Write a sample's sides, such as 3×32×32."))


def dtype_choice(name: str) -> Choice:
    """Return a choice between decimal and whole numbers."""
    box = Choice()
    box.setObjectName(name)
    box.addItems(["float32", "int64"])
    box.setProperty("role", "param")
    box.setMinimumWidth(100)
    return box
