"""Every verb on a sample, as people and as scripts call it."""

import json
import math

import numpy as np
import onnx
import pytest
import torch
from commands import contents, workbench, write

from workbench import __version__
from workbench.data.load import load as load_data
from workbench.data.samples import SAMPLES, sample_project
from workbench.errors import UserError
from workbench.graph.file import load
from workbench.graph.training import MSE
from workbench.interpret.registry import METHODS
from workbench.layers import CATALOGUE
from workbench.runs.store import RunStore
from workbench.runs.weights import load_model


def test_version_and_help():
    assert workbench("--version").out == f"workbench {__version__}\n"
    for words in ((), ("--help",), ("-h",)):
        found = workbench(*words)
        assert found.status == 0
        assert "export" in found.out
        assert "..." not in found.out.replace("[ARGS]...", "")


@pytest.mark.parametrize("name", [sample.name for sample in SAMPLES])
def test_new_from_a_sample(name, tmp_path):
    found = workbench("new", tmp_path / "a b" / "mine", "--sample", name)
    assert found.status == 0
    assert load(tmp_path / "a b" / "mine") == sample_project(name)
    assert f"workbench train '{tmp_path}/a b/mine'" in found.out


def test_new_from_data(tmp_path):
    rows = [f"{n},{n * n % 7},{n % 3 / 2},{'yes' if n % 3 else 'no'}" for n in range(60)]
    (tmp_path / "flats.csv").write_text("\n".join(["size,rooms,price,sold", *rows]))
    found = workbench("new", tmp_path / "flats", "--data", tmp_path / "flats.csv", "--target", "price")
    assert found.status == 0
    project = load(tmp_path / "flats")
    assert project.name == "flats"
    assert project.data.target == "price"
    assert workbench("check", tmp_path / "flats").status == 0
    assert "Predicts 'price' (numbers: regression)." in found.out
    assert "--target" not in found.out


def test_new_names_the_target_it_guessed(tmp_path):
    rows = [f"{n % 2},{n * n % 7},{n * 3 % 11}" for n in range(60)]
    (tmp_path / "titanic.csv").write_text("\n".join(["Survived,age,fare", *rows]))
    out = workbench("new", tmp_path / "titanic", "--data", tmp_path / "titanic.csv").out
    assert "Predicts 'Survived' (2 classes: 0, 1). To predict another column: --target COLUMN." in out
    out = workbench("new", tmp_path / "digits", "--data", "digits").out
    assert "Predicts 'digit' (10 classes: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9)." in out
    assert "--target" not in out


def test_one_epoch(wine):
    assert workbench("train", wine, "--epochs", 1).out.startswith("run 0001 completed: 1 epoch (")


def test_check(wine):
    found = workbench("check", wine, "--json")
    assert found.status == 0
    assert found.json["problems"] == []
    assert found.json["layers"][2] == {
        "id": "linear1", "type": "Linear", "shape": [3], "dtype": "float32", "params": 42, "flops": 78,
    }  # fmt: skip
    assert (found.json["params"], found.json["flops"]) == (42, 78)
    assert "linear1" in workbench("check", wine / "project.json").out


def test_check_lists_problems(wine):
    text = (wine / "project.json").read_text()
    (wine / "project.json").write_text(text.replace('"shape": [13]', '"shape": [12]'))
    found = workbench("check", wine, "--json")
    assert found.status == 1
    assert found.err == ""
    (problem,) = found.json["problems"]
    assert (problem["layer"], problem["severity"]) == ("input1", "error")
    assert "13" in problem["message"]
    assert "error: input1: " in workbench("check", wine).out


def test_check_without_the_data(wine):
    text = (wine / "project.json").read_text()
    missing = text.replace('"format": "sklearn"', '"format": "csv"').replace('"wine"', '"gone.csv"')
    (wine / "project.json").write_text(missing)
    found = workbench("check", wine, "--json")
    assert found.status == 0
    assert found.json["layers"][-1]["shape"] == [3]
    (problem,) = found.json["problems"]
    assert (problem["layer"], problem["severity"]) == ("", "warning")
    assert "gone.csv" in problem["message"]


