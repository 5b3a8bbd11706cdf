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


@pytest.fixture
def exported(trained, tmp_path):
    """The trained wine project's run as an ONNX file."""
    path = tmp_path / "wine_again.onnx"
    assert workbench("export", trained, "--run", "0001", "--to", "onnx", "-o", path).status == 0
    return path


def test_with_data_the_weights_are_a_run_at_once(exported, trained, tmp_path):
    folder = tmp_path / "made"
    done = workbench("import", exported, "-o", folder, "--data", "wine", "--json")
    assert done.status == 0, done.err
    assert done.json["run"] == "0001"
    assert load(folder).data == load(trained).data

    for split in ("test", "train"):
        own, again = (
            workbench("evaluate", where, "--run", "0001", "--split", split, "--json").json
            for where in (trained, folder)
        )
        assert again["accuracy"] == own["accuracy"]
        assert again["loss"] == pytest.approx(own["loss"], rel=1e-5)
    seen = workbench(
        "inspect", folder, "--run", "0001", "--method", "saliency", "-o", tmp_path / "seen.npz", "--json"
    )
    assert seen.status == 0, seen.err
    out = workbench(
        "export", folder, "--run", "0001", "--to", "python", "-o", tmp_path / "again.py", "--json"
    )
    assert out.status == 0, out.err
    assert out.json["max_abs_diff"] < 1e-5


def test_what_is_predicted_can_be_chosen(model, tmp_path):
    rows = [",".join(str((n * k) % 17) for k in range(1, 15)) for n in range(60)]
    (tmp_path / "table.csv").write_text("\n".join([",".join("abcdefghijklmn"), *rows]))
    words = ("--data", tmp_path / "table.csv", "--target", "a")
    done = workbench("import", model, "-o", tmp_path / "made", *words)
    assert done.status == 1  # 17 values to tell apart, or one number; the model gives three
    assert "doesn't go with these data" in done.error
    assert workbench("import", model, "-o", tmp_path / "made", "--target", "a").status == 2
    assert not (tmp_path / "made").exists()


def test_data_of_another_shape_are_refused(exported, tmp_path):
    done = workbench("import", exported, "-o", tmp_path / "made", "--data", "iris")
    assert done.status == 1
    assert "the model reads samples of 13 (float32), but these data have samples of 4 (float32)" in done.error
    assert "import it without data" in done.error
    assert not (tmp_path / "made").exists()


def test_a_model_without_weights_has_no_run(tmp_path):
    graph = helper.make_graph(
        [helper.make_node("Slice", ["x", "start", "stop", "axis"], ["y"])],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 13])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 3])],
        [
            numpy_helper.from_array(np.array([n], np.int64), k)
            for k, n in (("start", 0), ("stop", 3), ("axis", 1))
        ],
    )
    path = tmp_path / "bare.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    done = workbench("import", path, "-o", tmp_path / "made", "--data", "wine", "--json")
    assert done.status == 0, done.err
    assert done.json["run"] is None
    assert load(tmp_path / "made").data.path == "wine"
