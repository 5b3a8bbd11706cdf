import json
import subprocess
import sys

import numpy as np
import pytest
import torch

from workbench.build.check import built
from workbench.errors import UserError
from workbench.evaluate.predict import predict
from workbench.export.registry import EXPORTERS
from workbench.graph import Graph, Project

PYTHON = EXPORTERS["python"]

ASK = """
import json, sys, importlib.util, torch
spec = importlib.util.spec_from_file_location("m", sys.argv[1])
m = importlib.util.module_from_spec(spec); spec.loader.exec_module(m)
assert not any(name.startswith("workbench") for name in sys.modules)
x = torch.tensor(json.loads(sys.stdin.read()))
model = m.load()
print(json.dumps([model(x).tolist(), m.predict(model, x)]))
"""


def ask(path, batch):
    """Load an exported file in a process of its own, in a folder where workbench can't be imported from."""
    ran = subprocess.run(
        [sys.executable, "-c", ASK, str(path)],
        input=json.dumps(batch.tolist()),
        capture_output=True,
        text=True,
        check=True,
        cwd=path.parent,
    )
    return json.loads(ran.stdout)


def test_stands_alone_and_answers_as_the_model_does(image_model, image_project, images, tmp_path):
    path = tmp_path / "shapes.py"
    exported = PYTHON.export(image_model, image_project, images, path, run="r1")
    assert set(exported.files) == set(tmp_path.iterdir()) == {path, path.with_suffix(".safetensors")}
    assert exported.size_bytes == sum(file.stat().st_size for file in exported.files)
    assert exported.opset is None
    assert exported.max_abs_diff == 0
    assert exported.inputs == ({"name": "pixels", "shape": ["batch", 1, 8, 8], "dtype": "float32"},)
    assert image_model.training
    batch = images.batch(np.arange(6))
    outputs, names = ask(path, batch)
    with torch.no_grad():
        wanted = image_model.eval()(torch.from_numpy(batch))
    np.testing.assert_allclose(outputs, wanted, atol=1e-6)
    assert names == [images.classes[n] for n in wanted.argmax(1)]


def test_regression(table_model, table_project, table, tmp_path):
    path = tmp_path / "prices.py"
    PYTHON.export(table_model, table_project, table, path)
    batch = table.batch(np.arange(4))
    outputs, values = ask(path, batch)
    with torch.no_grad():
        wanted = table_model(torch.from_numpy(batch))
    np.testing.assert_allclose(outputs, wanted, rtol=1e-6)
    np.testing.assert_allclose(values, wanted[:, 0], rtol=1e-6)
    assert "FEATURES = ('a', 'b', 'c', 'd')" in path.read_text()


@pytest.mark.parametrize(("end", "boundary"), [([], 0.0), ([{"id": "p", "type": "Sigmoid"}], 0.5)])
def test_two_classes_on_one_output(table, tmp_path, end, boundary):
    rows = [
        {"id": "x", "type": "Input", "params": {"shape": [4]}},
        {"id": "fc", "type": "Linear", "params": {"out_features": 1}},
    ]
    project = Project(model=Graph.model_validate({"layers": [*rows, *end]}))
    model = built(project.model)
    data = type(table)(**{**vars(table), "task": "classification", "classes": ("no", "yes")})
    PYTHON.export(model, project, data, tmp_path / "two.py")
    batch = table.batch(np.arange(40)) - np.float32(50)
    outputs, names = ask(tmp_path / "two.py", batch)
    assert names == ["yes" if score > boundary else "no" for (score,) in outputs]
    assert len(set(names)) == 2


def labelled(table, **changes):
    """The table's samples, of classes."""
    targets = np.arange(len(table.inputs)) % 3
    changes = {"task": "classification", "classes": ("a", "b", "c"), "targets": targets, **changes}
    return type(table)(**{**vars(table), **changes})


def test_an_embedding_is_given_as_it_is(table, tmp_path):
    rows = [
        {"id": "x", "type": "Input", "params": {"shape": [4]}},
        {"id": "fc", "type": "Linear", "params": {"out_features": 5}},
    ]
    project = Project.model_validate({"model": {"layers": rows}, "training": {"loss": "triplet"}})
    exported = PYTHON.export(built(project.model), project, labelled(table), tmp_path / "near.py")
    assert "an embedding" in exported.meaning.output
    assert exported.meaning.classes == ()
    outputs, places = ask(tmp_path / "near.py", table.batch(np.arange(6)))
    assert places == outputs
    assert "argmax" not in PYTHON.usage(exported)


