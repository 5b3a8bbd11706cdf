"""How to search: trials, epochs, the metric, who picks the values, and who gives trials up."""

from __future__ import annotations

from pydantic import BaseModel
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from workbench.graph.search import SearchSection
from workbench.ui.cards import Card, button
from workbench.ui.form import LABEL, Choice, ModelForm
from workbench.ui.wording import spelled
from workbench.ui.workspace import Workspace

_METRICS = {
    "classification": ("val_loss", "accuracy"),
    "regression": ("val_loss", "r2", "mean_absolute_error"),
}
_FEW = ("trials", "epochs")
_ALL = (*_FEW, "sampler", "pruner", "seed", "keep")


class SearchOptions(Card):
    """A form of the project's section ``search``, without its space; and where trials are kept."""

    storage_changed = Signal()
    """`storage` holds another address."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("How to search"), parent=parent)
        self.setObjectName("searchOptions")
        self._workspace = workspace
        tip = str(SearchSection.model_fields["metric"].description)
        self.metric_choice = Choice()
        self.metric_choice.setObjectName("searchMetric")
        self.metric_choice.setProperty("role", "param")
        self.metric_choice.setToolTip(tip)
        self.metric_choice.setAccessibleName(self.tr("Metric"))
        self.metric_choice.setAccessibleDescription(tip)
        self.metric_choice.activated.connect(lambda: self._change("metric", self.metric_choice.currentData()))
        self.more = button(self.tr("More"), "segment", name="searchMore")
        self.more.setCheckable(True)
        self.more.setToolTip(self.tr("Sampler, pruner, seed, and how many runs are kept."))
        self.more.toggled.connect(lambda: self.refresh())
        self.head.addWidget(self.more)
        first = QFormLayout()
        first.setContentsMargins(0, 0, 0, 0)
        first.setHorizontalSpacing(16)
        name = self._metric_name = QLabel(self.tr("Metric"))
        name.setMinimumWidth(LABEL)
        name.setBuddy(self.metric_choice)
        name.setToolTip(tip)
        first.addRow(name, self.metric_choice)
        first.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form = ModelForm()
        self._form.setObjectName("searchForm")
        self._form.edited.connect(self._edit)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addLayout(first)
        column.addWidget(self._form)
        column.addWidget(self._storage_row())
        self.body.addLayout(column)

    def _storage_row(self) -> QWidget:
        tip = self.tr(
            "Address of a database that machines share, such as postgresql://user:password@host/name. "
            "It is forgotten when the window closes."
        )
        self.storage = QLineEdit()
        self.storage.setObjectName("searchStorage")
        self.storage.setProperty("role", "param")
        self.storage.setPlaceholderText(self.tr("this folder"))
        self.storage.setToolTip(tip)
        self.storage.setAccessibleName(self.tr("Storage"))
        self.storage.setAccessibleDescription(tip)
        self.storage.editingFinished.connect(self.storage_changed)
        name = QLabel(self.tr("Storage"))
        name.setMinimumWidth(LABEL)
        name.setBuddy(self.storage)
        name.setToolTip(tip)
        self._storage_line = QWidget()
        line = QHBoxLayout(self._storage_line)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(16)
        line.addWidget(name)
        line.addWidget(self.storage, 1)
        return self._storage_line

    def refresh(self) -> None:
        """Show the project's section as it is now."""
        section = self._workspace.project.search or SearchSection()
        data = self._workspace.dataset
        names = _METRICS.get(data.task if data else "classification", ("val_loss",))
        names = names if section.metric in names else (*names, section.metric)
        if [self.metric_choice.itemData(n) for n in range(self.metric_choice.count())] != list(names):
            self.metric_choice.clear()
            for name in names:
                self.metric_choice.addItem(spelled(name), name)
        self.metric_choice.setCurrentIndex(self.metric_choice.findData(section.metric))
        self._storage_line.setVisible(self.more.isChecked())
        self._form.show_model(section, _ALL if self.more.isChecked() else _FEW)

    @property
    def stops(self) -> list[QWidget]:
        """What the tab key goes through, in order."""
        return [self.more, self.metric_choice, *self._form.editors, self.storage]

    def set_editable(self, editable: bool) -> None:
        """Let it be edited, or only read, while a search is on."""
        for part in (self._metric_name, self.metric_choice, self._storage_line):
            part.setEnabled(editable)
        self._form.setEnabled(editable)

    def _edit(self, name: str, section: BaseModel) -> None:
        self._change(name, getattr(section, name))

    def _change(self, name: str, value: object) -> None:
        project = self._workspace.project
        section = (project.search or SearchSection()).model_copy(update={name: value})
        text = self.tr("Set {} of the search").format(name)
        self._workspace.edit(text, project.model_copy(update={"search": section}), f"search.{name}")
