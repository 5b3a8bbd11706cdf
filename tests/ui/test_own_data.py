"""A person's own file, dropped on the window, is a project that trains."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QTableView
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ready
from workbench.graph.project import Text
from workbench.templates.registry import TEMPLATES
from workbench.ui.bars import NamedBars
from workbench.ui.main_window import MainWindow
from workbench.ui.template_details import TemplateDetails
from workbench.ui.text_choice import TextChoice


def drop(window: MainWindow, path: Path) -> None:
    """Drop a file on the window."""
    carried = QMimeData()
    carried.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    place = QPointF(200, 200)
    entering = QDragEnterEvent(place.toPoint(), copy, carried, left, none)
    window.dragEnterEvent(entering)
    assert entering.isAccepted()
    window.dropEvent(QDropEvent(place, copy, carried, left, none))


def _csv(folder: Path) -> Path:
    random = np.random.default_rng(0)
    rows = [f"{a:.3f},{b:.3f},{'yes' if a + b > 0 else 'no'}" for a, b in random.normal(size=(120, 2))]
    path = folder / "answers.csv"
    path.write_text("height,width,answer\n" + "\n".join(rows))
    return path


def _arrays(folder: Path) -> Path:
    random = np.random.default_rng(0)
    path = folder / "pairs.npz"
    np.savez(path, x=random.normal(size=(90, 5)).astype(np.float32), y=np.arange(90) % 3)
    return path


def _images(folder: Path) -> Path:
    random = np.random.default_rng(0)
    for name, level in (("dark", 40), ("light", 200)):
        (folder / "photos" / name).mkdir(parents=True)
        for number in range(20):
            pixels = np.clip(random.normal(level, 20, (16, 16)), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / "photos" / name / f"{number}.png")
    return folder / "photos"


@pytest.mark.parametrize("make", [_csv, _arrays, _images])
def test_dropped_data_become_a_project_that_trains(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, make: object
) -> None:
    path = make(tmp_path)
    drop(window, path)
    qtbot.waitUntil(lambda: window.workspace.is_open)
    ready(window, qtbot)
    assert not window.workspace.report.errors
    for stage in ("data", "design", "train", "inspect", "evaluate", "export"):
        window.show_stage(stage)
        window.grab()
    training = window.workspace.project.training.model_copy(update={"epochs": 2})
    window.workspace.edit("short", window.workspace.project.model_copy(update={"training": training}))
    window.train()
    qtbot.waitUntil(lambda: not window.training.active and bool(window.training.run_id))
    assert window.training.last_epoch.epoch == 2
    window.workspace.saving.save_now()


def test_the_target_column_can_be_changed(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    drop(window, _csv(tmp_path))
    qtbot.waitUntil(lambda: window.workspace.is_open)
    ready(window, qtbot)
    window.show_stage("data")
    panel = window.stages.panel("data")
    assert [panel._target.itemText(i) for i in range(panel._target.count())] == ["height", "width", "answer"]
    panel._target.setCurrentText("height")
    panel._target.activated.emit(0)
    qtbot.waitUntil(
        lambda: window.workspace.dataset is not None and window.workspace.dataset.task == "regression"
    )
    window.workspace.undo()
    window.workspace.document.mark_saved(window.workspace.project)


def _reviews(folder: Path) -> Path:
    lines = [f'{n % 4},"It is {"bad" if n % 2 else "good"}, film {n}.",{n % 2}' for n in range(60)]
    path = folder / "reviews.csv"
    path.write_text("\n".join(["stars,review,label", *lines]), encoding="utf-8")
    return path


def test_a_column_of_text_can_be_chosen_and_left(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    drop(window, _reviews(tmp_path))
    qtbot.waitUntil(lambda: window.workspace.is_open)
    ready(window, qtbot)
    window.show_stage("data")
    panel = window.stages.panel("data")
    column = panel.findChild(TextChoice, "textColumn")
    assert [column.itemText(n) for n in range(1, column.count())] == ["stars", "review"]
    assert column.currentIndex() == 0
    assert panel.findChild(QLineEdit, "param_min_count") is None
    qtbot.keyClicks(column, "rev")
    column.activated.emit(column.currentIndex())
    qtbot.waitUntil(
        lambda: window.workspace.dataset is not None and bool(window.workspace.dataset.vocabulary)
    )
    assert window.workspace.project.data.text == Text(column="review")
    assert panel.findChild(QLabel, "data_shape").text() == "5 words, of 5 known"
    table = panel.findChild(QTableView, "previewTable").model()
    first = int(table.index(0, 0).data())
    assert table.index(0, 2).data() == f"it is {'bad' if first % 2 else 'good'} film <unk>"
    counts = panel.findChild(NamedBars, "wordCounts")
    qtbot.waitUntil(lambda: "film" in counts.accessibleName())
    least = panel.findChild(QLineEdit, "param_min_count")
    least.selectAll()
    qtbot.keyClicks(least, "1")
    qtbot.waitUntil(lambda: panel.findChild(QLabel, "data_shape").text() == "5 words, of 47 known")
    column.setCurrentIndex(0)
    column.activated.emit(0)
    qtbot.waitUntil(lambda: window.workspace.dataset is not None and not window.workspace.dataset.vocabulary)
    assert window.workspace.project.data.text is None
    qtbot.waitUntil(counts.isHidden)
    assert panel._vocabulary.isHidden()
    window.workspace.document.mark_saved(window.workspace.project)


def test_words_are_known_where_a_template_is_made_for_texts(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    lines = [f'"It is {"bad" if n % 2 else "good"}, film {n}.",{n % 2}' for n in range(60)]
    (tmp_path / "texts.csv").write_text("\n".join(["review,label", *lines]), encoding="utf-8")
    drop(window, tmp_path / "texts.csv")
    qtbot.waitUntil(lambda: window.workspace.is_open)
    ready(window, qtbot)
    assert [node.type for node in window.workspace.project.model][:3] == ["Input", "Embedding", "GRU"]
    details = TemplateDetails(window.jobs, window.workspace.facts)
    qtbot.addWidget(details)
    details.display(TEMPLATES["text-cnn"])
    qtbot.waitUntil(lambda: details.sketch is not None)
    known = len(window.workspace.dataset.vocabulary)
    assert details.findChild(QLineEdit, "param_vocabulary").text() == str(known)
    assert details.sketch.graph.layers[1].layer.num_embeddings == known
    window.workspace.document.mark_saved(window.workspace.project)
