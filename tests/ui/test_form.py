"""Forms change only the rows that differ."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QFormLayout, QLabel
from pytestqt.qtbot import QtBot

from workbench.graph import TrainingSection
from workbench.graph.training import SGD, Adam
from workbench.layers import CATALOGUE
from workbench.ui.form import ModelForm

FIELDS = ("epochs", "batch_size", "optimizer")


def _names(form: ModelForm) -> list[str]:
    """What stands before the editors, from the top."""
    layout = form.layout()
    assert isinstance(layout, QFormLayout)
    rows = range(layout.rowCount())
    labels = [layout.itemAt(row, QFormLayout.ItemRole.LabelRole).widget() for row in rows]
    return [label.text() for label in labels if isinstance(label, QLabel)]


def test_another_section_leaves_the_other_rows(qapp: QApplication, qtbot: QtBot) -> None:
    form, fresh = ModelForm(), ModelForm()
    qtbot.addWidget(form)
    qtbot.addWidget(fresh)
    form.show_model(TrainingSection(optimizer=Adam()), FIELDS)
    before = {name: form.editor(name) for name in ("epochs", "batch_size", "optimizer.name")}
    form.show_model(TrainingSection(optimizer=SGD()), FIELDS)
    fresh.show_model(TrainingSection(optimizer=SGD()), FIELDS)
    assert {name: form.editor(name) for name in before} == before
    assert [editor.objectName() for editor in form.editors] == [e.objectName() for e in fresh.editors]
    assert _names(form) == _names(fresh)
    form.show_model(TrainingSection(optimizer=Adam()), FIELDS)
    fresh.show_model(TrainingSection(optimizer=Adam()), FIELDS)
    assert _names(form) == _names(fresh)


def test_another_type_begins_anew(qapp: QApplication, qtbot: QtBot) -> None:
    """What was typed into a field of one layer isn't seen in another's field of that name."""
    form = ModelForm()
    qtbot.addWidget(form)
    form.show_model(CATALOGUE["Dropout"]())
    before = form.editor("p")
    form.show_model(CATALOGUE["Dropout2d"]())
    assert form.editor("p") is not before
