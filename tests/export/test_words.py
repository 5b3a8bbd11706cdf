"""What leaves with a model of words: its vocabulary, and how texts are read."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from workbench.build.check import built
from workbench.data.dataset import Dataset
from workbench.data.intake import project_for
from workbench.export.registry import EXPORTERS
from workbench.graph import Project

STRANGE = ("<pad>", "\n", 'a "b"', "日本", "", "x")
"""Tokens of an .npz file may be anything."""


@pytest.fixture
def texts(tmp_path: Path) -> tuple[Project, Dataset]:
    lines = [
        f'"It isn\'t {"bad" if n % 2 else "good"}, film {n}.",{"up" if n % 2 else "down"}' for n in range(40)
    ]
    (tmp_path / "reviews.csv").write_text("\n".join(["review,label", *lines]), encoding="utf-8")
    return project_for(tmp_path / "reviews.csv")


@pytest.fixture
def ids(texts: tuple[Project, Dataset]) -> tuple[Project, Dataset]:
    """The same project on ids with words, but none that tell how texts are read."""
    project, dataset = texts
    return project, replace(dataset, tokenizer=None, vocabulary=STRANGE, inputs=dataset.inputs % 6)


def model_of(project: Project):
    torch.manual_seed(0)
    return built(project.model).eval()


def ran(code: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True, timeout=150
    )
    return done.stdout.strip()


def test_onnx_carries_the_words(ids, tmp_path):
    project, dataset = ids
    exporter = EXPORTERS["onnx"]
    exported = exporter.export(model_of(project), project, dataset, tmp_path / "model.onnx")
    notes = onnxruntime.InferenceSession(exported.path).get_modelmeta().custom_metadata_map
    assert tuple(json.loads(notes["vocabulary"])) == STRANGE
    assert json.loads(notes["classes"]) == ["down", "up"]
    assert "tokenizer" not in notes
    assert "of 6 tokens" in notes["input"]
    assert ran(exporter.usage(exported) + "print(ids['x'])", tmp_path).endswith("5")


def test_the_lines_for_onnx_read_texts_as_in_training(texts, tmp_path):
    project, dataset = texts
    exporter = EXPORTERS["onnx"]
    exported = exporter.export(model_of(project), project, dataset, tmp_path / "model.onnx")
    text = "It isn’t BAD; an unheard-of film..."
    code = exporter.usage(exported).replace("Your text.", text)
    said = ran(code + "print(samples.tolist())", tmp_path).splitlines()
    assert json.loads(said[1]) == [dataset.tokenizer.ids(text).tolist()]
    assert said[0] in {"['down']", "['up']"}
    assert exported.as_json()["meaning"]["words"] == len(dataset.vocabulary)


def test_data_without_words_have_none(table_model, table_project, table, tmp_path):
    exporter = EXPORTERS["onnx"]
    exported = exporter.export(table_model, table_project, table, tmp_path / "model.onnx")
    notes = onnxruntime.InferenceSession(exported.path).get_modelmeta().custom_metadata_map
    assert "vocabulary" not in notes
    assert json.loads(notes["features"]) == ["a", "b", "c", "d"]
    assert json.loads(notes["classes"]) == []
    code = EXPORTERS["python"].export(table_model, table_project, table, tmp_path / "model.py")
    assert len(code.files) == 2
    assert "json" not in code.path.read_text(encoding="utf-8")


def test_the_code_reads_texts_as_in_training(texts, tmp_path):
    project, dataset = texts
    model, exporter = model_of(project), EXPORTERS["python"]
    exported = exporter.export(model, project, dataset, tmp_path / "model.py")
    assert [file.name for file in exported.files] == [
        "model.py",
        "model.safetensors",
        "model.vocabulary.json",
    ]
    assert exported.size_bytes == sum(file.stat().st_size for file in exported.files)
    asked = ["It isn’t BAD; an unheard-of film...", "", "good " * 50]
    code = f"import model as m\ninputs = m.inputs_of({asked!r})\nprint(inputs.tolist())\n"
    code += "print(m.predict(m.load(), inputs))"
    said = ran(code, tmp_path).splitlines()
    wanted = np.stack([dataset.tokenizer.ids(text) for text in asked])
    assert json.loads(said[0]) == wanted.tolist()
    with torch.inference_mode():
        numbers = (model(torch.from_numpy(wanted))[:, 0] > 0.5).long().tolist()
    assert said[1] == str([dataset.classes[number] for number in numbers])
    assert ran(exporter.usage(exported), tmp_path) in {"['down']", "['up']"}
    done = subprocess.run(
        [sys.executable, exported.path], capture_output=True, text=True, check=True, timeout=150
    )
    assert done.stdout.strip() in {"['down']", "['up']"}


def test_the_code_turns_words_into_ids(ids, tmp_path):
    project, dataset = ids
    exported = EXPORTERS["python"].export(model_of(project), project, dataset, tmp_path / "model.py")
    assert tuple(json.loads(exported.files[2].read_text(encoding="utf-8"))) == STRANGE
    assert ran(f"import model\nprint(model.ids_of({list(STRANGE)!r}))", tmp_path) == "[0, 1, 2, 3, 4, 5]"
    ran(exported.path.read_text(encoding="utf-8").replace("__file__", "'model.py'"), tmp_path)


def test_where_the_code_can_not_be_written_nothing_is(texts, tmp_path):
    project, dataset = texts
    (tmp_path / "out" / "model.py").mkdir(parents=True)
    with pytest.raises(Exception, match="can't be written"):
        EXPORTERS["python"].export(model_of(project), project, dataset, tmp_path / "out" / "model.py")
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["model.py"]
