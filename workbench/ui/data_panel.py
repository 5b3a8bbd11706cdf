"""Data: what is loaded, how it is split, and a look at it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from workbench.graph import DataSection, Split
from workbench.graph.project import Text
from workbench.ui import cards, theme
from workbench.ui.bars import Shares
from workbench.ui.cards import Card, Empty, Page, label
from workbench.ui.data_preview import DataPreview
from workbench.ui.data_spread import DataSpread
from workbench.ui.data_words import described
from workbench.ui.form import Choice, ModelForm
from workbench.ui.jobs import Latest
from workbench.ui.text_choice import TextChoice, Vocabulary
from workbench.ui.wording import grouped
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset
    from workbench.data.preview import Summary

TONES = {"train": "accent", "validation": "validation", "test": "test"}


class DataPanel(Page):
    """The stage in which data are looked at."""

    data_wanted = Signal(bool)
    """The user wants other data: from a folder (True) or a file."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dataPanel")
        self._workspace = workspace
        self._pages = QStackedWidget()
        self.column.addWidget(self._pages)
        self._empty = Empty("database", "", "")
        for text, folder in ((self.tr("Choose a file…"), False), (self.tr("Choose a folder…"), True)):
            made = cards.button(text, name="chooseFolder" if folder else "chooseFile")
            made.clicked.connect(lambda _=False, folder=folder: self.data_wanted.emit(folder))
            self._empty.buttons.addWidget(made)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._full())
        self._summarise = Latest(workspace.jobs)
        self._summarise.answered.connect(self._show_summary)
        self._summarise.failed.connect(workspace.tell_error)
        workspace.data_changed.connect(self._show)
        workspace.changed.connect(self._show_section)
        self._show()

    def _full(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.M)
        top = QHBoxLayout()
        top.setSpacing(theme.M)
        top.addWidget(self._source_card(), 1)
        top.addWidget(self._split_card(), 1)
        column.addLayout(top)
        below = QHBoxLayout()
        below.setSpacing(theme.M)
        self._preview, self._spread = DataPreview(), DataSpread()
        below.addWidget(self._preview, 5)
        below.addWidget(self._spread, 3)
        column.addLayout(below, 1)
        return page

    def _source_card(self) -> Card:
        card = Card(self.tr("Source"))
        self._source = card
        facts = QFormLayout()
        facts.setHorizontalSpacing(18)
        facts.setVerticalSpacing(6)
        self._facts = {}
        for key, text in (
            ("path", self.tr("From")),
            ("samples", self.tr("Samples")),
            ("shape", self.tr("One sample")),
            ("task", self.tr("Task")),
        ):
            self._facts[key] = label("", "mono", name=f"data_{key}", wrap=True)
            facts.addRow(label(text, "muted"), self._facts[key])
        self._target_label = label(self.tr("Target"), "muted")
        self._target = Choice()
        self._target.setObjectName("target")
        self._target.setAccessibleName(self.tr("Column to predict"))
        self._target.activated.connect(self._set_target)
        facts.addRow(self._target_label, self._target)
        self._text_label = label(self.tr("Text"), "muted")
        self._text = TextChoice()
        self._text.chosen.connect(self._set_text)
        facts.addRow(self._text_label, self._text)
        card.body.addLayout(facts)
        self._notes = label("", "muted", wrap=True, name="dataNotes")
        card.body.addWidget(self._notes)
        card.body.addStretch(1)
        for text, folder in ((self.tr("Other file…"), False), (self.tr("Other folder…"), True)):
            made = cards.button(text, "flat")
            made.clicked.connect(lambda _=False, folder=folder: self.data_wanted.emit(folder))
            card.head.addWidget(made)
        return card

    def _split_card(self) -> Card:
        card = Card(self.tr("Split"), self.tr("every sample is in exactly one part"))
        self._shares = Shares("splitShares")
        card.body.addWidget(self._shares)
        self._split = ModelForm()
        self._split.edited.connect(self._edit_split)
        card.body.addWidget(self._split)
        self._vocabulary = Vocabulary()
        self._vocabulary.edited.connect(self._set_text)
        card.body.addWidget(self._vocabulary)
        card.body.addStretch(1)
        return card

    # Showing

    def _show(self) -> None:
        workspace = self._workspace
        dataset = workspace.dataset
        self._pages.setCurrentIndex(1 if dataset else 0)
        self._preview.display(dataset)
        if dataset is None:
            self._say_why()
            return
        self._show_source(dataset)
        self._summarise.ask(partial(_summary, dataset))

    def _say_why(self) -> None:
        workspace = self._workspace
        if workspace.data_error is not None:
            self._empty.display(self.tr("The data can't be read"), str(workspace.data_error))
        elif workspace.project.data is None:
            text = self.tr("Drop a file here, or choose one. The stack stays as it is.")
            self._empty.display(self.tr("No data yet"), text)
        else:
            self._empty.display(self.tr("Reading data…"), "")

    def _show_section(self) -> None:
        section = self._workspace.project.data
        if section is not None:
            dataset = self._workspace.dataset
            regression = dataset is not None and dataset.task == "regression"
            only = (
                ("validation", "test", "seed") if regression else ()
            )  # values have no classes to keep alike
            self._split.show_model(section.split, only)

    def _show_source(self, dataset: Dataset) -> None:
        section = self._workspace.project.data
        assert section is not None
        self._source.title.setText(dataset.name)
        bundled = section.format == "sklearn"
        self._facts["path"].setText(self.tr("scikit-learn") if bundled else Path(section.path).name)
        self._facts["path"].setToolTip(section.path)
        self._facts["samples"].setText(grouped(len(dataset)))
        self._facts["shape"].setText(described(dataset))
        classes = self.tr("classification, {} classes").format(len(dataset.classes))
        self._facts["task"].setText(classes if dataset.classes else dataset.task)
        self._notes.setText("\n".join(dataset.notes))
        self._notes.setVisible(bool(dataset.notes))
        self._show_section()
        self._show_targets(dataset, section)

    def _show_targets(self, dataset: Dataset, section: DataSection) -> None:
        names = self._columns(section)
        self._target.setEnabled(bool(names))
        self._target.clear()
        self._target.addItems(list(names) or [dataset.target])
        self._target.setCurrentText(dataset.target)
        for part in (self._text_label, self._text):
            part.setVisible(bool(names))
        read = dataset.tokenizer
        text = section.text or (Text(column=read.column, length=read.length) if read else None)
        columns = tuple(name for name in names if name != dataset.target)
        self._text.display(columns, text.column if text else "")
        self._vocabulary.display(text)

    def _columns(self, section: DataSection) -> tuple[str, ...]:
        from workbench.data.registry import FORMATS

        found = FORMATS[section.format]
        folder = self._workspace.folder
        return tuple(found.columns(found.locate(section, folder))) if folder else ()

    def _show_summary(self, summary: Summary) -> None:
        dataset = self._workspace.dataset
        if dataset is None or summary.samples != len(dataset):
            return
        self._shares.display([(name, count, TONES[name]) for name, count in summary.splits.items()])
        self._spread.display(dataset, summary)
        self._preview.show_features(summary)

    # Editing

    def _edit_section(self, label_: str, section: DataSection, merge_key: str | None = None) -> None:
        project = self._workspace.project.model_copy(update={"data": section})
        self._workspace.edit(label_, project, merge_key)

    def _edit_split(self, name: str, split: BaseModel) -> None:
        section = self._workspace.project.data
        if section is not None and isinstance(split, Split):
            changed = section.model_copy(update={"split": split})
            self._edit_section(self.tr("Set split {}").format(name), changed, f"split.{name}")

    def _set_target(self) -> None:
        section = self._workspace.project.data
        if section is not None:
            target = self._target.currentText()
            changed = section.model_copy(update={"target": target, "task": None})
            if changed.text is not None and changed.text.column == target:
                changed = changed.model_copy(update={"text": None})
            self._edit_section(self.tr("Predict {}").format(target), changed)

    def _set_text(self, text: Text | None) -> None:
        section = self._workspace.project.data
        if section is not None:
            said = (
                self.tr("Read no text")
                if text is None
                else self.tr("Read the text of {}").format(text.column)
            )
            self._edit_section(said, section.model_copy(update={"text": text}), "data.text")


def _summary(dataset: Dataset) -> Summary:
    from workbench.data.preview import summary

    return summary(dataset)
