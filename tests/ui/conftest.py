"""A window for each test, closed with all its threads joined."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from patient_bot import PatientBot
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from workbench.app import application
from workbench.app import window as make_window
from workbench.ui.main_window import MainWindow


@pytest.fixture(scope="session")
def qapp_cls() -> Callable[[list[str]], QApplication]:
    """The application as the program makes it, fonts and all."""
    return application


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """A robot that waits as long as a loaded machine needs."""
    return PatientBot(request)


@pytest.fixture(scope="session", autouse=True)
def collected(qapp: QApplication) -> Generator[None]:
    """Windows are collected while the application lives: Qt crashes where they outlive it."""
    yield
    gc.unfreeze()  # what the first window's imports kept from the collector
    gc.collect()


@pytest.fixture
def window(qtbot: QtBot, home: Path) -> Generator[MainWindow]:
    """The window on its welcome page, shown."""
    made = make_window()
    made.show()
    qtbot.waitUntil(lambda: made._painted)
    yield made
    end(made)


def end(window: MainWindow) -> None:
    """Close a window, join its threads and delete it, while the application lives."""
    QApplication.processEvents()  # widgets that never saw an event crash when they are collected
    window.training.stop()
    window.jobs.close()
    window.hide()
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def open_sample(window: MainWindow, qtbot: QtBot) -> Callable[[str], MainWindow]:
    """Open a sample through the welcome page and wait until it is checked and its data are read."""

    def opened(name: str) -> MainWindow:
        window.open_sample(name)
        ready(window, qtbot)
        return window

    return opened


def ready(window: MainWindow, qtbot: QtBot) -> None:
    """Wait until the open project is checked against its data."""
    workspace = window.workspace
    qtbot.waitUntil(
        lambda: workspace.report is not None and workspace.dataset is not None and not workspace._check.busy
    )
