"""``workbench import``: a new project of an ONNX file or a PyTorch class, and what it refuses."""

import json

import numpy as np
import onnx
import pytest
from commands import contents, workbench
from onnx import TensorProto, helper, numpy_helper
from safetensors.torch import load_file

from workbench.data.samples import sample_project
from workbench.graph.file import load, save

NET = """
from torch import nn
class Net(nn.Sequential):
    def __init__(self, n=2):
        super().__init__(nn.Linear(13, 4), nn.Tanh(), nn.Linear(4, n))
"""


@pytest.fixture
def model(tmp_path):
    weight = np.random.default_rng(0).standard_normal((13, 3)).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 13])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 3])],
        [numpy_helper.from_array(weight, "w")],
    )
    path = tmp_path / "wine_model.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


@pytest.fixture
def code(tmp_path):
    path = tmp_path / "net.py"
    path.write_text(NET)
    return path


def test_onnx_becomes_a_project_that_trains_from_its_weights(model, tmp_path):
    folder = tmp_path / "made"
    done = workbench("import", model, "-o", folder, "--json")
    assert done.status == 0
    assert done.json["layers"] == 2
    assert done.json["max_abs_diff"] < 1e-5
    project = load(folder)
    assert project.training.weights == "weights.safetensors"
    assert set(load_file(folder / "weights.safetensors")) == {f"{project.model.layers[1].id}.weight"}
    assert workbench("check", folder).status == 0

    wine = sample_project("wine-softmax")
    save(project.model_copy(update={"data": wine.data}), folder)
    trained = workbench("train", folder, "--epochs", 1, "--json")
    assert trained.status == 0
    assert "Started from all 1 weights" in trained.err


def test_pytorch_becomes_a_project(code, tmp_path):
    folder = tmp_path / "made"
    words = ("--class", "Net", "--shape", "13", "--args", json.dumps({"n": 3}), "--yes")
    done = workbench("import", code, *words, "-o", folder)
    assert done.status == 0, done.err
    assert "workbench check" in done.out
    assert [node.type for node in load(folder).model] == ["Input", "Linear", "Tanh", "Linear"]


def test_code_is_not_run_unasked(tmp_path):
    code = tmp_path / "net.py"
    code.write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    done = workbench("import", code, "--class", "Net", "--shape", "13", "-o", tmp_path / "made")
    assert done.status == 2
    assert "--yes" in done.err
    assert not (tmp_path / "ran").exists()
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["--shape", "13", "--yes"],
        ["--class", "Net", "--yes"],
        ["--class", "Net", "--shape", "0x3", "--yes"],
        ["--class", "Net", "--shape", "big", "--yes"],
        ["--class", "Net", "--shape", "13", "--args", "[1]", "--yes"],
        ["--class", "Net", "--shape", "13", "--args", "{", "--yes"],
        ["--class", "Net", "--shape", "13", "--dtype", "float16", "--yes"],
    ],
)
def test_bad_usage(words, code, tmp_path):
    assert workbench("import", code, *words, "-o", tmp_path / "made").status == 2
    assert not (tmp_path / "made").exists()


def test_another_kind_of_file_is_bad_usage(tmp_path):
    assert workbench("import", tmp_path / "model.pt", "-o", tmp_path / "made").status == 2


def test_a_project_is_never_replaced(model, wine):
    before = contents(wine)
    done = workbench("import", model, "-o", wine)
    assert done.status == 1
    assert "a project here already" in done.error
    assert contents(wine) == before


def test_a_refusal_leaves_nothing(tmp_path):
    (tmp_path / "bad.onnx").write_bytes(b"nonsense")
    done = workbench("import", tmp_path / "bad.onnx", "-o", tmp_path / "made")
    assert done.status == 1
    assert "no sound ONNX file" in done.error
    assert not (tmp_path / "made").exists()
