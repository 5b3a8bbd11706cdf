"""The composition root of the window."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from workbench.data.samples import SAMPLES
from workbench.ui import theme, theme_choice
from workbench.ui.main_window import MainWindow

# How long a thread may keep the interpreter: short, so that the window stays smooth while another trains.
SWITCH_SECONDS = 0.001


def application(argv: list[str]) -> QApplication:
    """Return the application, dressed; made on the first call."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(argv)
        app.setApplicationName("Model Workbench")
        app.setDesktopFileName("model-workbench")
        theme.load_fonts()
    return app


def window(project: str | None = None) -> MainWindow:
    """Return the window, with a project open: a folder, a file of data, or the name of a sample."""
    app = application(sys.argv[:1])
    theme_choice.wear(app)  # before any widget takes its font
    made = MainWindow()
    if project is None:
        made.show_welcome()
        return made
    if not Path(project).exists() and project in {sample.name for sample in SAMPLES}:
        made.open_sample(project)
    else:
        made.open_path(Path(project))
    if not made.workspace.is_open:  # yet, or at all
        made.show_welcome()
    return made


def main(project: str | None = None) -> int:
    """Open the window and run until it is closed; return the exit status."""
    sys.setswitchinterval(SWITCH_SECONDS)
    app = application(sys.argv[:1])
    made = window(project)
    made.show()
    return app.exec()
