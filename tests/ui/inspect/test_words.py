"""Data of ids with a vocabulary: people see, read and type words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ready
from workbench.graph.project import Project
from workbench.ui.bars import NamedBars
from workbench.ui.inspect.attribution_page import AttributionPage
from workbench.ui.inspect.attribution_reading import arrays_of
from workbench.ui.inspect.inspected import OwnSample
from workbench.ui.inspect.own_menu import OwnMenu
from workbench.ui.inspect.representation_page import RepresentationPage
from workbench.ui.inspect.sample_picture import SamplePicture
from workbench.ui.main_window import MainWindow

WORDS = ["<pad>", "[UNK]", "a", "the", "good", "bad", "film", "story", "x" * 60]


@pytest.fixture
def reviews(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> Any:
    """Inspect on six words at most, padded at the end, behind an embedding."""
    ids = np.random.default_rng(0).integers(2, 9, (60, 6))
    ids[:, 4:] = 0
    ids[0] = [2, 4, 6, 8, 0, 0]
    np.savez(tmp_path / "reviews.npz", ids=ids, y=np.arange(60) % 2)
    (tmp_path / "vocabulary.txt").write_text("\n".join(WORDS) + "\n", encoding="utf-8")
    rows = [
        {"id": "ids", "type": "Input", "params": {"shape": [6], "dtype": "int64"}},
        {"id": "emb", "type": "Embedding", "params": {"num_embeddings": 9, "embedding_dim": 4}},
        {"id": "flat", "type": "Flatten"},
        {"id": "fc", "type": "Linear", "params": {"out_features": 2}},
    ]
    data = {"format": "arrays", "path": "reviews.npz"}
    project = {"format": 1, "name": "Reviews", "data": data, "model": {"layers": rows}, "training": {}}
    (tmp_path / "project.json").write_text(Project.model_validate(project).model_dump_json(), "utf-8")
    window.open_path(tmp_path)
    qtbot.waitUntil(lambda: window.workspace.is_open)
    ready(window, qtbot)
    window.show_stage("inspect")
    panel: Any = window.stages.panel("inspect")
    panel.inspected.choose_sample(0)
    qtbot.waitUntil(lambda: panel.inspection is not None and panel.inspection.index == 0)
    return panel


def find(panel: Any, kind: type[Any], name: str) -> Any:
    """The widget of this name."""
    found = panel.findChild(kind, name)
    assert found is not None, name
    return found


def opened(panel: Any, qtbot: QtBot, kind: type[Any]) -> Any:
    """A page that was asked for: it may be made a moment later."""
    qtbot.waitUntil(lambda: isinstance(panel.page, kind))
    return panel.page


def test_a_sample_is_seen_in_words(reviews: Any, window: MainWindow, qtbot: QtBot) -> None:
    drawn = find(reviews, SamplePicture, "samplePicture")
    assert drawn._tokens == ["a", "good", "film", WORDS[8], "<pad>", "<pad>"]
    assert all(place.right() <= drawn.width() for place in drawn._places())
    assert drawn.accessibleName() == "6 tokens"
    drawn.grab()


def test_neighbours_of_an_embedding_are_words(reviews: Any, window: MainWindow, qtbot: QtBot) -> None:
    window.workspace.select("emb")
    qtbot.mouseClick(find(reviews, QPushButton, "inspectKind_weights"), Qt.MouseButton.LeftButton)
    near = find(reviews, NamedBars, "neighbours")
    qtbot.waitUntil(lambda: near.accessibleName() != "")
    assert find(reviews, QLabel, "nearTitle").text() == "Nearest to <pad>, id 0"
    assert any(word in near.accessibleName() for word in ("film", "good", "story"))


def test_a_sample_is_typed_in_words(reviews: Any, qtbot: QtBot) -> None:
    menu = find(reviews, OwnMenu, "ownSample")
    menu.menu_.popup = lambda _place: None
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton)
    next(action for action in menu.menu_.actions() if action.objectName() == "newOwnSample").trigger()
    edit = find(reviews, QPlainTextEdit, "ownNumbers")
    assert edit.toPlainText() == f"a good film {WORDS[8]}"  # without its padding
    edit.selectAll()
    qtbot.keyClicks(edit, "The bad story")

    def looked_at() -> list[int]:
        sample = reviews.inspected.sample
        return sample.values.tolist() if isinstance(sample, OwnSample) else []

    qtbot.waitUntil(lambda: looked_at() == [3, 5, 7, 0, 0, 0])
    told = find(reviews, QLabel, "ownNumbersTold")
    assert told.text() == "Up to 6 words; fewer are padded at the end"
    qtbot.keyClicks(edit, " yesterday")
    assert "“yesterday” isn't in the vocabulary. Write [UNK] in its place" in told.text()
    assert looked_at() == [3, 5, 7, 0, 0, 0]


def test_attributions_are_of_words(reviews: Any, qtbot: QtBot) -> None:
    qtbot.mouseClick(find(reviews, QPushButton, "inspectPages_attribution"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: isinstance(reviews.page, AttributionPage))
    page = opened(reviews, qtbot, AttributionPage)
    qtbot.waitUntil(lambda: bool(page.bar.methods.names))
    tile = page.tile("input_x_gradient")
    qtbot.waitUntil(lambda: tile.reading is not None and not tile.pending)
    saved = arrays_of(tile.reading, tile.result.arrays)
    assert saved["token"].tolist() == list(tile.reading.names)
    assert tile.reading.names == ("a", "good", "film", WORDS[8], "<pad>", "<pad>")
    drawing = tile.view.drawing
    assert drawing.words(2).startswith("token 2, film, id 6: ")
    assert all(place.right() <= 120 for place in drawing._places(120))
    page.grab()


def test_points_of_a_map_tell_their_words(reviews: Any, qtbot: QtBot) -> None:
    qtbot.mouseClick(find(reviews, QPushButton, "inspectPages_representation"), Qt.MouseButton.LeftButton)
    view = opened(reviews, qtbot, RepresentationPage).shown
    qtbot.waitUntil(lambda: view.answer is not None and not view.job.busy)
    view._on_pointed(0, QPointF(10, 10))
    number = int(view.answer.result.arrays["samples"][0])
    text = find(reviews, QLabel, "mapHoverText").text()
    first = reviews.inspected.dataset.token(int(reviews.inspected.dataset.inputs[number, 0]))
    assert first in text
    assert "&lt;pad&gt;" in text  # a word, no mark-up
