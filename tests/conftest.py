"""What all tests share: no display, no one's settings, few threads, and no warning of Qt's unseen."""

import os
import re
import sys
from collections.abc import Generator
from pathlib import Path

# Before anything imports Qt, and before torch starts its threads: with two, timings and the order in which
# floats are summed are alike on every machine.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["OMP_NUM_THREADS"] = "2"
# A thread that waits for another one sleeps: spinning, two processes of tests would hold each other up.
os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
os.environ["NUMBA_DISABLE_JIT"] = "1"  # UMAP takes 20 s to compile, and next to none to place a few points

import pytest
from hypothesis import settings

# Time limits are pytest-timeout's: a first call imports torch. What CI finds, it finds again.
settings.register_profile("workbench", deadline=None, database=None, derandomize="CI" in os.environ)
settings.load_profile("workbench")


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for settings and projects, so that no test reads or writes a person's own."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("WORKBENCH_HOME", str(folder))
    return folder


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """Fail a test whose widgets make Qt warn while they close; pytest-qt listens only until then."""
    if "PySide6.QtCore" not in sys.modules:
        return (yield)
    from PySide6.QtCore import QtMsgType, qInstallMessageHandler

    said: list[str] = []
    bad = {QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg}
    known = re.compile("|".join(item.config.getini("qt_log_ignore")) or r"(?!)")
    previous = qInstallMessageHandler(
        lambda kind, _, text: said.append(text) if kind in bad and not known.search(text) else None
    )
    try:
        yield
    finally:
        qInstallMessageHandler(previous)
    assert not said, f"Qt warned while the test was torn down: {said}"