@pytest.mark.parametrize("end", [None, "Softmax", "LogSoftmax"])
def test_a_sequence_is_named_after_its_likeliest_class(table, tmp_path, end):
    rows = [{"id": "x", "type": "Input", "params": {"shape": [7, 4]}}]
    rows += [{"id": "end", "type": end}] if end else []
    project = Project.model_validate({"model": {"layers": rows}, "training": {"loss": "ctc"}})
    inputs = 2 * np.random.default_rng(0).normal(size=(300, 7, 4)).astype(np.float32)
    data, model = labelled(table, inputs=inputs, features=()), built(project.model)
    exported = PYTHON.export(model, project, data, tmp_path / "heard.py")
    assert "blank, a, b, c at each step" in exported.meaning.output
    _, names = ask(tmp_path / "heard.py", inputs[:40])
    labels = predict(model, data, np.arange(40), loss=project.training.loss).labels
    assert names == [data.classes[n] for n in labels]
    assert len(set(names)) == 3


@pytest.mark.parametrize("name", ["prices.py", "my-prices 2.py"])
def test_the_file_s_example_and_the_lines_that_use_it(table_model, table_project, table, tmp_path, name):
    exported = PYTHON.export(table_model, table_project, table, tmp_path / name)
    code = f"import runpy; runpy.run_path({name!r}, run_name='__main__')\n{PYTHON.usage(exported)}"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    first, second = map(json.loads, ran.stdout.splitlines())
    assert first == second
    assert len(first) == 1


def test_the_example_names_the_columns(table_model, table_project, table, tmp_path):
    PYTHON.export(table_model, table_project, table, tmp_path / "prices.py")
    example = (tmp_path / "prices.py").read_text().partition("example = ")[2]
    assert "            0.0,  # a\n            0.0,  # b\n" in example


def test_of_several_answers_predict_reads_the_last(table_project, table, tmp_path):
    rows = [
        {"id": "x", "type": "Input", "params": {"shape": [4]}},
        {"id": "hidden", "type": "Linear", "params": {"out_features": 3}},
        {"id": "early", "type": "Output"},
        {"id": "fc", "type": "Linear", "params": {"out_features": 1}},
    ]
    model = built(Graph.model_validate({"layers": rows})).eval()
    project = table_project.model_copy(update={"model": model.graph})
    PYTHON.export(model, project, table, tmp_path / "several.py")
    batch = torch.from_numpy(table.batch(np.arange(4)))
    code = (
        "import sys, json, torch, several\n"
        "model = several.load()\nx = torch.tensor(json.loads(sys.stdin.read()))\n"
        "print(json.dumps([[a.tolist() for a in model(x)], several.predict(model, x)]))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], input=json.dumps(batch.tolist()),
        capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    answers, values = json.loads(ran.stdout)
    with torch.no_grad():
        early, last = model.answers(batch)
    np.testing.assert_allclose(answers[0], early, rtol=1e-6)
    np.testing.assert_allclose(answers[1], last, rtol=1e-6)
    np.testing.assert_allclose(values, last[:, 0], rtol=1e-6)


def test_needs_a_name_that_python_loads(image_model, image_project, images, tmp_path):
    with pytest.raises(UserError, match=r"Let it end in \.py"):
        PYTHON.export(image_model, image_project, images, tmp_path / "model.safetensors")
    assert not list(tmp_path.iterdir())


def test_a_failed_write_leaves_the_older_pair(image_model, image_project, images, tmp_path):
    path = tmp_path / "shapes.py"
    path.mkdir()  # nothing can replace a folder
    path.with_suffix(".safetensors").write_bytes(b"older")
    with pytest.raises(UserError, match="can't be written"):
        PYTHON.export(image_model, image_project, images, path)
    assert path.with_suffix(".safetensors").read_bytes() == b"older"
    assert len(list(tmp_path.iterdir())) == 2
