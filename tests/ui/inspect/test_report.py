"""Saving what a card shows in every form, and the report."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFileDialog, QGraphicsScene, QGraphicsView, QLabel, QMenu, QPushButton

from workbench.ui.inspect import report_button, save_menu
from workbench.ui.inspect.view import View
from workbench.ui.inspect.view_picture import as_image, as_svg


@pytest.fixture
def panel(open_sample, qtbot):
    window = open_sample("wine-softmax")
    window.show_stage("inspect")
    panel = window.stages.panel("inspect")
    qtbot.waitUntil(lambda: panel.inspection is not None)
    return panel


@pytest.fixture
def view(panel):
    picture = QLabel("hello")
    picture.resize(60, 20)
    return View("Maps of linear1", "What they are.", picture, {"a": np.arange(3), "b": np.ones(3)})


def entry(menu: QMenu, start: str):
    return next(action for action in menu.actions() if action.text().startswith(start))


@pytest.mark.parametrize("kind", ["PNG", "SVG", "CSV", "NumPy"])
def test_every_kind_of_file(panel, view, qtbot, tmp_path, monkeypatch, kind):
    suffix = {"NumPy": "npz"}.get(kind, kind.lower())
    path = tmp_path / f"view.{suffix}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), f"*.{suffix}"))
    menu = save_menu.made(panel.layer, panel._workspace, view)
    with qtbot.waitSignal(panel._workspace.notified):
        entry(menu, kind).trigger()
    if suffix == "png":
        with Image.open(path) as image:
            assert image.size == (120, 40)
    elif suffix == "svg":
        assert ET.parse(path).getroot().tag.endswith("svg")
    elif suffix == "csv":
        assert path.read_text().splitlines() == ["a,b", "0,1.0", "1,1.0", "2,1.0"]
    else:
        with np.load(path, allow_pickle=False) as arrays:
            assert list(arrays) == ["a", "b"]


def test_a_report_of_two_views_less_one(panel, view, qtbot, tmp_path, monkeypatch):
    button = panel.findChild(QPushButton, "reportButton")
    assert button.text() == "Report"
    for _ in range(2):
        entry(save_menu.made(panel.layer, panel._workspace, view), "Add to report").trigger()
    assert button.text() == "Report · 2"
    path = tmp_path / "report.html"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), "HTML (*.html)"))
    entry(report_button.menu(button, panel._workspace, panel.inspected), "Take out").trigger()
    assert button.text() == "Report · 1"
    with qtbot.waitSignal(panel._workspace.notified):
        entry(report_button.menu(button, panel._workspace, panel.inspected), "Save as HTML").trigger()
    text = path.read_text(encoding="utf-8")
    assert text.count("<h2>Maps of linear1</h2>") == 1
    for part in (
        "<h2>Stack</h2>",
        "<h2>Environment</h2>",
        "What they are.",
        "weights that aren&#x27;t trained",
    ):
        assert part in text
    assert "<script" not in text


def test_a_scene_is_saved_whole(qtbot):
    scene = QGraphicsScene()
    scene.addRect(0, 0, 500, 300, brush=QColor("red"))
    picture = QGraphicsView(scene)
    qtbot.addWidget(picture)
    picture.resize(50, 40)
    image = as_image(picture)
    assert image.width() >= 1000
    assert image.pixelColor(image.width() - 20, image.height() - 20) == QColor("red")
    assert b"<svg" in as_svg(picture)


def test_a_place_that_can_t_be_written_is_told(panel, view, qtbot, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "view.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), "*.csv"))
    with qtbot.waitSignal(panel._workspace.notified) as told:
        entry(save_menu.made(panel.layer, panel._workspace, view), "CSV").trigger()
    assert told.args[0].tone == "problem"
