"""The runs of the open project: a row a run."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableWidget, QTableWidgetItem, QWidget

from workbench.runs.store import RunInfo, RunStore
from workbench.ui import theme
from workbench.ui.icons import icon
from workbench.ui.jobs import Latest
from workbench.ui.notice import Notice
from workbench.ui.training import Training
from workbench.ui.wording import figure, spelled
from workbench.ui.workspace import Workspace

_TONES = {"completed": "good", "running": "accent", "failed": "problem", "damaged": "problem"}


class RunsTable(QTableWidget):
    """Runs, newest first. A selected run's curves are laid under the live ones."""

    chosen = Signal(str)
    """A run was selected, "" for none."""
    resume_wanted = Signal(str)
    listed = Signal(list)
    """The runs were read anew: a list of `RunInfo`."""

    def __init__(self, workspace: Workspace, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(0, 5, parent)
        self.setObjectName("runsTable")
        self.setAccessibleName(self.tr("Runs"))
        self._workspace, self._training = workspace, training
        self.runs: list[RunInfo] = []
        self.setHorizontalHeaderLabels(
            [
                self.tr("RUN"),
                self.tr("STATE"),
                self.tr("EPOCHS"),
                self.tr("BEST LOSS"),
                self.tr("METRIC THERE"),
            ]
        )
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(30)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.itemSelectionChanged.connect(self._choose)
        self._list = Latest(workspace.jobs)
        self._list.answered.connect(self._fill)
        self._list.failed.connect(workspace.tell_error)
        workspace.opened.connect(self.refresh)

    def refresh(self) -> None:
        """Read the runs anew."""
        if self._workspace.folder is not None:
            self._list.ask(partial(read_runs, self._workspace.folder))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        run = self._run_at(self.indexAt(event.pos()).row())
        if run is None:
            return
        menu = QMenu(self)
        go_on = menu.addAction(icon("play"), self.tr("Go on training"))
        go_on.setEnabled(run.state in ("stopped", "interrupted", "failed"))
        go_on.triggered.connect(lambda: self.resume_wanted.emit(run.id))
        delete = menu.addAction(icon("trash"), self.tr("Delete"))
        delete.setEnabled(run.state != "running")
        delete.triggered.connect(lambda: self.delete_run(run.id))
        menu.exec(event.globalPos())

    def delete_run(self, run_id: str) -> None:
        """Delete a run; the notice offers to take that back."""
        folder = self._workspace.folder
        if folder is None:
            return
        job = self._workspace.jobs.call(lambda: RunStore(folder).delete(run_id))
        undo = (self.tr("Undo"), lambda: self._restore(folder, run_id))
        text = self.tr("Run {} was deleted.").format(run_id)
        job.done.connect(lambda: self._workspace.tell(Notice("good", text, (undo,))))
        job.failed.connect(self._workspace.tell_error)
        job.ended.connect(self.refresh)
        job.start()

    def _restore(self, folder: Path, run_id: str) -> None:
        job = self._workspace.jobs.call(lambda: RunStore(folder).restore(run_id))
        job.failed.connect(self._workspace.tell_error)
        job.ended.connect(self.refresh)
        job.start()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and getattr(self, "runs", None):
            self._fill(list(reversed(self.runs)))

    def _fill(self, runs: list[RunInfo]) -> None:
        selected = self._run_at(self.currentRow())
        self.blockSignals(True)
        self.runs = list(reversed(runs))
        self.setRowCount(len(self.runs))
        for row, run in enumerate(self.runs):
            self._fill_row(row, _cells(run), run.state)
        self.blockSignals(False)
        self.show_live()
        if selected:
            again = next((i for i, run in enumerate(self.runs) if run.id == selected.id), -1)
            if again >= 0:
                self.selectRow(again)
        self.listed.emit(self.runs)

    def show_live(self) -> None:
        """Show the run under way as it is now; its file is written less often."""
        training = self._training
        row = next((r for r, run in enumerate(self.runs) if run.id == training.run_id), -1)
        if row < 0 or not training.active:
            return
        last, best = training.last_epoch, training.best_epoch
        state = "paused" if training.state == "paused" else "running"
        figures = ("–", "–") if best is None else _figures(best.val_loss, best.metrics)
        self._fill_row(row, (training.run_id, state, str(last.epoch if last else 0), *figures), "running")

    def _fill_row(self, row: int, cells: tuple[str, ...], state: str) -> None:
        for column, text in enumerate(cells):
            item = QTableWidgetItem(text)
            if column == 1:
                item.setForeground(theme.current().color(_TONES.get(state, "muted")))
            elif column < 4:
                item.setFont(theme.mono(12))
            self.setItem(row, column, item)

    def _choose(self) -> None:
        run = self._run_at(self.currentRow()) if self.selectedItems() else None
        self.chosen.emit(run.id if run else "")

    def _run_at(self, row: int) -> RunInfo | None:
        return self.runs[row] if 0 <= row < len(self.runs) else None


def _cells(run: RunInfo) -> tuple[str, ...]:
    best: dict[str, float] = dict(run.best)
    loss = best.pop("val_loss", None)
    best.pop("train_loss", None)
    return run.id, run.state, str(run.epochs), *_figures(loss, best)


def _figures(loss: float | None, metrics: Mapping[str, float]) -> tuple[str, str]:
    name = next(iter(metrics), "")
    metric = f"{spelled(name)} {figure(name, metrics[name])}" if name else "–"
    return "–" if loss is None else f"{loss:.4g}", metric


def read_runs(folder: Path) -> list[RunInfo]:
    """Return a project's runs, oldest first."""
    return list(RunStore(folder).list())