def test_check_tells_of_data_and_loss(wine):
    write(wine, load(wine), loss=MSE())
    found = workbench("check", wine, "--json")
    assert found.status == 1
    assert "The loss doesn't fit: mse measures values" in found.json["problems"][0]["message"]
    save = load(wine).model_copy(update={"data": None})
    write(wine, save)
    found = workbench("check", wine, "--json")
    assert found.status == 0
    assert "the project has no data" in found.json["problems"][0]["message"]


def test_train(wine):
    before = (wine / "project.json").read_bytes()
    found = workbench(
        "train", wine, "--epochs", 3, "--device", "cpu", "--seed", 7, "--set", "lr=0.02", "--json"
    )
    assert found.status == 0
    assert len(found.out.splitlines()) == 1
    said = found.json
    assert (said["run"], said["state"], said["epochs"], said["device"], said["seed"]) == (
        "0001", "completed", 3, "cpu", 7,
    )  # fmt: skip
    assert 0 < said["accuracy"] <= 1
    assert said["train_loss"] > 0
    assert said["val_loss"] > 0
    assert said["samples_per_second"] > 0
    assert said["seconds"] > 0
    assert 1 <= said["best_epoch"] <= 3
    assert [line.split()[1] for line in found.err.splitlines() if line.startswith("epoch")] == [
        "1/3",
        "2/3",
        "3/3",
    ]
    project = RunStore(wine).open("1").project()
    assert (project.training.epochs, project.training.optimizer.lr) == (3, 0.02)
    assert (wine / "project.json").read_bytes() == before
    again = workbench("train", wine, "--epochs", 3, "--seed", 7, "--set", "lr=0.02", "--json").json
    assert (again["run"], again["val_loss"]) == ("0002", said["val_loss"])


def test_train_for_people(wine):
    found = workbench("train", wine)
    assert found.status == 0
    assert found.out.startswith("run 0001 completed: 2 epochs")
    assert "accuracy" in found.out


def test_what_is_wrong_with_a_training_is_told_once(wine):
    told = workbench("train", wine, "--epochs", 6, "--set", "optimizer.lr=1e-8").err
    assert told.count("diagnosis: Nothing is being learned: after 3 epochs") == 1
    assert told.count("Nothing is being learned") == 1


def test_a_training_that_breaks_off_names_its_run(wine, monkeypatch):
    def full(writer):
        raise UserError(
            "can't be written (No space left on device).", place="scalars.sqlite", remedy="Free some."
        )

    monkeypatch.setattr("workbench.runs.scalars.ScalarWriter.flush", full)
    broken = workbench("train", wine, "--json")
    assert broken.status == 1
    assert (broken.json["run"], broken.json["state"]) == ("0001", "failed")
    assert broken.error.startswith("error: run 0001: scalars.sqlite: can't be written")


def test_train_a_regression(tmp_path):
    folder = write(tmp_path, sample_project("diabetes-regression"), epochs=2)
    said = workbench("train", folder, "--json").json
    assert {"r2", "mean_absolute_error"} <= said.keys()
    said = workbench("evaluate", folder, "--json").json
    assert {"loss", "r2", "mean_absolute_error", "samples"} <= said.keys()


def test_resume(trained):
    found = workbench("train", trained, "--resume", "0001", "--epochs", 4, "--json")
    assert found.status == 0
    assert (found.json["run"], found.json["epochs"]) == ("0001", 4)
    straight = workbench("train", trained, "--epochs", 4, "--json").json
    assert straight["run"] == "0002"
    assert straight["val_loss"] == found.json["val_loss"]


def test_evaluate(trained):
    found = workbench("evaluate", trained, "--run", "0001", "--json")
    assert found.status == 0
    said = found.json
    run = RunStore(trained).open("1")
    dataset = load_data(run.project().data, trained)
    indices = dataset.splits["test"]
    with torch.no_grad():
        labels = load_model(run)(torch.from_numpy(dataset.batch(indices))).argmax(1).numpy()
    assert said["accuracy"] == pytest.approx((labels == dataset.targets[indices]).mean())
    assert (said["run"], said["split"], said["samples"]) == ("0001", "test", len(indices))
    assert said["loss"] > 0
    train = workbench("evaluate", trained, "--split", "train", "--json").json
    assert train["samples"] == len(dataset.splits["train"])
    text = workbench("evaluate", trained).out
    assert "accuracy" in text
    assert "class_2" in text


