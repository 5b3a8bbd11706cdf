"""Reading all runs again and again, but each file only when it has changed."""

from __future__ import annotations

from pathlib import Path

from workbench.runs import info as files
from workbench.runs.info import RunInfo
from workbench.runs.numbered import run_folders
from workbench.runs.store import info_in

_KEPT = ("name", "data", "training")
"""Sections of the project that lists ask about; a deep stack would fill the memory, were all runs' kept."""


class RunList:
    """A project's runs. It is asked by one thread at a time."""

    def __init__(self, project_folder: Path) -> None:
        self._folder = project_folder / "runs"
        self._known: dict[str, tuple[tuple[int, int, int], RunInfo]] = {}

    def read(self) -> list[RunInfo]:
        """Return the runs, oldest first, as `RunStore.list` does, but of their projects only settings."""
        found: dict[str, tuple[tuple[int, int, int], RunInfo]] = {}
        listed = []
        for folder in run_folders(self._folder):
            seen = _signature(folder)
            before = self._known.get(folder.name)
            if before is not None and before[0] == seen and before[1].state != "running":
                info = before[1]
            else:
                whole = info_in(folder)
                project = {key: whole.project[key] for key in _KEPT if key in whole.project}
                info = whole.model_copy(update={"project": project})
            found[folder.name] = seen, info
            listed.append(info)
        self._known = found
        return listed


def _signature(folder: Path) -> tuple[int, int, int]:
    """What tells one version of a run's file from the next, which is another file in its place."""
    try:
        facts = (folder / files.NAME).stat()
    except OSError:
        return 0, 0, 0
    return facts.st_mtime_ns, facts.st_size, facts.st_ino
