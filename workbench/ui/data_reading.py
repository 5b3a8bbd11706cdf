"""Reading the open project's data, in the background."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from workbench.errors import UserError
from workbench.graph import DataSection
from workbench.ui.jobs import Jobs, Latest

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset


class DataReading(QObject):
    """The data of one section at a time."""

    changed = Signal()
    """`dataset`, `error` or `loading` is new."""
    failed = Signal(object)
    """The exception that ended it."""
    ended = Signal()
    """Data were read, or can't be."""

    def __init__(self, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self.dataset: Dataset | None = None
        self.error: UserError | None = None
        self.loading = False
        self._section: DataSection | None = None
        self._load = Latest(jobs)
        self._load.answered.connect(self._on_read)
        self._load.failed.connect(self._on_failed)

    def forget(self) -> None:
        """Drop what was read: another project is open."""
        self.dataset, self.error, self.loading = None, None, False
        self._section = None

    def read(self, section: DataSection | None, folder: Path) -> None:
        """Read what a section of a project in a folder names, unless that is what was asked for last."""
        if section == self._section:
            return
        self._section = section
        self.dataset, self.error = None, None
        self.loading = section is not None
        if section is not None:
            self._load.ask(partial(_load, section, folder))
        self.changed.emit()

    def _on_read(self, found: tuple[DataSection, Dataset]) -> None:
        section, dataset = found
        if section == self._section:
            self.dataset, self.loading = dataset, False
            self.changed.emit()
            self.ended.emit()

    def _on_failed(self, error: Exception) -> None:
        if not self.loading:
            return  # of data that are no longer wanted
        self.loading = False
        self.error = error if isinstance(error, UserError) else UserError(str(error))
        self.changed.emit()
        self.failed.emit(error)
        self.ended.emit()


def _load(section: DataSection, folder: Path) -> tuple[DataSection, Any]:
    from workbench.data.load import load

    return section, load(section, folder)
