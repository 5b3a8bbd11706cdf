"""Reading data: what is no longer wanted is neither shown nor told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from workbench.errors import UserError
from workbench.ui import data_reading
from workbench.ui.data_reading import DataReading
from workbench.ui.jobs import Jobs


def section(name: str) -> Any:
    return SimpleNamespace(name=name)


@pytest.fixture
def reading(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[DataReading]:
    def load(wanted: Any, _folder: Path) -> Any:
        if wanted.name == "broken":
            raise UserError("The file is broken")
        return wanted, f"data of {wanted.name}"

    monkeypatch.setattr(data_reading, "_load", load)
    jobs, parent = Jobs(), QObject()
    yield DataReading(jobs, parent)
    jobs.close()


def test_the_same_section_is_read_once(reading: DataReading, qtbot: QtBot, tmp_path: Path) -> None:
    wanted = section("a")
    changes: list[bool] = []
    reading.changed.connect(lambda: changes.append(reading.loading))
    with qtbot.waitSignal(reading.ended):
        reading.read(wanted, tmp_path)
    assert reading.dataset == "data of a"  # type: ignore[comparison-overlap]
    reading.read(wanted, tmp_path)
    assert changes == [True, False]


def test_what_cant_be_read_is_kept_and_told(reading: DataReading, qtbot: QtBot, tmp_path: Path) -> None:
    told: list[Exception] = []
    reading.failed.connect(told.append)
    with qtbot.waitSignal(reading.ended):
        reading.read(section("broken"), tmp_path)
    assert (told, reading.dataset, reading.loading) == ([reading.error], None, False)


@pytest.mark.parametrize("before", ["a", "broken"])
def test_of_a_project_that_was_left_nothing_comes(
    reading: DataReading, qtbot: QtBot, tmp_path: Path, before: str
) -> None:
    told: list[Exception] = []
    reading.failed.connect(told.append)
    reading.read(section(before), tmp_path)
    reading.forget()
    reading.read(None, tmp_path)  # the other project has no data
    assert not reading.loading
    qtbot.waitUntil(lambda: not reading._load.busy)
    assert (told, reading.dataset, reading.error, reading.loading) == ([], None, None, False)
