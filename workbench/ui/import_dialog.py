"""What importing looks like, whatever the file: fields, work under way, what went wrong, what came of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from workbench.errors import UserError
from workbench.ui import cards, theme
from workbench.ui.cards import label
from workbench.ui.dialog import Dialog
from workbench.ui.import_file import FileRow
from workbench.ui.import_outcome import ImportOutcome
from workbench.ui.import_told import Told
from workbench.ui.jobs import Job
from workbench.ui.stack_preview import Sketch, sketched
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.importing.result import Imported

Work = Callable[[Callable[[], bool]], "Imported"]
"""An import; it is given a function that says whether it was cancelled."""


class ImportDialog(Dialog):
    """Base of the dialogs: a file, further fields in `fields`, and a button that begins."""

    new_wanted = Signal(object)
    """The `Imported` that is to be a project of its own."""
    use_wanted = Signal(object)
    """The `Imported` that is to be the open project's stack."""

    suffix: str
    """Which files it takes: ".py"."""
    enter_begins = True
    """Whether Enter in a field begins."""

    def __init__(
        self,
        name: str,
        title: str,
        text: str,
        start: str,
        size: QSize,
        workspace: Workspace,
        parent: QWidget,
    ) -> None:
        super().__init__(name, title, size, parent)
        self.setAcceptDrops(True)
        self._workspace = workspace
        self._job: Job | None = None
        self.pages = QStackedWidget()
        self.fields = QVBoxLayout()
        self.fields.setSpacing(theme.M)
        self.outcome = ImportOutcome()
        self.told = Told("importTold")
        self._form = QWidget()
        inner = QVBoxLayout(self._form)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(theme.M)
        self.file = FileRow(self.suffix)
        self.file.chosen.connect(self._on_file)
        inner.addWidget(self.file)
        inner.addLayout(self.fields)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.M)
        column.addWidget(label(title, "subtitle"))
        column.addWidget(label(text, "muted", wrap=True))
        column.addWidget(self._form)
        column.addWidget(self.told)
        column.addStretch(1)
        self.pages.addWidget(cards.scrolling(page))
        self.pages.addWidget(self.outcome)
        self.column.addWidget(self.pages)
        self._lay_out_foot(start)
        self._update()

    def _lay_out_foot(self, start: str) -> None:
        self._progress = QProgressBar()
        self._progress.setRange(0, 0)
        self._progress.setTextVisible(False)
        self._progress.setFixedWidth(120)
        self._progress.setAccessibleName(self.tr("Importing"))
        self._doing = label("", "muted", name="importState")
        self.cancel = cards.button(self.tr("Cancel"), name="importCancel")
        self.start = cards.button(start, "primary", name="importStart")
        self.use = cards.button(self.tr("Replace the open stack"), name="importUse")
        self.new = cards.button(self.tr("New project"), "primary", name="importNew")
        self.cancel.clicked.connect(self.reject)
        self.start.clicked.connect(self.begin)
        self.use.clicked.connect(lambda: self._take(self.use_wanted))
        self.new.clicked.connect(lambda: self._take(self.new_wanted))
        self.foot.addWidget(self._progress)
        self.foot.addWidget(self._doing, 1)
        for button in (self.cancel, self.start, self.use, self.new):
            self.foot.addWidget(button)

    # The file

    @property
    def path(self) -> Path | None:
        """The file to import, None for none."""
        return self.file.path

    def set_path(self, path: Path) -> None:
        """Take a file."""
        self.file.set_path(path)

    def on_path(self, path: Path) -> None:
        """Act on another file; each dialog says how."""

    def _on_file(self) -> None:
        self.told.hide()
        if self.path is not None:
            self.on_path(self.path)
        self._update()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if not self.busy and self._dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = self._dropped(event)
        if path is not None:
            event.acceptProposedAction()
            self.set_path(path)

    def _dropped(self, event: QDropEvent) -> Path | None:
        files = (Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile())
        return next((path for path in files if path.suffix.lower() == self.suffix), None)

    # The work

    def begin(self) -> None:
        """Start importing; each dialog says what."""
        raise NotImplementedError

    def why_not(self) -> str:
        """Return why importing can't begin yet, "" where it can."""
        return "" if self.path else self.tr("Choose a file first.")

    def run(self, work: Work, doing: str) -> None:
        """Import in the background."""
        job = self._workspace.jobs.call(lambda: _sketched(work(lambda: job.stopped)))
        self._job = job
        job.done.connect(lambda found: self._show(job, *found))
        job.failed.connect(lambda error: self._fail(job, error))
        self.told.hide()
        self._doing.setText(doing)
        self._update()
        job.start()

    @property
    def busy(self) -> bool:
        """Whether an import is under way."""
        return self._job is not None

    def _show(self, job: Job, imported: Imported, sketch: Sketch) -> None:
        if job is self._job:
            self._job = None
            self.outcome.display(imported, sketch)
            self.pages.setCurrentIndex(1)
            self._doing.setText("")
            self._update()

    def _fail(self, job: Job, error: Exception) -> None:
        if job is self._job:
            self._job = None
            self._doing.setText("")
            self._update()
            self.tell(error)

    def tell(self, error: Exception) -> None:
        """Say what went wrong."""
        if not isinstance(error, UserError):
            text = self.tr("The program made a mistake: {}.").format(f"{type(error).__name__}: {error}")
            error = UserError(text, remedy=self.tr("Please report it, with the file."))
        # Importers name the command line's options in brackets; here they are fields.
        remedy = re.sub(r" \(--\w+\)", "", error.remedy)
        self.told.display(UserError(error.what, place=error.place, remedy=remedy))

    def _take(self, signal: Any) -> None:
        imported = self.outcome.imported
        self.accept()
        signal.emit(imported)

    def _update(self) -> None:
        done = self.pages.currentIndex() == 1
        self._progress.setVisible(self.busy)
        self._form.setEnabled(not self.busy)
        self.start.setVisible(not done)
        fault = self.why_not()
        self.start.setEnabled(not self.busy and not fault)
        self.start.setToolTip(fault)
        self.new.setVisible(done)
        self.use.setVisible(done and self._workspace.is_open)
        self.set_default(self.new if done else self.start if self.enter_begins else None)
        if done:
            self.new.setFocus()

    def reject(self) -> None:
        """Stop what is under way; else leave."""
        if self._job is None:
            super().reject()
            return
        self._drop_job()
        self._doing.setText(self.tr("Cancelled"))
        self._update()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._drop_job()
        super().closeEvent(event)

    def _drop_job(self) -> None:
        """Stop the work; what comes of it is no longer listened to."""
        job, self._job = self._job, None
        if job is not None:
            job.stop()


def _sketched(imported: Imported) -> tuple[Imported, Sketch]:
    return imported, sketched(imported.graph)
