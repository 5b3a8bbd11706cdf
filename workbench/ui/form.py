"""A form for any frozen pydantic model: one declaration gives the document and its editor."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel, ValidationError
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QFrame, QLabel, QLineEdit, QWidget

from workbench.graph.file import explain
from workbench.layers.params import Param, params_of

LABEL = 112
"""Width of the names, so that forms one above the other line up."""


class Choice(QComboBox):
    """A combo box that scrolling past doesn't change."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class ModelForm(QFrame):
    """Edits a model's fields; each valid edit is sent as a new model."""

    edited = Signal(str, object)
    """The field's name and the new model."""
    rejected = Signal(str)
    """Why what was typed can't be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QFormLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setHorizontalSpacing(16)
        self._layout.setVerticalSpacing(6)
        self._layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._layout.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._model: BaseModel | None = None
        self._editors: dict[str, QWidget] = {}
        self._shape: tuple[Any, ...] = ()

    def show_model(self, model: BaseModel, only: tuple[str, ...] = ()) -> None:
        """Show a model's fields (or only some of them), keeping the focus where it is if it can."""
        shape = (type(model), only, *_section_types(model))
        self._model = model
        if shape != self._shape:
            self._shape = shape
            self._build(model, only)
        for path, editor in self._editors.items():
            _fill(editor, _get(model, path))

    def editor(self, name: str) -> QWidget:
        """Return the editor of a field; nested fields are named ``optimizer.lr``."""
        return self._editors[name]

    def _build(self, model: BaseModel, only: tuple[str, ...]) -> None:
        while self._layout.rowCount():
            self._layout.removeRow(0)
        self._editors = {}
        for param in params_of(type(model)):
            if only and param.name not in only:
                continue
            if param.kind == "section":
                self._build_section(param, getattr(model, param.name))
            else:
                self._add(param.name, param)

    def _build_section(self, param: Param, value: BaseModel) -> None:
        names = tuple(str(s.model_fields["name"].default) for s in param.sections)
        self._add(f"{param.name}.name", Param(param.name, "choice", names[0], param.help, choices=names))
        for inner in params_of(type(value)):
            if inner.name != "name":
                self._add(f"{param.name}.{inner.name}", inner)

    def _add(self, path: str, param: Param) -> None:
        editor = _editor(param)
        editor.setObjectName(f"param_{path}")
        editor.setToolTip(_help(param))
        editor.setAccessibleName(spoken(param.name))
        editor.setAccessibleDescription(param.help)
        if isinstance(editor, QCheckBox):
            editor.toggled.connect(lambda on: self._commit(path, on))
        elif isinstance(editor, QComboBox):
            editor.activated.connect(lambda: self._commit(path, editor.currentText()))
        elif isinstance(editor, QLineEdit):
            editor.textEdited.connect(lambda text: self._commit(path, read(text, param), editor))
            editor.editingFinished.connect(lambda: self._settle(path, editor))
        name = QLabel(spoken(param.name))
        name.setToolTip(_help(param))
        name.setBuddy(editor)
        name.setMinimumWidth(LABEL)
        self._layout.addRow(name, editor)
        self._editors[path] = editor

    def _commit(self, path: str, value: Any, field: QLineEdit | None = None) -> None:
        if self._model is None:
            return
        try:
            model = _set(self._model, path, value)
        except ValidationError as error:
            if field:
                _mark(field, explain(error))
            self.rejected.emit(explain(error))
            return
        if field:
            _mark(field, "")
        self._model = model
        self.edited.emit(path, model)

    def _settle(self, path: str, field: QLineEdit) -> None:
        """On leaving a field, what can't be gives way to what is."""
        if self._model is not None and not field.hasFocus():
            _mark(field, "")
            field.setText(written(_get(self._model, path)))


def spoken(name: str) -> str:
    """Return a field's name as a label: out_channels as "Out channels"."""
    known = {
        "lr": "Learning rate",
        "p": "Drop chance",
        "bias": "Bias",
        "dtype": "Data type",
        "eps": "Epsilon",
    }
    return known.get(name, name.replace("_", " ").capitalize())


def written(value: Any) -> str:
    """Return a value as the form shows it."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return " × ".join(written(v) for v in value)
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
            return numbers[0] if len(numbers) == 1 and param.name != "shape" else numbers
    return text


def _editor(param: Param) -> QWidget:
    if param.kind == "bool":
        return QCheckBox()
    if param.kind == "choice":
        box = Choice()
        box.addItems(list(param.choices))
        box.setProperty("role", "param")
        return box
    field = QLineEdit()
    field.setProperty("role", "param")
    field.setAlignment(Qt.AlignmentFlag.AlignRight)
    if param.optional:
        field.setPlaceholderText("auto")
    return field


def _fill(editor: QWidget, value: Any) -> None:
    if isinstance(editor, QCheckBox):
        editor.blockSignals(True)
        editor.setChecked(bool(value))
        editor.blockSignals(False)
    elif isinstance(editor, QComboBox):
        editor.setCurrentText(str(value))
    elif isinstance(editor, QLineEdit) and not (editor.hasFocus() and editor.isModified()):
        editor.setText(written(value))


def _mark(field: QLineEdit, fault: str) -> None:
    field.setProperty("invalid", "true" if fault else "false")
    field.setToolTip(fault or field.accessibleDescription())
    field.style().unpolish(field)
    field.style().polish(field)


def _help(param: Param) -> str:
    bounds = ""
    if param.minimum is not None or param.maximum is not None:
        low = "" if param.minimum is None else f"{param.minimum:g}"
        high = "" if param.maximum is None else f"{param.maximum:g}"
        bounds = f" ({low} to {high})"
    return f"{param.help}{bounds}"


def _section_types(model: BaseModel) -> tuple[type, ...]:
    values = (getattr(model, name) for name in type(model).model_fields)
    return tuple(type(v) for v in values if isinstance(v, BaseModel))


def _get(model: BaseModel, path: str) -> Any:
    head, _, rest = path.partition(".")
    value = getattr(model, head)
    return _get(value, rest) if rest else value


def _set(model: BaseModel, path: str, value: Any) -> BaseModel:
    head, _, rest = path.partition(".")
    values = {name: getattr(model, name) for name in type(model).model_fields}
    if rest == "name":
        values[head] = value  # the section's own defaults take over
    elif rest:
        values[head] = _set(values[head], rest, value)
    else:
        values[head] = value
    return type(model).model_validate(values)
