"""The Train stage: its pages are made while the window answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from workbench.ui.in_parts import InParts
from workbench.ui.main_window import MainWindow
from workbench.ui.train_panel import TrainPanel

Open = Callable[[str], MainWindow]


@pytest.fixture
def panel(open_sample: Open) -> TrainPanel:
    window = open_sample("wine-softmax")
    window.show_stage("train")
    found = window.stages.panel("train")
    assert isinstance(found, TrainPanel)
    return found


def _page(panel: TrainPanel, name: str) -> InParts:
    found = panel.findChild(InParts, name)
    assert found is not None
    return found


def _press(panel: TrainPanel, name: str) -> None:
    button = panel.findChild(QPushButton, f"trainPages_{name}")
    assert button is not None
    button.click()


@pytest.mark.parametrize("name", ["settings", "search"])
def test_a_page_is_shown_once_all_its_parts_are_made_one_a_turn(
    panel: TrainPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    made: list[bool] = []
    make_more = InParts.make_more

    def noted(page: InParts) -> bool:
        if page.objectName() == f"{name}Page" and not page.whole:
            made.append(panel._next.isActive())
        return make_more(page)

    monkeypatch.setattr(InParts, "make_more", noted)
    _press(panel, name)
    page = _page(panel, f"{name}Page")
    assert not made  # the click itself makes no part
    assert not page.isVisible()
    qtbot.waitUntil(page.isVisible)
    assert page.whole
    assert len(made) > 5


def test_another_page_may_be_wanted_meanwhile(panel: TrainPanel, qtbot: QtBot) -> None:
    _press(panel, "settings")
    _press(panel, "search")
    search, settings = _page(panel, "searchPage"), _page(panel, "settingsPage")
    qtbot.waitUntil(search.isVisible)
    assert not settings.isVisible()
    panel.show_page("settings")  # at once, whatever is missing
    assert settings.whole
    assert settings.isVisible()


def test_the_runs_are_read_without_their_page_being_shown(panel: TrainPanel, qtbot: QtBot) -> None:
    """The last one's curves are drawn under the live ones."""
    qtbot.waitUntil(lambda: panel.findChild(InParts, "runsPage") is not None)
    qtbot.waitUntil(lambda: _page(panel, "runsPage").whole)
    assert not _page(panel, "runsPage").isVisible()
