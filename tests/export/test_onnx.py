import json

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from workbench import __version__
from workbench.build.check import built
from workbench.errors import UserError
from workbench.export.onnx import write_onnx
from workbench.export.registry import EXPORTERS
from workbench.graph import Graph

ONNX = EXPORTERS["onnx"]


def run_onnx(path, *arrays):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(None, {i.name: a for i, a in zip(session.get_inputs(), arrays, strict=True)})[0]


def test_answers_as_the_model_does(image_model, image_project, images, tmp_path):
    before = {name: value.clone() for name, value in image_model.state_dict().items()}
    told = []
    path = tmp_path / "shapes.onnx"

    exported = ONNX.export(
        image_model, image_project, images, path, lambda share, text: told.append((share, text)), run="r1"
    )

    assert image_model.training
    assert all(torch.equal(before[name], value) for name, value in image_model.state_dict().items())
    assert exported.path == path
    assert exported.files == (path,)
    assert list(tmp_path.iterdir()) == [path]
    assert exported.size_bytes == path.stat().st_size
    assert exported.opset == onnx.load(path).opset_import[0].version
    assert exported.inputs == ({"name": "pixels", "shape": ["batch", 1, 8, 8], "dtype": "float32"},)
    assert exported.checked.samples == 90
    assert exported.checked.batch_sizes == (1, 7, 64)
    assert exported.max_abs_diff < 1e-5
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    batch = images.batch(np.arange(5))
    with torch.no_grad():
        wanted = image_model.eval()(torch.from_numpy(batch)).numpy()
    np.testing.assert_allclose(run_onnx(path, batch), wanted, atol=1e-5)
    assert json.loads(json.dumps(exported.as_json()))["inputs"][0]["shape"] == ["batch", 1, 8, 8]


def test_notes_what_the_file_is_and_nothing_of_this_machine(image_model, image_project, images, tmp_path):
    path = tmp_path / "shapes.onnx"
    exported = ONNX.export(image_model, image_project, images, path, run="r1")
    model = onnx.load(path)
    notes = {entry.key: entry.value for entry in model.metadata_props}
    assert notes["program"] == f"Model Workbench {__version__}"
    assert notes["run"] == "r1"
    assert notes["task"] == "classification"
    assert json.loads(notes["classes"]) == list(images.classes)
    assert notes["project"] == image_project.name
    content = path.read_bytes()
    assert b"site-packages" not in content
    assert b"model.py" not in content
    assert {o for names in exported.nodes.values() for o in names} == {n.op_type for n in model.graph.node}
    assert exported.nodes["relu1"] == ("Relu",)
    assert "Gemm" in exported.nodes["fc1"]
    assert exported.nodes["pixels"] == ()


def test_regression_in_the_data_s_own_units(table_model, table_project, table, tmp_path, monkeypatch):
    path = tmp_path / "folder" / "prices.onnx"
    exported = ONNX.export(table_model, table_project, table, path)
    assert exported.inputs[0]["name"] == "input"  # the Input layer is called as the output is
    assert exported.checked.samples == 200
    batch = table.batch(np.arange(3))
    with torch.no_grad():
        wanted = table_model(torch.from_numpy(batch)).numpy()
    np.testing.assert_allclose(run_onnx(path, batch), wanted, rtol=1e-5)
    notes = {entry.key: entry.value for entry in onnx.load(path).metadata_props}
    assert json.loads(notes["features"]) == ["a", "b", "c", "d"]
    monkeypatch.chdir(path.parent)
    names: dict = {}
    exec(ONNX.usage(exported), names)
    assert names["outputs"].shape == (1, 1)
    assert notes["target"] == "price"


class _Unknown(torch.nn.Module):
    """An operation that ONNX has no word for."""

    def forward(self, x):
        return torch.linalg.eigvals(x).real.sum(-1, keepdim=True).unsqueeze(-1) + x


def test_names_the_layer_that_has_no_onnx_form(image_model, image_project, images, tmp_path):
    path = tmp_path / "shapes.onnx"
    path.write_bytes(b"an older export")
    image_model.relu1 = _Unknown()
    with pytest.raises(UserError, match=r"layer relu1: ReLU can't be written as ONNX \(.+\)"):
        ONNX.export(image_model, image_project, images, path)
    assert path.read_bytes() == b"an older export"
    assert list(tmp_path.iterdir()) == [path]


class _Drifting(torch.nn.Module):
    """Differs between tracing and running."""

    def forward(self, x):
        return x if torch.compiler.is_exporting() else x * 1.01


def test_a_file_that_disagrees_is_not_written(image_model, image_project, images, tmp_path):
    image_model.relu1 = _Drifting()
    with pytest.raises(UserError, match="differ from this one's by up to"):
        ONNX.export(image_model, image_project, images, tmp_path / "shapes.onnx")
    assert not list(tmp_path.iterdir())


def test_where_it_cannot_write(image_model, image_project, images, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match="can't be written"):
        ONNX.export(image_model, image_project, images, tmp_path / "file" / "shapes.onnx")


def test_two_inputs_for_one_table(table, tmp_path):
    rows = [{"id": f"in{n}", "type": "Input", "params": {"shape": [4]}} for n in range(2)]
    model = built(
        Graph.model_validate({"layers": [*rows, {"id": "a", "type": "Add", "inputs": ["in0", "in1"]}]})
    )
    with pytest.raises(UserError, match="2 Input layers"):
        ONNX.export(model, None, table, tmp_path / "two.onnx")


def test_several_answers_are_all_written_the_main_one_last(tmp_path):
    torch.manual_seed(0)
    rows = [
        {"id": "input1", "type": "Input", "params": {"shape": [6]}},
        {"id": "hidden", "type": "Linear", "params": {"out_features": 5}},
        {"id": "features", "type": "Output"},
        {"id": "muted", "type": "ReLU", "bypass": True},
        {"id": "scores", "type": "Linear", "params": {"out_features": 3}, "inputs": ["hidden"]},
    ]
    model = built(Graph.model_validate({"layers": rows})).eval()
    samples = (torch.randn(9, 6).numpy(),)
    exported = write_onnx(model, samples, tmp_path / "two.onnx", {})
    session = onnxruntime.InferenceSession(exported.path, providers=["CPUExecutionProvider"])
    assert [item.name for item in session.get_outputs()] == ["output_features", "output"]
    features, scores = session.run(None, {session.get_inputs()[0].name: samples[0]})
    hidden, wanted = model.answers(torch.from_numpy(samples[0]))
    np.testing.assert_allclose(features, hidden.detach().numpy(), atol=1e-5)
    np.testing.assert_allclose(scores, wanted.detach().numpy(), atol=1e-5)
    assert exported.outputs == 2
    assert "*others, outputs" in ONNX.usage(exported)
