"""What a file takes and gives is said: in its metadata, and in the lines that use it."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest

from workbench.build.check import built
from workbench.data.dataset import Dataset
from workbench.data.load import load
from workbench.data.samples import sample_project
from workbench.export.meaning import meaning
from workbench.export.registry import EXPORTERS
from workbench.graph import Project


@pytest.mark.parametrize(
    ("sample", "scale", "word", "cut"),
    [
        ("digits-mlp", 1 / 16, "logits", None),
        ("wine-softmax", 1, "probabilities", None),
        ("breast-cancer-mlp", 1, "probability of benign", 0.5),
        ("diabetes-regression", 1, "value of", None),
    ],
)
def test_inputs_and_outputs_are_named(sample: str, scale: float, word: str, cut: float | None) -> None:
    project = sample_project(sample)
    dataset = load(project.data, Path())
    found = meaning(built(project.model), dataset, project)
    assert found.scale == scale
    assert word in found.output
    assert found.cut == cut
    assert found.classes == (dataset.classes if dataset.task == "classification" else ())


def test_the_shown_lines_give_the_model_s_classes(tmp_path: Path) -> None:
    project = sample_project("digits-mlp")
    dataset = load(project.data, Path())
    model = built(project.model).eval()
    exporter = EXPORTERS["onnx"]
    exported = exporter.export(model, project, dataset, tmp_path / "digits.onnx")
    notes = {entry.key: entry.value for entry in onnx.load(exported.path).metadata_props}
    assert json.loads(notes["scale"]) == 1 / 16
    assert "0.0625" in notes["input"]
    rows = dataset.splits["test"][:5]
    np.save(tmp_path / "pixels.npy", dataset.inputs[rows])
    code = exporter.usage(exported)
    start = code.index("samples = ")
    end = code.index("\n", start)
    assert "0.0625" in code[start:end]
    code = code[:start] + "samples = np.load('pixels.npy').astype(np.float32) * 0.0625" + code[end:]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=150
    )
    import torch

    with torch.no_grad():
        numbers = model(torch.from_numpy(dataset.batch(rows))).argmax(1)
    assert done.stdout.strip() == repr([dataset.classes[n] for n in numbers])


@pytest.mark.parametrize(
    ("loss", "shape", "end", "said"),
    [
        ("auto", (3,), "LogSoftmax", "[batch, 3]: log-probabilities of a, b, c"),
        ("bce_with_logits", (3,), "ReLU", "scores (logits) of a, b, c, each apart"),
        ("cosine", (3,), "ReLU", "lengths along the axes of a, b, c; the longest tells the class"),
        ("triplet", (5,), "ReLU", "[batch, 5]: an embedding, near (Euclidean) to those of the same kind"),
        ("ctc", (6, 4), "Softmax", "[batch, 6, 4]: probabilities of blank, a, b, c at each step (CTC)"),
    ],
)
def test_the_loss_says_what_outputs_mean(loss: str, shape: tuple[int, ...], end: str, said: str) -> None:
    rows = [{"id": "x", "type": "Input", "params": {"shape": shape}}, {"id": "end", "type": end}]
    project = Project.model_validate({"model": {"layers": rows}, "training": {"loss": loss}})
    inputs, targets = np.zeros((9, *shape), np.float32), np.arange(9) % 3
    data = Dataset("made", "array", "classification", inputs, targets, classes=("a", "b", "c"), target="kind")
    found = meaning(built(project.model), data, project)
    assert said in found.output
    assert found.cut is None
    assert found.form == {"triplet": "embedding", "ctc": "sequence"}.get(loss, "classes")


@pytest.mark.parametrize(("loss", "shape"), [("triplet", (5,)), ("ctc", (6, 4))])
def test_the_shown_lines_claim_no_class(loss: str, shape: tuple[int, ...], tmp_path: Path) -> None:
    rows = [{"id": "x", "type": "Input", "params": {"shape": shape}}, {"id": "end", "type": "Tanh"}]
    project = Project.model_validate({"model": {"layers": rows}, "training": {"loss": loss}})
    inputs, targets = np.zeros((9, *shape), np.float32), np.arange(9) % 3
    splits = {"train": np.arange(9), "validation": np.arange(0), "test": np.arange(0)}
    data = Dataset("made", "array", "classification", inputs, targets, classes=("a", "b", "c"), splits=splits)
    exporter = EXPORTERS["onnx"]
    exported = exporter.export(built(project.model), project, data, tmp_path / "made.onnx")
    done = subprocess.run(
        [sys.executable, "-c", exporter.usage(exported)],
        cwd=tmp_path, capture_output=True, text=True, check=True, timeout=150,
    )  # fmt: skip
    expected = np.zeros((1, 5), np.float32) if loss == "triplet" else [["blank"] * 6]
    assert done.stdout.strip() == str(expected)