def test_inspect(trained, tmp_path):
    path = tmp_path / "out" / "arrays.npz"
    words = ("inspect", trained, "--method", "activations", "--layer", "linear1", "--sample", 5, "-o", path)
    found = workbench(*words, "--json")
    assert found.status == 0
    run = RunStore(trained).open("1")
    model, dataset = load_model(run), load_data(run.project().data, trained)
    with torch.no_grad():
        wanted = model.linear1(model.standardize1(torch.from_numpy(dataset.batch(np.array([5])))))[0]
    with np.load(path, allow_pickle=False) as arrays:
        assert list(arrays) == ["linear1"]
        np.testing.assert_allclose(arrays["linear1"], wanted, atol=1e-6)
    said = found.json
    assert (said["method"], said["layer"], said["sample"], said["run"]) == (
        "activations",
        "linear1",
        5,
        "0001",
    )
    assert said["arrays"]["linear1"]["shape"] == [3]
    assert said["arrays"]["linear1"]["max"] == pytest.approx(wanted.max().item(), rel=1e-5)
    assert said["target"] == dataset.targets[5]
    assert "linear1" in workbench(*words).out


QUICK = {"maximisation": ("steps=2",), "tsne": ("iterations=250",), "kernel_shap": ("n_samples=20",)}
NOT_OF_A_TABLE = {"grad_cam", "layer_grad_cam", "umap"}
"""Methods that a network without feature maps, or an installation without extras, has nothing for."""


@pytest.mark.parametrize("method", [name for name in METHODS if name not in NOT_OF_A_TABLE])
def test_inspect_with_any_method(trained, tmp_path, method):
    path = tmp_path / "arrays.npz"
    layer = () if METHODS[method].layers == "input" else ("--layer", "linear1")
    other = ("--other", "0001") if METHODS[method].scope == "models" else ()
    known = type(METHODS[method]).model_fields
    changes = [w for c in QUICK.get(method, ()) if c.partition("=")[0] in known for w in ("--set", c)]
    found = workbench("inspect", trained, "--method", method, *layer, *other, *changes, "-o", path, "--json")
    assert found.status == 0
    with np.load(path, allow_pickle=False) as arrays:
        assert set(arrays) == set(found.json["arrays"])
        assert len(arrays) >= 1
    assert found.json["note"]


def test_inspect_with_params_and_another_target(trained, tmp_path):
    path = tmp_path / "arrays.npz"
    words = ("inspect", trained, "--method", "integrated_gradients", "-o", path)
    found = workbench(*words, "--set", "n_steps=5", "--target", "class_2", "--json").json
    assert found["target"] == 2
    assert "convergence_delta" in found["figures"]
    with np.load(path, allow_pickle=False) as arrays:  # a table's numbers go with its features' names
        names, values = arrays["feature"].tolist(), arrays["attribution"]
    assert len(names) == len(values)
    assert "alcohol" in names
    printed = workbench(*words).out.split()
    assert names[int(np.abs(values).argmax())] in printed
    assert "class 'class_9'" in workbench(*words, "--target", "class_9").error
    assert "no param 'steps'. Its params are n_steps" in workbench(*words, "--set", "steps=5").error
    assert "--set n_steps=many" in workbench(*words, "--set", "n_steps=many").error


def test_inspect_another_epoch_and_the_tree_s_rules(trained, tmp_path):
    path = tmp_path / "arrays.npz"
    words = ("inspect", trained, "--method", "contrast", "-o", path)
    assert "There are" in workbench(*words, "--other-at", "1").error
    assert "no second model" in workbench(*words).error
    step = RunStore(trained).open("1").checkpoints()[0].step
    assert 0 <= workbench(*words, "--other-at", step, "--json").json["figures"]["agreement"] <= 1
    assert workbench("inspect", trained, "--method", "activations", "--at", step, "-o", path).status == 0
    said = workbench("inspect", trained, "--method", "tree", "--split", "train", "-o", path).out
    assert "class_" in said


