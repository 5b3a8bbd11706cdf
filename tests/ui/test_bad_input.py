"""What goes wrong in the window gets one clear sentence, and nothing on disk changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ready
from workbench.graph import edit, file
from workbench.ui.main_window import MainWindow

OpenSample = Callable[[str], MainWindow]


def told(window: MainWindow, qtbot: QtBot, *words: str) -> str:
    """Wait for a notice, and check that it is one to three sentences with these words in it."""
    qtbot.waitUntil(lambda: window.notice.isVisible())
    text = window.notice.text
    for word in words:
        assert word in text
    assert "Traceback" not in text
    assert "made a mistake" not in text
    assert len(text) < 500
    return text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", ["line 1", "JSON"]),
        ("", ["JSON"]),
        ("[]", ["object"]),
        ('{"format": 99}', ["format", "newer"]),
        ('{"format": 1, "modle": {}}', ["modle"]),
        (
            '{"format": 1, "model": {"layers": [{"id": "a", "type": "Conv9d"}]}}',
            ["model.layers[0].type", "Conv9d"],
        ),
        (
            '{"format": 1, "model": {"layers": [{"id": "a", "type": "Linear", "params": '
            '{"out_features": 0}}]}}',
            ["model.layers[0].params.out_features"],
        ),
    ],
)
def test_a_project_that_cant_be_read(
    open_sample: OpenSample, qtbot: QtBot, tmp_path: Path, content: str, words: list[str]
) -> None:
    window = open_sample("digits-mlp")
    before = window.workspace.project
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "project.json").write_text(content)
    window.open_path(bad)
    told(window, qtbot, str(bad), *words)
    assert window.workspace.project is before
    assert (bad / "project.json").read_text() == content
    assert [p.name for p in bad.iterdir()] == ["project.json"]


def test_a_missing_data_file_is_told_and_other_data_can_be_chosen(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    raw = json.loads(file.dump(_small_project()))
    raw["data"] = {"format": "csv", "path": "gone.csv", "target": "y"}
    (tmp_path / "project.json").write_text(json.dumps(raw))
    window.open_path(tmp_path)
    told(window, qtbot, "gone.csv")
    window.show_stage("data")
    assert window.workspace.dataset is None
    assert not window.top._train.isEnabled()
    assert "data" in window.top._train.toolTip()
    there = tmp_path / "there.csv"
    there.write_text("a,b,y\n" + "\n".join(f"{i},{i % 7},{i % 2}" for i in range(60)))
    window.opening.replace_data(there)
    qtbot.waitUntil(lambda: window.workspace.dataset is not None)


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("empty.csv", b"", "empty"),
        ("one.csv", b"a\n1\n2\n3\n4\n", "column"),
        ("noise.bin", bytes(range(256)) * 20, "noise.bin"),
        ("noise.npz", b"PK\x03\x04 but not really", "noise.npz"),
    ],
)
def test_data_that_cant_be_read(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, home: Path, name: str, content: bytes, word: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    window.open_path(path)
    qtbot.waitUntil(lambda: "Reading" not in window.notice.text)
    told(window, qtbot, word)
    assert not window.workspace.is_open
    assert not list(home.rglob("project.json"))


def test_a_stack_that_doesnt_fit_cant_be_trained_and_a_click_mends_it(
    open_sample: OpenSample, qtbot: QtBot
) -> None:
    window = open_sample("digits-cnn")
    workspace = window.workspace
    flat = next(node.id for node in workspace.graph if node.type == "Flatten")
    workspace.stack.remove([flat])
    qtbot.waitUntil(lambda: bool(workspace.report.errors))
    problem = workspace.report.errors[0]
    above = [row for row in workspace.report.rows if row.output is not None]
    assert len(above) > 3
    assert not window.top._train.isEnabled()
    workspace.stack.mend(problem.layer, problem.fixes[0])
    ready(window, qtbot)
    qtbot.waitUntil(lambda: not workspace.report.errors)
    assert window.top._train.isEnabled()


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device here")
def test_training_on_cuda_where_there_is_none(open_sample: OpenSample, qtbot: QtBot) -> None:
    window = open_sample("wine-softmax")
    window.top._device.setCurrentIndex(2)
    window.top._set_device()
    window.train()
    told(window, qtbot, "CUDA", "cpu")
    qtbot.waitUntil(lambda: not window.training.active)
    assert not (window.workspace.folder / "runs").exists()


def test_a_folder_that_cant_be_written(open_sample: OpenSample, qtbot: QtBot) -> None:
    window = open_sample("wine-softmax")
    folder = window.workspace.folder
    (folder / "runs").write_text("a file where the runs should go")
    window.train()
    told(window, qtbot, "runs")
    qtbot.waitUntil(lambda: not window.training.active)
    assert (folder / "runs").read_text() == "a file where the runs should go"


def test_text_that_is_no_layer(open_sample: OpenSample, qtbot: QtBot) -> None:
    window = open_sample("wine-softmax")
    before = window.workspace.project
    window.stack.add.begin("qqqqq 12")
    qtbot.keyClick(window.stack.add.edit, "\r")
    told(window, qtbot, "qqqqq")
    assert window.workspace.project is before


def test_a_param_out_of_bounds_is_marked_and_changes_nothing(open_sample: OpenSample, qtbot: QtBot) -> None:
    window = open_sample("digits-mlp")
    window.show_stage("design")
    layer = next(node.id for node in window.workspace.graph if node.type == "Linear")
    window.workspace.select(layer)
    before = window.workspace.project
    form = window.findChild(object, "layerForm")
    field = form.editor("out_features")
    field.selectAll()
    qtbot.keyClicks(field, "0")
    assert field.property("invalid") == "true"
    assert "1" in field.toolTip()
    assert window.workspace.project is before


def _small_project() -> object:
    from workbench.data.samples import sample_project

    project = sample_project("wine-softmax")
    graph, _ = edit.insert(project.model, len(project.model), edit.make("Softmax", {}))
    return project.model_copy(update={"model": graph})


def test_a_run_is_not_judged_on_another_split_than_its_own(open_sample: OpenSample, qtbot: QtBot) -> None:
    window = open_sample("wine-softmax")
    window.train()
    qtbot.waitUntil(lambda: not window.training.active)
    window.notice.hide()
    project = window.workspace.project
    split = project.data.split.model_copy(update={"seed": 9})
    data = project.data.model_copy(update={"split": split})
    window.workspace.edit("other split", project.model_copy(update={"data": data}))
    ready(window, qtbot)
    window.show_stage("evaluate")
    told(window, qtbot, "0001", "split")
    window.notice.hide()
    window.training.start("cpu", "0001")
    told(window, qtbot, "0001", "split")
    qtbot.waitUntil(lambda: not window.training.active)
    window.workspace.undo()


def test_data_chosen_for_one_project_dont_land_in_another(
    open_sample: OpenSample, qtbot: QtBot, tmp_path: Path
) -> None:
    window = open_sample("digits-mlp")
    path = tmp_path / "other.csv"
    path.write_text("a,b,y\n" + "\n".join(f"{i},{i % 7},{i % 2}" for i in range(60)))
    window.opening.replace_data(path)
    window.open_sample("wine-softmax")
    wine = window.workspace.project
    qtbot.waitUntil(lambda: window.jobs.running == 0)
    assert window.workspace.project == wine


def test_another_project_starts_clean_while_a_training_ends(
    open_sample: OpenSample, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_sample("digits-mlp")
    window.train()
    qtbot.waitUntil(lambda: window.training.step > 0)
    monkeypatch.setattr(window.starting, "_may_leave", lambda: True)
    window.open_sample("wine-softmax")
    assert not window.training.active
    assert window.training.run_id == ""
    ready(window, qtbot)
    window.train()
    qtbot.waitUntil(lambda: not window.training.active)
    assert window.training.run_id == "0001"
    assert not any("no run" in text for text in [window.notice.text])


@pytest.mark.parametrize(
    "text",
    [
        "linear 1_000",
        "drop nan",
        "conv2d out_channels=foo",
        "hello there",
        "conv -1",
        "linear 1e9",  # a thousand times what a layer may have
        "linear 99999999999999999999999999",
        "res 0",
        "conv 8, hello",
    ],
)
def test_typed_words_that_arent_understood_are_refused(
    open_sample: OpenSample, qtbot: QtBot, text: str
) -> None:
    window = open_sample("digits-mlp")
    before = window.workspace.project
    window.stack.add.begin(text)
    qtbot.keyClick(window.stack.add.edit, "\r")
    told(window, qtbot)
    assert window.workspace.project is before
