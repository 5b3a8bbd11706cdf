"""Starting from a template: found by typing, looked at, and taken for the open data or as a new project."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ready
from tests.ui.dialogs import click, opened, part
from workbench.graph import file
from workbench.templates.registry import TEMPLATES
from workbench.ui.main_window import MainWindow
from workbench.ui.template_list import brief, found

OpenSample = Callable[[str], MainWindow]


def gallery_of(window: MainWindow, qtbot: QtBot) -> Any:
    window.actions_["new_template"].trigger()
    gallery = opened("templateGallery")
    shown(gallery, qtbot)
    return gallery


def shown(gallery: Any, qtbot: QtBot) -> None:
    """Wait until the stack of the current template is worked out."""
    qtbot.waitUntil(lambda: gallery.details.sketch is not None)


def figure(gallery: Any, name: str) -> int:
    return int(re.sub(r"\D", "", part(gallery, f"template_{name}").text()))


class TestGallery:
    def test_lists_every_template_in_groups(self, window: MainWindow, qtbot: QtBot) -> None:
        gallery = gallery_of(window, qtbot)
        assert sorted(gallery.list.names) == sorted(TEMPLATES)
        headings = [
            gallery.list.item(row).text()
            for row in range(gallery.list.count())
            if not gallery.list.item(row).flags()
        ]
        assert headings[:2] == ["Images", "Tables of numbers"]
        assert len(headings) == len({template.takes[0] for template in TEMPLATES.values()})

    def test_gives_the_published_sizes(self, window: MainWindow, qtbot: QtBot) -> None:
        gallery = gallery_of(window, qtbot)
        listed = gallery.list
        rows = {listed.item(row).text(): listed.item(row) for row in range(listed.count())}
        alexnet = rows["AlexNet"]
        qtbot.waitUntil(lambda: "61.1" in alexnet.data(Qt.ItemDataRole.AccessibleTextRole))
        gallery.list.go_to("resnet-18")
        shown(gallery, qtbot)
        assert figure(gallery, "params") == 11_689_512  # of torchvision
        assert part(gallery, "templateSource").text() == TEMPLATES["resnet-18"].source
        rows_shown = gallery.details.preview.rows
        assert any(row.folded for row in rows_shown)
        assert sum(row.params for row in rows_shown) == 11_689_512

    def test_is_searched_by_typing_wherever_the_focus_is(self, window: MainWindow, qtbot: QtBot) -> None:
        gallery = gallery_of(window, qtbot)
        gallery.list.setFocus()
        qtbot.keyClicks(gallery.list, "s")
        qtbot.keyClicks(gallery.search, "pectrogram")
        assert gallery.list.names == ["speech-rnn"]
        assert gallery.list.current == "speech-rnn"
        gallery.search.setText("no such network")
        assert gallery.list.names == []
        assert part(gallery, "templateNone").isVisible()
        assert not part(gallery, "templateNew").isEnabled()

    def test_keys_choose_and_escape_leaves(self, window: MainWindow, qtbot: QtBot) -> None:
        gallery = gallery_of(window, qtbot)
        first = gallery.list.current
        QTest.keyClick(gallery.search, Qt.Key.Key_Down)
        assert gallery.list.current == gallery.list.names[1]
        QTest.keyClick(gallery.search, Qt.Key.Key_Up)
        assert gallery.list.current == first
        QTest.keyClick(gallery.search, Qt.Key.Key_Escape)
        assert QApplication.activeModalWidget() is None
        assert not window.workspace.is_open

    def test_settings_change_the_stack_that_is_shown(self, window: MainWindow, qtbot: QtBot) -> None:
        gallery = gallery_of(window, qtbot)
        gallery.list.go_to("mlp")
        shown(gallery, qtbot)
        before = figure(gallery, "params")
        field = part(gallery, "param_width")
        field.selectAll()
        qtbot.keyClicks(field, "8")
        shown(gallery, qtbot)
        assert figure(gallery, "params") < before
        field.selectAll()
        qtbot.keyClicks(field, "0")
        assert field.property("invalid") == "true"


class TestNewProject:
    def test_enter_makes_a_project_in_a_free_folder(
        self, window: MainWindow, qtbot: QtBot, home: Path
    ) -> None:
        gallery = gallery_of(window, qtbot)
        qtbot.keyClicks(gallery.search, "lenet")
        QTest.keyClick(gallery.search, Qt.Key.Key_Return)
        gallery = gallery_of(window, qtbot)
        gallery.list.go_to("lenet-5")
        click(gallery, "templateNew")  # a project is open now, so Enter would take it for that
        made = sorted(path.parent.name for path in home.rglob("project.json"))
        assert made == ["LeNet-5", "LeNet-5 2"]
        project = file.load(home / "projects" / "LeNet-5")
        assert project.data is None
        assert project.model == TEMPLATES["lenet-5"].graph()
        assert window.stages.stage == "design"

    def test_the_welcome_page_leads_there(self, window: MainWindow) -> None:
        window.show_welcome()
        click(window, "startTemplate")
        opened("templateGallery").reject()
        click(window, "start_import_onnx")
        opened("importOnnx").reject()


class TestOpenData:
    def test_replaces_the_stack_as_one_step(self, open_sample: OpenSample, qtbot: QtBot) -> None:
        window = open_sample("digits-cnn")
        workspace = window.workspace
        before = workspace.project
        gallery = gallery_of(window, qtbot)
        gallery.list.go_to("resnet-18")
        shown(gallery, qtbot)
        assert part(gallery, "template_sample").text() == "images of 1×8×8"
        click(gallery, "templateUse")
        ready(window, qtbot)
        assert workspace.document.undo_label == "Use template ResNet-18"
        assert workspace.graph == TEMPLATES["resnet-18"].graph(workspace.facts)
        assert workspace.project.data == before.data
        qtbot.waitUntil(lambda: workspace.report is not None and not workspace.report.errors)
        assert workspace.stack.folded == {block.id for block in workspace.graph.blocks}
        workspace.undo()
        assert workspace.project == before

    def test_what_cant_take_the_data_says_why(self, open_sample: OpenSample, qtbot: QtBot) -> None:
        window = open_sample("wine-softmax")
        gallery = gallery_of(window, qtbot)
        assert gallery.list.current == "softmax-regression" or not TEMPLATES[gallery.list.current].misfit(
            window.workspace.facts
        )
        gallery.list.go_to("resnet-18")
        shown(gallery, qtbot)
        assert part(gallery, "templateMisfit").isVisible()
        assert "13 numbers" in part(gallery, "templateMisfit").text()
        assert not part(gallery, "templateUse").isEnabled()
        assert "images" in part(gallery, "templateUse").toolTip()
        before = window.workspace.project
        click(gallery, "templateNew")
        assert window.workspace.project is not before
        assert window.workspace.project.name == "ResNet-18"

    def test_as_published_is_one_click_away(self, open_sample: OpenSample, qtbot: QtBot) -> None:
        window = open_sample("digits-cnn")
        gallery = gallery_of(window, qtbot)
        gallery.list.go_to("lenet-5")
        shown(gallery, qtbot)
        click(gallery, "templateFor_published")
        shown(gallery, qtbot)
        assert figure(gallery, "params") == 61_706  # of the paper, with C3 whole
        gallery.reject()


@pytest.mark.parametrize(
    ("text", "name"),
    [("karpathy", "gpt"), ("images unet", ""), ("u-net", "u-net"), ("users items", "recommender")],
)
def test_words_find_by_title_paper_and_kind(text: str, name: str) -> None:
    assert [item.name for item in found(text)] == ([name] if name else [])


def test_papers_in_a_few_words() -> None:
    assert brief("He, Zhang, Ren, Sun 2015, Deep residual learning") == "He et al. 2015"
    assert brief("Kingma, Welling 2014, Auto-encoding") == "Kingma and Welling 2014"
    assert brief("Cox 1958, The regression") == "Cox 1958"
    assert all(re.search(r"\d{4}$", brief(item.source)) for item in TEMPLATES.values())


def test_leaving_at_once_leaves_no_work_behind(window: MainWindow, qtbot: QtBot) -> None:
    for _ in range(4):
        window.actions_["new_template"].trigger()
        gallery = opened("templateGallery")
        gallery.search.setText("net")
        gallery.search.setText("")
        gallery.reject()
    qtbot.waitUntil(lambda: window.jobs.running == 0)
    assert not window.notice.isVisible()
