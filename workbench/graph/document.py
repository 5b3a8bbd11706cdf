"""Undo and redo: the project's history, as snapshots."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.graph.project import Project

LIMIT = 1000


@dataclass(frozen=True)
class _Step:
    label: str
    before: Project
    after: Project
    merge_key: str | None


class Document:
    """A project that changes only through `apply`, and remembers how.

    Projects are frozen and share their parts, so a snapshot costs what changed, and undo needs no inverse of
    any edit.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._saved: Project | None = project
        self._done: list[_Step] = []
        self._undone: list[_Step] = []

    @property
    def project(self) -> Project:
        """The project as it is now."""
        return self._project

    @property
    def saved(self) -> bool:
        """Whether the project is what was last saved or opened."""
        return self._project is self._saved or self._project == self._saved

    @property
    def undo_label(self) -> str | None:
        """Name of the edit that undo takes back, or None."""
        return self._done[-1].label if self._done else None

    @property
    def redo_label(self) -> str | None:
        """Name of the edit that redo does again, or None."""
        return self._undone[-1].label if self._undone else None

    def apply(self, label: str, new_project: Project, merge_key: str | None = None) -> bool:
        """Make ``new_project`` the project; return whether anything changed.

        Edits in a row with the same ``merge_key`` (typing into one field, dragging one handle) undo as one.
        """
        if new_project == self._project:
            return False
        last = self._done[-1] if self._done else None
        if last and merge_key is not None and last.merge_key == merge_key and not self._undone:
            self._done[-1] = _Step(last.label, last.before, new_project, merge_key)
            if last.before == new_project:
                self._done.pop()
        else:
            self._done.append(_Step(label, self._project, new_project, merge_key))
            del self._done[:-LIMIT]
        self._undone.clear()
        self._project = new_project
        return True

    def undo(self) -> str | None:
        """Take the last edit back; return its name, or None where there is none."""
        if not self._done:
            return None
        step = self._done.pop()
        self._undone.append(step)
        self._project = step.before
        return step.label

    def redo(self) -> str | None:
        """Do the edit that was last taken back again; return its name, or None."""
        if not self._undone:
            return None
        step = self._undone.pop()
        self._done.append(step)
        self._project = step.after
        return step.label

    def mark_saved(self, project: Project) -> None:
        """Note that this project is what the file holds; edits made since stay unsaved."""
        self._saved = project
