"""A run's earlier checkpoints, to go on from."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from workbench.runs.checkpoints import Kept
from workbench.runs.run import Run
from workbench.ui.icons import icon
from workbench.ui.workspace import Workspace


class CheckpointsMenu(QMenu):
    """Reads the folder when it is opened, in the background."""

    wanted = Signal(int)
    """The step after which training shall go on."""

    def __init__(self, workspace: Workspace, run: Run, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("branchMenu")
        self.setTitle(self.tr("Branch from a checkpoint"))
        self.setIcon(icon("git-branch"))
        self._workspace, self._run = workspace, run
        self.addAction(self.tr("Reading…")).setEnabled(False)
        self.aboutToShow.connect(self._read)

    def _read(self) -> None:
        job = self._workspace.jobs.call(self._run.checkpoints)
        job.done.connect(self.offer)
        job.failed.connect(self._workspace.tell_error)
        job.start()

    def offer(self, found: list[Kept]) -> None:
        """Show the checkpoints."""
        self.clear()
        for kept in found:
            text = self.tr("Epoch {} · step {}").format(kept.epoch, kept.step)
            action = self.addAction(icon("git-commit"), text)
            action.triggered.connect(lambda _=False, step=kept.step: self.wanted.emit(step))
        if not found:
            self.addAction(self.tr("No checkpoint was kept")).setEnabled(False)
