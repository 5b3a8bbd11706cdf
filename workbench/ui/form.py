"""A form for any frozen pydantic model: one declaration gives the document and its editor."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QFrame, QLabel, QLineEdit, QWidget

from workbench.graph.file import explain
from workbench.layers.params import Param, params_of
from workbench.ui.param_editor import Choice, editor_of, explained, fill, mark, read, spoken, written

__all__ = ["LABEL", "Choice", "ModelForm"]

LABEL = 118
"""Width of the names, so that forms one above the other line up."""


class ModelForm(QFrame):
    """Edits a model's fields; each valid edit is sent as a new model.

    Of several models of one type it shows what they have in common; what was sent is the first with the edit.
    """

    edited = Signal(str, object)
    """The field's name and the new model."""
    rejected = Signal(str)
    """Why what was typed can't be; empty once it is given up."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QFormLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setHorizontalSpacing(16)
        self._layout.setVerticalSpacing(6)
        self._layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._layout.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._model: BaseModel | None = None
        self._varies: frozenset[str] = frozenset()
        self._editors: dict[str, QWidget] = {}
        self._params: dict[str, Param] = {}
        self._shape: tuple[Any, ...] = ()

    def show_model(self, model: BaseModel, only: tuple[str, ...] = ()) -> None:
        """Show a model's fields (or only some of them), keeping the focus where it is if it can."""
        self.show_models((model,), only)

    def show_models(self, models: Sequence[BaseModel], only: tuple[str, ...] = ()) -> None:
        """Show the fields of models of one type; those in which they differ say so."""
        model = models[0]
        shape = (type(model), only, *_section_types(model, only))
        self._model = model
        if shape != self._shape:
            if shape[:2] != self._shape[:2]:  # another type's fields begin anew, whatever their names
                self._keep({})
            self._shape = shape
            self._build(model, only)
        differ = []
        for path, editor in self._editors.items():
            value = _get(model, path)
            varies = any(_get(other, path) != value for other in models[1:])
            differ += [path] if varies else []
            fill(editor, value, varies)
        self._varies = frozenset(differ)

    @property
    def editors(self) -> list[QWidget]:
        """The editors, top to bottom."""
        return list(self._editors.values())

    def editor(self, name: str) -> QWidget:
        """Return the editor of a field; nested fields are named ``optimizer.lr``."""
        return self._editors[name]

    def _build(self, model: BaseModel, only: tuple[str, ...]) -> None:
        """Make the rows that are missing; those that stay are left alone."""
        wanted = dict(_fields(model, only))
        stay = {path: param for path, param in self._params.items() if wanted.get(path) == param}
        self._keep(stay if list(stay) == [path for path in wanted if path in stay] else {})
        for row, (path, param) in enumerate(wanted.items()):
            if path not in self._params:
                self._add(row, path, param)
        self._params = wanted
        self._editors = {path: self._editors[path] for path in wanted}

    def _keep(self, stay: Container[str]) -> None:
        """Remove all rows but some."""
        for path in [path for path in self._params if path not in stay]:
            self._layout.removeRow(self._editors.pop(path))
            del self._params[path]

    def _add(self, row: int, path: str, param: Param) -> None:
        editor = editor_of(param)
        editor.setObjectName(f"param_{path}")
        editor.setToolTip(explained(param))
        editor.setAccessibleName(spoken(param.name))
        editor.setAccessibleDescription(explained(param))
        if isinstance(editor, QCheckBox):
            editor.clicked.connect(lambda on: self._commit(path, on))
        elif isinstance(editor, QComboBox):
            editor.activated.connect(lambda: self._commit(path, editor.currentData()))
        elif isinstance(editor, QLineEdit):
            editor.textEdited.connect(lambda text: self._commit(path, read(text, param), editor))
            editor.editingFinished.connect(lambda: self._settle(path, editor))
        name = QLabel(spoken(param.name))
        name.setToolTip(explained(param))
        name.setBuddy(editor)
        name.setMinimumWidth(LABEL)
        self._layout.insertRow(row, name, editor)
        self._editors[path] = editor

    def _commit(self, path: str, value: Any, field: QLineEdit | None = None) -> None:
        if self._model is None:
            return
        try:
            model = _set(self._model, path, value)
        except ValidationError as error:
            if field:
                mark(field, explain(error))
            self.rejected.emit(explain(error))
            return
        if field:
            mark(field, "")
        self._model = model
        self.edited.emit(path, model)

    def _settle(self, path: str, field: QLineEdit) -> None:
        """On leaving a field, what can't be gives way to what is."""
        if self._model is not None and not field.hasFocus():
            if field.property("invalid") == "true":
                self.rejected.emit("")
            mark(field, "")
            field.setText("" if path in self._varies else written(_get(self._model, path)))


def _fields(model: BaseModel, only: tuple[str, ...]) -> Iterator[tuple[str, Param]]:
    """Paths and params, top to bottom."""
    for param in params_of(type(model)):
        if only and param.name not in only:
            continue
        if param.kind == "section":
            yield from _section_fields(param, getattr(model, param.name))
        else:
            yield param.name, param


def _section_fields(param: Param, value: BaseModel) -> Iterator[tuple[str, Param]]:
    if "name" in type(value).model_fields:  # there are others to choose from
        names = tuple(str(s.model_fields["name"].default) for s in param.sections)
        yield f"{param.name}.name", Param(param.name, "choice", names[0], param.help, choices=names)
    for inner in params_of(type(value)):
        if inner.name != "name":
            yield f"{param.name}.{inner.name}", inner


def _section_types(model: BaseModel, only: tuple[str, ...]) -> tuple[type, ...]:
    values = (getattr(model, name) for name in only or type(model).model_fields)
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
