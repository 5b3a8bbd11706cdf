"""Writing the open project: when it is told to, and a copy beside it for after a crash."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from workbench.graph import Project, file
from workbench.ui.jobs import Latest

if TYPE_CHECKING:
    from workbench.ui.workspace import Workspace

RECOVERY_MS = 1000
"""Between an edit and the copy of it."""


class Saving(QObject):
    """Writes in the background, but for ``save_now``."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._saving = False
        self._write = Latest(workspace.jobs)
        self._write.answered.connect(self._on_written)
        self._write.failed.connect(self._on_failed)
        self._soon = QTimer(self, singleShot=True, interval=RECOVERY_MS)
        self._soon.timeout.connect(self.keep_recovery)

    @property
    def busy(self) -> bool:
        """Whether a file is being written."""
        return self._write.busy

    def save(self) -> None:
        """Write the project file."""
        workspace = self._workspace
        if workspace.folder is not None:
            self._saving = True
            self._soon.stop()
            self._write.ask(partial(_save, workspace.project, workspace.folder))

    def save_now(self) -> None:
        """Write the project file before returning; for closing. Raises `UserError`."""
        workspace = self._workspace
        if workspace.folder is not None:
            self._soon.stop()
            file.save(workspace.project, workspace.folder)
            workspace.document.mark_saved(workspace.project)

    def discard_changes(self) -> None:
        """Drop the copy of unsaved work; for closing without saving."""
        self._soon.stop()
        if self._workspace.folder is not None:
            file.discard_recovery(self._workspace.folder)

    def keep_recovery_soon(self) -> None:
        """Keep unsaved work once nothing was edited for a moment."""
        self._soon.start()

    def keep_recovery(self) -> None:
        """Keep unsaved work beside the project, for after a crash."""
        workspace = self._workspace
        if workspace.folder is None or self._saving:
            return
        if workspace.document.saved:
            self._write.ask(partial(file.discard_recovery, workspace.folder))
        else:
            self._write.ask(partial(file.save_recovery, workspace.project, workspace.folder))

    def _on_written(self, saved: tuple[Project, Path] | None) -> None:
        if saved is None:  # a copy for after a crash
            return
        self._saving = False
        workspace, (project, folder) = self._workspace, saved
        if folder == workspace.folder:  # else another was opened meanwhile
            workspace.document.mark_saved(project)
            workspace.changed.emit()
        if not workspace.document.saved:  # edited meanwhile, when no copy was kept
            self.keep_recovery_soon()

    def _on_failed(self, error: Exception) -> None:
        self._saving = False
        self._workspace.tell_error(error)


def _save(project: Project, folder: Path) -> tuple[Project, Path]:
    file.save(project, folder)
    return project, folder
