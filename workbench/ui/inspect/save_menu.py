"""Copying and saving what a card of Inspect shows, and putting it into the report."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from workbench.graph.atomic import write_atomic
from workbench.ui.file_choice import ask_for_target
from workbench.ui.icons import icon
from workbench.ui.inspect.page import InspectPage
from workbench.ui.inspect.report import Report
from workbench.ui.inspect.view import View
from workbench.ui.inspect.view_picture import as_image, as_png, as_svg
from workbench.ui.notice import Notice
from workbench.ui.stack_picture import stem
from workbench.ui.workspace import Workspace

KINDS = (
    ("image", "png", "PNG…"),
    ("image", "svg", "SVG…"),
    ("table", "csv", "CSV…"),
    ("cube", "npz", "NumPy .npz…"),
)


def offer(parent: QWidget, workspace: Workspace, view: View) -> None:
    """Open a menu of ways to copy or save a view."""
    menu = made(parent, workspace, view)
    menu.exec(QCursor.pos())


def made(parent: QWidget, workspace: Workspace, view: View) -> QMenu:
    """Return that menu."""
    menu = QMenu(parent)
    menu.setObjectName("saveMenu")
    menu.addAction(icon("copy"), tr("Copy as picture")).triggered.connect(
        lambda: QGuiApplication.clipboard().setImage(as_image(view.picture))
    )
    for glyph, kind, text in KINDS:
        menu.addAction(icon(glyph), text).triggered.connect(partial(_ask, parent, workspace, view, kind))
    report = _report_of(parent)
    if report is not None:
        menu.addSeparator()
        menu.addAction(icon("plus"), tr("Add to report")).triggered.connect(partial(report.add, view))
    return menu


def save(path: Path, view: View) -> None:
    """Write a view as PNG, SVG, CSV or .npz, by the file's ending. Raises `UserError`."""
    _writer(path, view)()


def _ask(parent: QWidget, workspace: Workspace, view: View, kind: str, _checked: bool = False) -> None:
    name = (workspace.folder or Path()) / f"{stem(view.title)}.{kind}"
    path = ask_for_target(parent, tr("Save"), name, f"*.{kind}", "view")
    if path is None:
        return
    job = workspace.jobs.call(_writer(path, view))
    job.done.connect(lambda _: workspace.tell(Notice("good", tr("It is in {}.").format(path))))
    job.failed.connect(workspace.tell_error)
    job.start()


def _writer(path: Path, view: View) -> Callable[[], None]:
    """A function for the background that writes a view: pictures are drawn here and now."""
    kind = path.suffix.lower()
    if kind in (".png", ".svg"):
        content = as_png(view.picture) if kind == ".png" else as_svg(view.picture)
        return partial(write_atomic, path, content)
    return partial(_write_numbers, path, view)


def _write_numbers(path: Path, view: View) -> None:
    if path.suffix.lower() == ".csv":
        from workbench.interpret.arrays_csv import arrays_csv

        write_atomic(path, arrays_csv(view.arrays).encode())
        return
    from workbench.interpret.npz import write_npz

    write_npz(path, view.arrays)


def _report_of(widget: QWidget | None) -> Report | None:
    """The report of the stage that a widget is part of."""
    while widget is not None:
        if isinstance(widget, InspectPage):
            return widget.inspected.report
        widget = widget.parentWidget()
    return None


def tr(text: str) -> str:
    """Translate."""
    return QCoreApplication.translate("save", text)
