"""Export: take the model away, with the proof that it answers alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from workbench.errors import UserError
from workbench.export.base import Exported
from workbench.export.registry import EXPORTERS
from workbench.graph import Project
from workbench.ui import cards, theme
from workbench.ui.cards import Card, Empty, Page, label
from workbench.ui.code_view import CodeView
from workbench.ui.inspection import UNTRAINED
from workbench.ui.jobs import Job
from workbench.ui.runs_choice import RunsChoice
from workbench.ui.training import Training
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset

AGREES = 1e-5


class ExportPanel(Page):
    """The stage in which the model leaves."""

    def __init__(self, workspace: Workspace, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("exportPanel")
        self._workspace, self._training = workspace, training
        self._job: Job | None = None
        self._name = "onnx"
        self._chosen_path = False
        self._pages = QStackedWidget()
        self._empty = Empty(
            "export",
            self.tr("Nothing to export yet"),
            self.tr("Train the stack first: exports take a run's best weights."),
        )
        train = cards.button(self.tr("Train"), "primary", glyph="play")
        train.clicked.connect(lambda: self.window().train())  # type: ignore[attr-defined]
        self._empty.buttons.addWidget(train)
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
        row.addWidget(self._result_card(), 5)
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
        self._path = QLineEdit()
        self._path.setObjectName("exportPath")
        self._path.setAccessibleName(self.tr("File"))
        self._path.textEdited.connect(self._on_path_edited)
        browse = cards.button(self.tr("Choose…"), name="exportBrowse")
        browse.clicked.connect(self._browse)
        place.addWidget(self._path, 1)
        place.addWidget(browse)
        form.addRow(label(self.tr("File"), "muted"), place)
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

    def _result_card(self) -> Card:
        card = Card(self.tr("Result"))
        self._verdict = label("", "heading", wrap=True, name="exportVerdict")
        self._before = label(
            self.tr(
                "After the export, the file is run on up to 200 real samples, at batch sizes of 1, 7 and 64, "
                "and its answers are compared with the model's. The largest difference is shown here."
            ),
            "muted",
            wrap=True,
        )
        self._figure = label("", "figure", name="exportParity")
        self._figure.setToolTip(self.tr("The largest absolute difference of an output."))
        self._facts = QFormLayout()
        self._facts.setHorizontalSpacing(18)
        self._use_title = label(self.tr("How to use it"), "heading")
        self._use = CodeView("exportUse")
        self._use.setFixedHeight(150)
        buttons = QHBoxLayout()
        self._folder = cards.button(self.tr("Show in folder"), glyph="folder-open", name="exportFolder")
        self._folder.clicked.connect(self._open_folder)
        self._copy = cards.button(self.tr("Copy code"), glyph="copy")
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._use.toPlainText()))
        buttons.addWidget(self._folder)
        buttons.addWidget(self._copy)
        buttons.addStretch(1)
        holder = QVBoxLayout()
        holder.setSpacing(8)
        for part in (self._before, self._figure, self._verdict):
            holder.addWidget(part)
        holder.addLayout(self._facts)
        holder.addWidget(self._use_title)
        holder.addWidget(self._use)
        holder.addLayout(buttons)
        holder.addStretch(1)
        card.body.addLayout(holder, 1)
        self._result_parts = (
            self._figure, self._verdict, self._use_title, self._use, self._folder, self._copy
        )  # fmt: skip
        return card

    # Choosing

    def _reset(self) -> None:
        self._chosen_path = False
        self.exported: Exported | None = None
        self._before.show()
        for part in self._result_parts:
            part.hide()
        cards.clear(self._facts)
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
            self._path.setToolTip(self._path.text())
            self._path.setCursorPosition(len(self._path.text()))

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
            _export,
            self._name,
            workspace.folder,
            workspace.project,
            workspace.dataset,
            self._run.run,
            Path(text).expanduser(),
        )
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
        self._doing.setText(text)

    def _end(self) -> None:
        self._job = None
        self._update()

    def _show(self, found: Exported) -> None:
        self.exported = found
        checked = found.checked
        self._before.hide()
        for part in self._result_parts:
            part.show()
        self._figure.setText(f"{found.max_abs_diff:.2g}")
        agrees = found.max_abs_diff <= AGREES or checked.max_rel_diff <= AGREES
        cards.set_role(self._figure, "figure")
        cards.set_role(self._verdict, "good" if agrees else "warning")
        sizes = ", ".join(map(str, checked.batch_sizes))
        words = (
            self.tr("The file agrees with the model.")
            if agrees
            else self.tr("The file differs from the model.")
        )
        text = self.tr(
            "{} The figure is the largest difference of any output over {} real samples, at batch sizes {}."
        )
        self._verdict.setText(text.format(words, checked.samples, sizes))
        cards.clear(self._facts)
        inputs = ", ".join(
            f"{i['name']} {i['dtype']} [{', '.join(map(str, i['shape']))}]" for i in found.inputs
        )
        facts = [
            (self.tr("Files"), ", ".join(file.name for file in found.files)),
            (self.tr("Size"), f"{found.size_bytes / 1024:,.0f} KiB".replace(",", " ")),
            (self.tr("Inputs"), inputs),
        ]
        if found.opset:
            facts.insert(1, (self.tr("Opset"), str(found.opset)))
        for name, value in facts:
            self._facts.addRow(label(name, "muted"), label(value, "mono", wrap=True))
        self._use.set_source(EXPORTERS[self._name].usage(found))

    def _open_folder(self) -> None:
        if self.exported is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.exported.path.parent)))


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


def _export(
    name: str,
    folder: Path,
    project: Project,
    dataset: Dataset,
    run_id: str,
    path: Path,
    tell: Callable[[tuple[float, str]], None],
) -> Exported:
    from workbench.runs.store import RunStore
    from workbench.runs.weights import load_model

    model = load_model(RunStore(folder).open(run_id))
    return EXPORTERS[name].export(
        model, project, dataset, path, lambda share, text: tell((share, text)), run_id
    )