def test_methods_say_what_they_take():
    found = workbench("methods", "--json").json["methods"]
    assert [method["name"] for method in found] == list(METHODS)
    params = next(method["params"] for method in found if method["name"] == "integrated_gradients")
    assert "n_steps" in [param["name"] for param in params]
    assert "two models" in workbench("methods").out


def test_export(trained, tmp_path):
    path = tmp_path / "wine.onnx"
    found = workbench("export", trained, "--run", "0001", "--to", "onnx", "-o", path, "--json")
    assert found.status == 0
    said = found.json
    assert said["path"] == str(path)
    assert said["opset"] == onnx.load(path).opset_import[0].version
    assert said["max_abs_diff"] < 1e-5
    assert said["inputs"] == [{"name": "input1", "shape": ["batch", 13], "dtype": "float32"}]
    assert found.err.splitlines()[-1] == "Done"
    found = workbench("export", trained, "--to", "python")
    assert found.status == 0
    assert (trained / "exports" / "model_0001.py").is_file()
    assert (trained / "exports" / "model_0001.safetensors").is_file()
    assert "batch×13" in found.out


def test_runs_and_curves(trained):
    (run,) = workbench("runs", trained, "--json").json["runs"]
    assert (run["id"], run["state"], run["epochs"]) == ("0001", "completed", 2)
    assert run["best"]["val_loss"] > 0
    assert run["last"]["accuracy"] > 0
    assert "0001" in workbench("runs", trained).out
    curves = workbench("curves", trained, "--run", "0001", "--json").json
    steps = RunStore(trained).open("1").info().step
    assert [step for step, _ in curves["train_loss"]] == list(range(1, steps + 1))
    assert curves["val_loss"][-1] == [steps, run["last"]["val_loss"]]
    assert "val_loss" in workbench("curves", trained, "--run", "latest").out


def test_no_runs_yet(wine):
    assert workbench("runs", wine, "--json").json == {"runs": []}
    assert workbench("curves", wine).error.startswith("error: ")


def test_layers():
    listed = workbench("layers", "--json").json["layers"]
    assert [item["type"] for item in listed] == list(CATALOGUE)
    conv = next(item for item in listed if item["type"] == "Conv2d")
    assert conv["group"] == "convolution"
    params = {param["name"]: param for param in conv["params"]}
    assert params["out_channels"]["kind"] == "int"
    assert params["out_channels"]["default"] == 32
    assert params["out_channels"]["bounds"] == [1, 1_000_000]
    assert "same" in params["padding"]["choices"]
    assert all(param["help"] for item in listed for param in item["params"])
    assert "Conv2d" in workbench("layers").out


def test_doctor():
    found = workbench("doctor", "--json").json
    assert found["versions"]["workbench"] == __version__
    assert found["versions"]["torch"] == torch.__version__
    assert found["device"] == "cpu" or found["device"].startswith("cuda")
    assert found["qt_platform"] == "offscreen"
    assert all(place["writable"] for place in found["places"])
    assert all(item["what"] and item["why"] and item["how"] for item in found["missing"])
    assert "onnxruntime" in workbench("doctor").out


def test_asking_changes_nothing(trained, tmp_path):
    before = contents(trained)
    for words in (("check",), ("evaluate",), ("runs",), ("curves",)):
        assert workbench(words[0], trained).status == 0
    assert contents(trained) == before


def test_numbers_that_json_lacks_become_null(trained, monkeypatch):
    from workbench import cli_output

    said = []
    monkeypatch.setattr("builtins.print", lambda text, **_: said.append(text))
    cli_output.emit({"a": math.nan, "b": [np.float32("inf"), np.array([1.0, np.nan])], "c": np.int64(3)})
    assert json.loads(said[0]) == {"a": None, "b": [None, [1.0, None]], "c": 3}
