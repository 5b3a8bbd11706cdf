"""Export: take the model away, with the proof that it answers alike."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from workbench.errors import UserError
from workbench.export.base import Exported
from workbench.export.registry import EXPORTERS
from workbench.ui import cards, theme
from workbench.ui.cards import Card, Page, label
from workbench.ui.export_result import ResultCard
from workbench.ui.export_work import exported
from workbench.ui.inspect.models import UNTRAINED
from workbench.ui.jobs import Job
from workbench.ui.path_edit import PathEdit, PathHint
from workbench.ui.runs_choice import RunsChoice
from workbench.ui.train_first import TrainFirst
from workbench.ui.training import Training
from workbench.ui.workspace import Workspace


class ExportPanel(Page):
    """The stage in which the model leaves."""

    def __init__(self, workspace: Workspace, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("exportPanel")
        self._workspace, self._training = workspace, training
        self._job: Job | None = None
        self._name = self._exporting = "onnx"
        self._chosen_path = False
        self._pages = QStackedWidget()
        title = self.tr("Nothing to export yet")
        text = self.tr("Train the stack first: exports take a run's best weights.")
        self._empty = TrainFirst("export", title, text)
        self._blank = QWidget()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._full(training))
        self._pages.addWidget(self._blank)
        self.column.addWidget(self._pages)
        self._run.chosen.connect(self._update)
        workspace.opened.connect(self._reset)
        workspace.data_changed.connect(self._update)
        self._reset()

    def _full(self, training: Training) -> QWidget:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.M)
        row.addWidget(self._what_card(training), 4)
        self.result = ResultCard()
        row.addWidget(self.result, 5)
        return page

    def _what_card(self, training: Training) -> Card:
        card = Card(self.tr("What to export"))
        self._formats = QButtonGroup(self)
        for name, exporter in EXPORTERS.items():
            made = _FormatButton(exporter.title, exporter.help)
            made.setObjectName(f"export_{name}")
            made.setChecked(name == self._name)
            made.clicked.connect(lambda _=False, name=name: self._choose(name))
            self._formats.addButton(made)
            card.body.addWidget(made)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._run = RunsChoice(self._workspace, training)
        form.addRow(label(self.tr("Weights of"), "muted"), self._run)
        place = QHBoxLayout()
        place.setSpacing(theme.S)
        self._path = PathEdit()
        self._path.setObjectName("exportPath")
        self._path.setAccessibleName(self.tr("File"))
        self._path.textEdited.connect(self._on_path_edited)
        browse = cards.button(self.tr("Choose…"), name="exportBrowse")
        browse.clicked.connect(self._browse)
        place.addWidget(self._path, 1)
        place.addWidget(browse)
        self._place = PathHint("exportPlace")
        self._path.textChanged.connect(self._show_place)
        form.addRow(label(self.tr("File"), "muted"))
        form.addRow(place)
        form.addRow(self._place)
        card.body.addSpacing(6)
        card.body.addLayout(form)
        card.body.addSpacing(6)
        buttons = QHBoxLayout()
        self._export = cards.button(self.tr("Export"), "primary", glyph="export", name="exportButton")
        self._export.clicked.connect(self.export)
        self._cancel = cards.button(self.tr("Cancel"), name="exportCancel")
        self._cancel.clicked.connect(self._stop)
        self._progress = QProgressBar()
        self._progress.setRange(0, 100)
        self._progress.setTextVisible(False)
        self._doing = label("", "muted", name="exportState")
        buttons.addWidget(self._export)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._doing, 1)
        card.body.addLayout(buttons)
        card.body.addWidget(self._progress)
        card.body.addStretch(1)
        return card

    # Choosing

    def _reset(self) -> None:
        if self._job is not None:  # of a project that is no longer open: it ends by itself, unheard
            self._job.leave()
            self._job = None
        self._chosen_path = False
        self.exported: Exported | None = None
        self.result.clear()
        self._suggest_path()
        self._update()

    def _choose(self, name: str) -> None:
        self._name = name
        self._chosen_path = False
        self._suggest_path()

    def _suggest_path(self) -> None:
        folder = self._workspace.folder
        if folder is not None and not self._chosen_path:
            stem = re.sub(r"[^\w]+", "-", self._workspace.project.name).strip("-").lower() or "model"
            self._path.setText(str(folder / "exports" / f"{stem}{EXPORTERS[self._name].suffix}"))

    def _show_place(self, text: str) -> None:
        self._path.setToolTip(text)
        self._place.display(str(Path(text.strip()).expanduser().parent) if text.strip() else "")

    def _on_path_edited(self) -> None:
        self._chosen_path = True

    def _browse(self) -> None:
        suffix = EXPORTERS[self._name].suffix
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("Export to"), self._path.text(), f"*{suffix}")
        if chosen:
            self._chosen_path = True
            self._path.setText(chosen)

    def _update(self) -> None:
        if not self._run.listed:
            self._pages.setCurrentWidget(self._blank)
            return
        ready = self._run.run != UNTRAINED and self._workspace.dataset is not None
        self._pages.setCurrentIndex(1 if ready or self._job else 0)
        self._export.setEnabled(ready and self._job is None)
        self._cancel.setVisible(self._job is not None)
        self._progress.setVisible(self._job is not None)
        if self._job is None:
            self._doing.setText("")

    # Exporting

    def export(self) -> None:
        """Write the file in the background."""
        workspace = self._workspace
        text = self._path.text().strip()
        if workspace.folder is None or workspace.dataset is None or self._job is not None:
            return
        if not text:
            workspace.tell_error(UserError("No file is named.", remedy="Choose where the export goes."))
            return
        work = partial(
            exported,
            self._name,
            workspace.folder,
            workspace.project,
            workspace.dataset,
            self._run.run,
            Path(text).expanduser(),
        )
        self._exporting = self._name
        self._job = workspace.jobs.watch(work)
        self._job.events.connect(self._show_progress)
        self._job.done.connect(self._show)
        self._job.failed.connect(workspace.tell_error)
        self._job.ended.connect(self._end)
        self._progress.setValue(0)
        self._doing.setText(self.tr("Loading the weights"))
        self._update()
        self._job.start()

    def _stop(self) -> None:
        if self._job:
            self._job.stop()
            self._doing.setText(self.tr("Cancelling…"))

    def _show_progress(self, events: list[tuple[float, str]]) -> None:
        share, text = events[-1]
        self._progress.setValue(round(100 * share))
        if self._job is not None and not self._job.stopped:  # else it says that it is being cancelled
            self._doing.setText(text)

    def _end(self) -> None:
        cancelled = self._job is not None and self._job.stopped
        self._job = None
        self._update()
        if cancelled:
            self._doing.setText(self.tr("Cancelled"))

    def _show(self, found: Exported) -> None:
        self.exported = found
        self.result.display(found, EXPORTERS[self._exporting].usage(found))


class _FormatButton(QPushButton):
    """A form that a model can leave in."""

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self.setProperty("role", "choice")
        self.setCheckable(True)
        self.setAccessibleName(f"{title}. {text}")
        self.setMinimumHeight(72)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 10)
        column.setSpacing(2)
        column.addWidget(label(title, "heading"))
        column.addWidget(label(text, "muted", wrap=True))
