"""What can be done with runs: go on, look closer, export, label, delete and bring back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMenu

from workbench.interpret.subject import Progress
from workbench.runs.run import Run
from workbench.runs.store import RunInfo, RunStore
from workbench.runs.trash import DAYS
from workbench.ui.checkpoints_menu import CheckpointsMenu
from workbench.ui.file_choice import ask_for_target
from workbench.ui.icons import icon
from workbench.ui.inspect.method_job import MethodJob
from workbench.ui.jobs import Job
from workbench.ui.notice import Notice
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.ui.runs_table import RunsTable


_PARTS = 1000
"""Steps of progress that a run has."""


class RunActions(QObject):
    """Acts on the runs of the open project, in the background, and tells how it went."""

    def __init__(self, workspace: Workspace, table: RunsTable) -> None:
        super().__init__(table)
        self._workspace, self._table = workspace, table
        self.exporting = MethodJob(workspace.jobs, self)
        """Writes events for TensorBoard, which takes long for long runs."""
        self.exporting.answered.connect(self._tell_written)
        self.exporting.failed.connect(workspace.tell_error)

    # The menu

    def menu(self, runs: Sequence[RunInfo]) -> QMenu:
        """Return a menu for the selected runs."""
        table = self._table
        menu = QMenu(table)
        menu.setObjectName("runMenu")
        if len(runs) == 1:
            self._for_one(menu, runs[0])
        else:
            compare = self._entry(menu, "arrows-left-right", self.tr("Compare"), table.compare_wanted.emit)
            compare.setEnabled(len(runs) == 2)
        menu.addSeparator()
        self._entry(menu, "table", self.tr("Export curves as CSV…"), lambda: self.export_csv(runs))
        self._entry(menu, "chart-line", self.tr("Export for TensorBoard…"), lambda: self.export_events(runs))
        self._entry(menu, "copy", self.tr("Copy rows\tCtrl+C"), table.copy)
        menu.addSeparator()
        delete = self._entry(menu, "trash", self.tr("Delete\tDel"), lambda: self.delete(runs))
        delete.setEnabled(all(run.state not in ("running", "paused") for run in runs))
        return menu

    def _for_one(self, menu: QMenu, run: RunInfo) -> None:
        table = self._table
        go_on = self._entry(menu, "play", self.tr("Go on training"), lambda: table.resume_wanted.emit(run.id))
        go_on.setEnabled(run.state in ("stopped", "interrupted", "failed"))
        found = self._run(run.id)
        if found is not None:
            branch = CheckpointsMenu(self._workspace, found, menu)
            branch.setEnabled(run.state != "damaged")
            branch.wanted.connect(lambda step: table.branch_wanted.emit(run.id, step))
            menu.addMenu(branch)
        menu.addSeparator()
        evaluate = self._entry(
            menu, "target", self.tr("Evaluate"), lambda: table.evaluate_wanted.emit(run.id)
        )
        inspect = self._entry(menu, "eye", self.tr("Inspect"), lambda: table.inspect_wanted.emit(run.id))
        for look in (evaluate, inspect):
            look.setEnabled(run.best_epoch is not None)
        menu.addSeparator()
        label = self._entry(menu, "tag", self.tr("Edit tags\tF2"), lambda: table.edit_cell("tags"))
        label.setEnabled(run.state != "damaged")
        self._entry(menu, "folder-open", self.tr("Open folder"), lambda: self.open_folder(run.id))

    def _entry(self, menu: QMenu, glyph: str, text: str, act: Callable[[], object]) -> QAction:
        action = menu.addAction(icon(glyph), text)
        action.triggered.connect(lambda: act())
        return action

    # What they do

    def write(self, run_id: str, facts: Mapping[str, Any]) -> None:
        """Write what a person said of a run into its file."""
        run = self._run(run_id)
        if run is not None:
            job = self._do(partial(run.update, **facts))
            job.ended.connect(self._table.refresh)
            job.start()

    def delete(self, runs: Sequence[RunInfo]) -> None:
        """Delete runs; the notice offers to take that back."""
        folder = self._workspace.folder
        ids = [run.id for run in runs if run.state not in ("running", "paused")]
        if folder is None or not ids:
            return
        job = self._do(partial(_delete, folder, ids))
        undo = (self.tr("Undo"), lambda: self.restore(ids, folder))
        one = self.tr("Run {} was deleted; the trash keeps it for {} days.")
        text = one if len(ids) == 1 else self.tr("Runs {} were deleted; the trash keeps them for {} days.")
        told = ", ".join(ids) if len(ids) <= 8 else f"{ids[0]} … {ids[-1]} ({len(ids)})"
        job.done.connect(lambda: self._workspace.tell(Notice("good", text.format(told, DAYS), (undo,))))
        job.ended.connect(self._table.refresh)
        job.start()

    def restore(self, ids: Sequence[str], folder: Path) -> None:
        """Bring deleted runs back."""
        job = self._do(partial(_restore, folder, ids))
        job.ended.connect(self._table.refresh)
        job.start()

    def export_csv(self, runs: Sequence[RunInfo]) -> None:
        """Ask for a file, and write the runs' curves into it."""
        found = self._runs(runs)
        if not found:
            return
        name = f"run_{runs[0].id}.csv" if len(runs) == 1 else "runs.csv"
        start = found[0].folder.parent.parent / name
        path = ask_for_target(self._table, self.tr("Export curves"), start, self.tr("CSV (*.csv)"), "curves")
        if path is not None:
            self._tell_when_written(partial(_write_csv, found, path), str(path))

    def export_events(self, runs: Sequence[RunInfo]) -> None:
        """Ask for a folder, and write the runs' curves into it as TensorBoard has them."""
        chosen = QFileDialog.getExistingDirectory(self._table, self.tr("A folder for TensorBoard"))
        found = self._runs(runs)
        if not chosen or not found:
            return
        if self.exporting.busy:
            text = self.tr("Other curves are still being written. Wait for them, or cancel that first.")
            self._workspace.tell(Notice("warning", text))
            return
        self.exporting.ask(partial(_write_events, found, Path(chosen)))

    def open_folder(self, run_id: str) -> None:
        """Show a run's folder in the system's file manager."""
        run = self._run(run_id)
        if run is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(run.folder)))

    def _tell_when_written(self, work: Callable[[], object], place: str) -> None:
        job = self._do(work)
        job.done.connect(lambda: self._tell_written(place))
        job.start()

    def _tell_written(self, place: object) -> None:
        self._workspace.tell(Notice("good", self.tr("The curves are in {}.").format(place)))

    def _do(self, work: Callable[[], object]) -> Job:
        job = self._workspace.jobs.call(work)
        job.failed.connect(self._workspace.tell_error)
        return job

    def _run(self, run_id: str) -> Run | None:
        folder = self._workspace.folder
        return Run(RunStore(folder).folder / run_id) if folder else None

    def _runs(self, runs: Sequence[RunInfo]) -> list[Run]:
        return [found for found in (self._run(run.id) for run in runs) if found]


def _delete(folder: Path, ids: Sequence[str]) -> None:
    store = RunStore(folder)
    for run_id in ids:
        store.delete(run_id)


def _restore(folder: Path, ids: Sequence[str]) -> None:
    store = RunStore(folder)
    for run_id in ids:
        store.restore(run_id)


def _write_csv(runs: Sequence[Run], path: Path) -> None:
    from workbench.runs.curves_csv import write_csv

    write_csv(runs, path)


def _write_events(runs: Sequence[Run], folder: Path, progress: Progress) -> Path:
    from workbench.runs.tensorboard import write_events

    for number, run in enumerate(runs):
        write_events(run, folder, partial(_tell_share, progress, number, len(runs)))
    return folder


def _tell_share(progress: Progress, number: int, runs: int, done: int, total: int) -> None:
    """Tell how far all runs are: each counts alike."""
    progress(number * _PARTS + _PARTS * done // max(total, 1), runs * _PARTS)
