"""Reading the open project's runs in the background, as often as somebody wants to know."""

from __future__ import annotations

from pathlib import Path

from workbench.runs.reading import RunList
from workbench.ui.jobs import Latest
from workbench.ui.workspace import Workspace


class RunsReading(Latest):
    """``answered`` carries a list of `RunInfo`, oldest first; a fault is told in the window."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace.jobs)
        self._workspace = workspace
        self._reader: tuple[Path, RunList] | None = None
        self.failed.connect(workspace.tell_error)

    def refresh(self) -> None:
        """Read the runs anew, if the project has a folder."""
        folder = self._workspace.folder
        if folder is None:
            return
        if self._reader is None or self._reader[0] != folder:
            self._reader = folder, RunList(folder)
        self.ask(self._reader[1].read)
