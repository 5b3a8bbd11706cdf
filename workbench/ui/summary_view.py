"""The summary table: a row a layer, subtotals of blocks, totals; to copy and save."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QWidget

from workbench.errors import UserError
from workbench.graph.atomic import write_atomic
from workbench.ui import cards
from workbench.ui.cards import Segments, label
from workbench.ui.dialog import Dialog
from workbench.ui.file_choice import ask_for_target
from workbench.ui.import_told import Told
from workbench.ui.notice import Notice
from workbench.ui.stack_picture import Subject, report_of, stem, subject, with_suffix
from workbench.ui.summary_table import SummaryTable
from workbench.ui.wording import count, grouped
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.build.summary import Summary

FORMS = {"text": ".txt", "csv": ".csv", "markdown": ".md"}
_WIDE = 160
"""Characters of a line of the table as text."""


class SummaryDialog(Dialog):
    """The table of the open project's stack as it is now."""

    def __init__(self, workspace: Workspace, parent: QWidget) -> None:
        super().__init__("summaryDialog", self.tr("Summary"), QSize(1120, 720), parent)
        self._workspace = workspace
        self._name = workspace.project.name
        self.summary: Summary | None = None
        self.table = SummaryTable()
        self.told = Told("summaryTold")
        self.form = Segments(
            [("text", self.tr("Text")), ("csv", "CSV"), ("markdown", "Markdown")], "summaryForm"
        )
        self._lay_out()
        job = workspace.jobs.call(partial(_summary, subject(workspace)))
        job.done.connect(self._show)
        job.failed.connect(self._fail)
        job.start()

    def _lay_out(self) -> None:
        self._title = label(self._name, "subtitle")
        self.column.addWidget(self._title)
        self._totals = QGridLayout()
        self._totals.setHorizontalSpacing(28)
        self._totals.setVerticalSpacing(1)
        self.column.addLayout(self._totals)
        self.column.addWidget(self.table, 1)
        self.column.addWidget(self.told)
        self._copy = cards.button(self.tr("Copy"), glyph="copy", name="summaryCopy")
        self._save = cards.button(self.tr("Save…"), "primary", glyph="floppy-disk", name="summarySave")
        close = cards.button(self.tr("Close"), name="summaryClose")
        self._copy.clicked.connect(self.copy)
        self._save.clicked.connect(self.save)
        close.clicked.connect(self.reject)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self).activated.connect(self.copy)
        self.foot.addWidget(label(self.tr("Copy as"), "muted"))
        self.foot.addWidget(self.form)
        self._state = label("", "good", name="summaryState")
        self.foot.addWidget(self._state, 1)
        for button in (close, self._copy, self._save):
            self.foot.addWidget(button)
        for button in (self._copy, self._save):
            button.setEnabled(False)
        self.set_default(self._save)
        self.form.group.buttonClicked.connect(lambda: self._state.setText(""))

    def copy(self) -> None:
        """Put the table on the clipboard."""
        if self.summary is not None:
            QGuiApplication.clipboard().setText(written(self.summary, self.form.value))
            self._state.setText(self.tr("Copied"))

    def save(self) -> None:
        """Write the table to a file, in the form that its suffix says."""
        if self.summary is None:
            return
        kinds = {"text": "Text (*.txt)", "csv": "CSV (*.csv)", "markdown": "Markdown (*.md)"}
        first = self.form.value
        offered = ";;".join([kinds[first], *(kind for form, kind in kinds.items() if form != first)])
        name = (self._workspace.folder or Path()) / f"{stem(self._name)}-summary{FORMS[first]}"
        path = ask_for_target(self, self.tr("Save the table"), name, offered, "summary")
        if path is None:
            return
        job = self._workspace.jobs.call(partial(_write, path, self.summary))
        job.done.connect(self._saved)
        job.failed.connect(self._fail)
        job.start()

    def _saved(self, path: Path) -> None:
        self._workspace.tell(Notice("good", self.tr("The table is in {}.").format(path)))
        self.accept()

    def _fail(self, error: Exception) -> None:
        self.told.display(error if isinstance(error, UserError) else UserError(str(error)))

    def _show(self, found: Summary) -> None:
        self.summary = found
        self.table.display(found)
        sizes = self.tr("{:,.2f} MB")
        for place, (name, value, tip) in enumerate(
            (
                (self.tr("Layers"), grouped(found.layers), ""),
                (self.tr("Parameters"), grouped(found.params), ""),
                (self.tr("Trainable"), grouped(found.trainable), ""),
                (
                    self.tr("FLOPs a sample"),
                    count(found.flops),
                    self.tr("{} multiply-adds").format(grouped(found.mult_adds)),
                ),
                (self.tr("Parameters’ size"), sizes.format(found.params_bytes / 1e6), self.tr("as float32")),
                (
                    self.tr("Activations’ size"),
                    sizes.format((found.forward_bytes + found.backward_bytes) / 1e6),
                    self.tr("what training keeps for one sample, at most"),
                ),
            )
        ):
            value_label = label(value, "mono")
            value_label.setToolTip(tip)
            self._totals.addWidget(label(name, "small"), 0, place)
            self._totals.addWidget(value_label, 1, place)
        self._totals.setColumnStretch(6, 1)
        for button in (self._copy, self._save):
            button.setEnabled(True)


def written(summary: Summary, form: str) -> str:
    """Return the table as text, CSV or Markdown."""
    from workbench.build.summary_text import as_csv, as_markdown, as_text

    if form == "csv":
        return as_csv(summary)
    return as_markdown(summary) if form == "markdown" else as_text(summary, _WIDE)


def _summary(what: Subject) -> Summary:
    from workbench.build.summary import summary

    return summary(what[0], report_of(what))


def _write(path: Path, summary: Summary) -> Path:
    suffix = with_suffix(path, tuple(FORMS.values()), "A table")
    form = next(form for form, end in FORMS.items() if end == suffix)
    write_atomic(path, written(summary, form).encode())
    return path
