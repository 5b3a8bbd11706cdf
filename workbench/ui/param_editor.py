"""The editors of params: which widget a param gets, how it shows a value, how a typed text is read."""

from __future__ import annotations

import re
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from workbench.layers.params import Param
from workbench.ui.choice_words import said

_VARIES = "varies"
_EMPTY = {"weights": "random", "epochs": "as in Settings", "layers": "all"}
"""What a setting is while its field is empty, where that isn't "auto"."""


class Choice(QComboBox):
    """A combo box that scrolling past doesn't change."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def spoken(name: str) -> str:
    """Return a field's name as a label: out_channels as "Out channels"."""
    known = {
        "lr": "Learning rate",
        "p": "Drop chance",
        "bias": "Bias",
        "dtype": "Data type",
        "eps": "Epsilon",
        "nhead": "Num heads",
        "ema": "EMA",
        "tf32": "TF32",
        "adamw_lr": "AdamW rate",
        "beta1": "Beta 1",
        "beta2": "Beta 2",
        "l1": "L1 penalty",
        "l2": "L2 penalty",
        "rise": "Rising share",
        "warmup": "Warm-up share",
        "save_minutes": "Save every (min)",
        "shard": "Shard weights",
    }
    return known.get(name, name.replace("_", " ").capitalize())


def written(value: Any) -> str:
    """Return a value as the form shows it."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return (", " if any(isinstance(v, str) for v in value) else " × ").join(written(v) for v in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def read(text: str, param: Param) -> Any:
    """Return what a typed text says: numbers, sizes such as 3×3, empty as None; else the text itself."""
    text = text.strip()
    if not text and param.optional:
        return None
    if param.kind == "size":
        parts = [p for p in re.split(r"[×x*,;\s]+", text) if p]
        if all(re.fullmatch(r"-?\d+", p) for p in parts):
            numbers = tuple(int(p) for p in parts)
            return numbers[0] if len(numbers) == 1 and not param.open else numbers
    return text


def editor_of(param: Param) -> QWidget:
    """Return a new editor for a param."""
    if param.kind == "bool":
        switch = QCheckBox()
        switch.setMinimumHeight(26)
        return switch
    if param.kind == "choice":
        box = Choice()
        for value in param.choices:
            box.addItem(said(param.name, value), value)
        box.setProperty("role", "param")
        return box
    field = QLineEdit()
    field.setProperty("role", "param")
    field.setAlignment(Qt.AlignmentFlag.AlignRight)
    field.setProperty("empty", _EMPTY.get(param.name, "auto" if param.optional else ""))
    return field


def fill(editor: QWidget, value: Any, varies: bool) -> None:
    """Show a value, or that the values of several models differ; what is being typed stays."""
    if isinstance(editor, QCheckBox):
        editor.setTristate(varies)
        partly = Qt.CheckState.PartiallyChecked
        editor.setCheckState(
            partly if varies else Qt.CheckState.Checked if value else Qt.CheckState.Unchecked
        )
    elif isinstance(editor, QComboBox):
        editor.setPlaceholderText(_VARIES if varies else "")
        if varies:
            editor.setCurrentIndex(-1)
        else:
            editor.setCurrentIndex(editor.findData(str(value)))
    elif isinstance(editor, QLineEdit):
        empty = _VARIES if varies else str(editor.property("empty"))
        if editor.placeholderText() != empty:
            editor.setPlaceholderText(empty)
        text = "" if varies else written(value)
        if editor.text() != text and not (editor.hasFocus() and editor.isModified()):
            editor.setText(text)


def mark(field: QLineEdit, fault: str) -> None:
    """Show that what a field holds can't be, or that it can again."""
    if not fault and field.property("invalid") != "true":
        return
    field.setProperty("invalid", "true" if fault else "false")
    field.setToolTip(fault or field.accessibleDescription())
    field.style().unpolish(field)
    field.style().polish(field)


def explained(param: Param) -> str:
    """What a param is, and what it may be."""
    low, high = ("" if end is None else f"{end:g}" for end in (param.minimum, param.maximum))
    bounds = (
        f"{low} to {high}" if low and high else f"{low} or more" if low else f"up to {high}" if high else ""
    )
    choices = ", ".join(param.choices) if param.kind == "size" else ""
    sides = f"up to {param.most} numbers" if param.open and param.kind == "size" else ""
    if param.most > 1 and not param.open:
        sides = f"one number or {param.most}: {' × '.join(['3'] * param.most)}"
    may_be = "; or ".join(filter(None, (choices, ", ".join(filter(None, (bounds, sides))))))
    return f"{param.help} ({may_be})" if may_be else param.help
