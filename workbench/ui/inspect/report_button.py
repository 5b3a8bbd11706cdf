"""The report: what is in it, and writing it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from workbench.graph.atomic import write_atomic
from workbench.ui import cards
from workbench.ui.file_choice import ask_for_target
from workbench.ui.icons import icon
from workbench.ui.inspect.inspected import Inspected
from workbench.ui.inspect.report_work import ReportOrder, written
from workbench.ui.notice import Notice
from workbench.ui.stack_picture import stem, subject
from workbench.ui.workspace import Workspace


def report_button(workspace: Workspace, inspected: Inspected) -> QPushButton:
    """Return a button that says how many views are in the report, and opens a menu of them."""
    made = cards.button("", "flat", glyph="file-text", name="reportButton")
    made.setToolTip(
        made.tr("A file with the stack, the curves, and the views that you add by their Save menu")
    )
    report = inspected.report

    def count() -> None:
        number = len(report.kept)
        made.setText(made.tr("Report") if not number else made.tr("Report · {}").format(number))

    made.clicked.connect(
        lambda: menu(made, workspace, inspected).exec(made.mapToGlobal(made.rect().bottomLeft()))
    )
    report.changed.connect(count)
    workspace.opened.connect(report.clear)
    count()
    return made


def menu(parent: QWidget, workspace: Workspace, inspected: Inspected) -> QMenu:
    """Return the menu: save it, and what is in it, to be taken out by a click."""
    report = inspected.report
    made = QMenu(parent)
    made.setObjectName("reportMenu")
    made.addAction(icon("floppy-disk"), parent.tr("Save as HTML…")).triggered.connect(
        lambda: _ask(parent, workspace, inspected)
    )
    made.addSeparator()
    if not report.kept:
        made.addAction(parent.tr("Views are added by their Save menu")).setEnabled(False)
    for kept in report.kept:
        entry = made.addAction(icon("trash"), parent.tr("Take out: {}").format(kept.title))
        entry.triggered.connect(partial(_take_out, inspected, kept))
    return made


def _take_out(inspected: Inspected, kept: object, _checked: bool = False) -> None:
    inspected.report.remove(kept)  # type: ignore[arg-type]


def _ask(parent: QWidget, workspace: Workspace, inspected: Inspected) -> None:
    folder = workspace.folder
    if folder is None:
        return
    name = folder / f"{stem(workspace.project.name)}.html"
    path = ask_for_target(parent, parent.tr("Save the report"), name, "HTML (*.html)", "report")
    if path is None:
        return
    order = ReportOrder(
        workspace.project.name, folder, inspected.run, subject(workspace), inspected.report.kept
    )
    job = workspace.jobs.call(partial(_write, path, order))
    job.done.connect(lambda _: _tell(parent, workspace, path))
    job.failed.connect(workspace.tell_error)
    job.start()


def _write(path: Path, order: ReportOrder) -> None:
    write_atomic(path, written(order).encode())


def _tell(parent: QWidget, workspace: Workspace, path: Path) -> None:
    look = (parent.tr("Open it"), lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))))
    workspace.tell(Notice("good", parent.tr("The report is in {}.").format(path), (look,)))
