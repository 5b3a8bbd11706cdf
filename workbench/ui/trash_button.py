"""The deleted runs of the project: bringing them back, and freeing their space."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Signal
from PySide6.QtWidgets import QMenu, QMessageBox, QPushButton, QWidget

from workbench.runs.store import RunStore
from workbench.runs.trash import DAYS, Deleted
from workbench.train.preflight.amounts import size_of
from workbench.ui.icons import icon
from workbench.ui.jobs import Job
from workbench.ui.notice import Notice
from workbench.ui.run_controls import elapsed
from workbench.ui.workspace import Workspace

MOST = 12
"""Runs that the menu lists one by one: those deleted last."""


class TrashButton(QPushButton):
    """Opens a menu of the deleted runs, once they are read. What lay there for long goes by itself."""

    changed = Signal()
    """A run was brought back."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runsTrash")
        self.setProperty("role", "flat")
        self.setIcon(icon("trash", "muted"))
        self.setIconSize(QSize(16, 16))
        self.setAccessibleName(self.tr("Deleted runs"))
        self.setToolTip(self.tr("Deleted runs: bring them back, or free their space"))
        self._workspace = workspace
        self._menu: QMenu | None = None
        self.clicked.connect(self._read)
        workspace.opened.connect(self._drop_old)
        self._drop_old()

    def _drop_old(self) -> None:
        folder = self._workspace.folder
        if folder is not None:  # in vain where nobody may write; who deletes something is told
            self._workspace.jobs.call(partial(_drop_old, folder)).start()

    def _read(self) -> None:
        folder = self._workspace.folder
        if folder is not None:
            self._do(partial(_deleted, folder), partial(self._offer, folder))

    def _offer(self, folder: Path, found: Sequence[Deleted]) -> None:
        """Open the menu, unless another project is open by now."""
        if self._menu is not None:
            self._menu.deleteLater()
        self._menu = menu = QMenu(self)
        menu.setObjectName("trashMenu")
        now = time.time()
        for run in found[:MOST]:
            text = self.tr("Bring back run {} · deleted {} · {}")
            text = text.format(run.id, elapsed(max(0.0, now - run.when)), size_of(run.size))
            action = menu.addAction(icon("arrow-counter-clockwise"), text)
            action.triggered.connect(lambda _=False, run=run: self._bring_back(folder, run.id))
        if len(found) > MOST:
            more = self.tr("and {} more").format(len(found) - MOST)
            menu.addAction(more).setEnabled(False)
        if found:
            menu.addSeparator()
            size = size_of(sum(run.size for run in found))
            empty = menu.addAction(icon("trash"), self.tr("Empty trash ({})…").format(size))
            empty.triggered.connect(lambda: self._ask(folder, found, size))
        else:
            menu.addAction(self.tr("No deleted runs")).setEnabled(False)
        if folder == self._workspace.folder and self.isVisible():
            corner = self.mapToGlobal(QPoint(self.width() - menu.sizeHint().width(), self.height() + 2))
            menu.popup(corner)

    def _bring_back(self, folder: Path, run_id: str) -> None:
        self._do(partial(_restore, folder, run_id), lambda _: self.changed.emit())

    def _ask(self, folder: Path, found: Sequence[Deleted], size: str) -> None:
        """Remove what was seen, and no run that was deleted meanwhile, once that is confirmed."""
        box = QMessageBox(self.window())
        box.setObjectName("emptyQuestion")
        box.setIcon(QMessageBox.Icon.Warning)
        one = self.tr("Delete run {} for good?").format(found[0].id)
        many = self.tr("Delete {} runs for good?").format(len(found))
        box.setText(one if len(found) == 1 else many)
        said = self.tr("That frees {} and can't be undone. Deleted runs go by themselves after {} days.")
        box.setInformativeText(said.format(size, DAYS))
        sure = box.addButton(self.tr("Delete for good"), QMessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton(self.tr("Keep"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.exec()
        if box.clickedButton() is not sure:
            return
        ids = [run.id for run in found]
        freed = self.tr("The trash was emptied: {} are free again.").format(size)
        self._do(partial(_empty, folder, ids), lambda _: self._workspace.tell(Notice("good", freed)))

    def _do(self, work: Callable[[], object], then: Callable[..., object]) -> None:
        job: Job = self._workspace.jobs.call(work)
        job.done.connect(then)
        job.failed.connect(self._workspace.tell_error)
        job.start()


def _deleted(folder: Path) -> list[Deleted]:
    return RunStore(folder).trash.runs()


def _drop_old(folder: Path) -> None:
    RunStore(folder).trash.drop_old()


def _restore(folder: Path, run_id: str) -> None:
    RunStore(folder).restore(run_id)


def _empty(folder: Path, ids: Collection[str]) -> None:
    RunStore(folder).trash.empty(ids)
