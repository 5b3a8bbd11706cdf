"""What goes wrong: a line that says so, the right exit status, and nothing on the disk changed."""

import shutil

import pytest
import torch
from commands import contents, workbench, write
from PIL import Image

from workbench.data.samples import sample_project
from workbench.graph.file import load
from workbench.runs.store import RunStore


def damaged(folder, old, new):
    """Replace text in a project's file."""
    file = folder / "project.json"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.mark.parametrize("verb", ["check", "train"])
@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"name": "Wine",', '"name": "Wine"', "project.json: line 4, column 3: this is not JSON"),
        ('"Linear"', '"Liner"', "no layer type is called 'Liner'"),
        ('"format": 1', '"format": 99', "newer program"),
        ('"out_features": 3', '"out_features": 0', "out_features"),
        ('"epochs": 2', '"epoch": 2', "training.epoch"),
    ],
)
def test_a_project_that_cannot_be_read(trained, verb, old, new, says):
    damaged(trained, old, new)
    before = contents(trained)
    found = workbench(verb, trained)
    assert found.status == 1
    assert says in found.error
    assert contents(trained) == before


@pytest.mark.parametrize("verb", ["check", "train", "evaluate", "runs", "curves"])
def test_no_project(tmp_path, verb):
    found = workbench(verb, tmp_path / "none")
    assert found.status == 1
    assert not list(tmp_path.iterdir())


def test_missing_data(wine):
    damaged(wine, '"sklearn"', '"csv"')
    before = contents(wine)
    found = workbench("train", wine)
    assert found.status == 1
    assert f"{wine / 'wine'}: there is no such file or folder" in found.error
    assert contents(wine) == before


def test_data_that_do_not_fit_the_stack(wine):
    damaged(wine, '"shape": [13]', '"shape": [12]')
    before = contents(wine)
    found = workbench("train", wine)
    assert found.status == 1
    assert "layer input1: " in found.error
    assert contents(wine) == before


def test_a_table_with_too_few_columns(tmp_path):
    (tmp_path / "one.csv").write_text("price\n1\n2\n3\n")
    before = contents(tmp_path)
    found = workbench("new", tmp_path / "mine", "--data", tmp_path / "one.csv")
    assert found.status == 1
    assert "one.csv" in found.error
    assert contents(tmp_path) == before


def test_data_that_lost_a_column(tmp_path):
    rows = "\n".join(f"{n * 7 % 11},{n % 5},{n % 2}" for n in range(40))
    (tmp_path / "t.csv").write_text(f"a,b,c\n{rows}\n")
    folder = tmp_path / "p"
    assert workbench("new", folder, "--data", tmp_path / "t.csv", "--target", "c").status == 0
    assert workbench("train", folder, "--epochs", 1).status == 0
    fewer = "\n".join(f"{n * 7 % 11},{n % 2}" for n in range(40))
    (tmp_path / "t.csv").write_text(f"a,c\n{fewer}\n")
    before = contents(folder)
    found = workbench("check", folder, "--json")
    assert found.status == 1
    assert found.json["problems"][0]["severity"] == "error"
    assert workbench("train", folder).status == 1
    found = workbench("evaluate", folder)
    assert found.status == 1
    assert "run 0001: the data have changed since it was trained: a sample was 2, now it is 1" in found.error
    assert contents(folder) == before


@pytest.mark.parametrize(
    "words",
    [
        ("new", "{way}/deeper", "--sample", "wine-softmax"),
        ("export", "{home}", "--to", "onnx", "-o", "{way}/m.onnx"),
        ("export", "{home}", "--to", "python", "-o", "{way}/m.py"),
        ("inspect", "{home}", "--method", "weights", "-o", "{way}/a.npz"),
    ],
)
def test_a_place_that_cannot_be_written_to(trained, tmp_path, words):
    (tmp_path / "file").write_text("in the way")
    before = contents(tmp_path)
    found = workbench(*(word.format(way=tmp_path / "file", home=trained) for word in words))
    assert found.status == 1
    assert "can't be written" in found.error
    assert contents(tmp_path) == before


def test_runs_that_cannot_be_written(wine):
    (wine / "runs").write_text("in the way")
    before = contents(wine)
    found = workbench("train", wine)
    assert found.status == 1
    assert "can't be written" in found.error
    assert contents(wine) == before


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_no_cuda_device(wine):
    before = contents(wine)
    found = workbench("train", wine, "--device", "cuda")
    assert found.status == 1
    assert "no CUDA device" in found.error
    assert contents(wine) == before


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("evaluate", "--run", "7"), "no run is called '7'. There are 0001"),
        (("curves", "--run", "x/../0001"), "no run is called"),
        (("train", "--resume", "7"), "no run is called '7'"),
        (("train", "--resume", "1"), "all 2 epochs are done"),
        (("train", "--resume", "1", "--epochs", "3", "--seed", "5"), "the checkpoint's seed is 0, not 5"),
        (("export", "--to", "onnx", "--run", "7"), "no run is called '7'"),
        (("inspect", "--method", "activations", "--layer", "fc9", "-o", "a.npz"), "no layer 'fc9'"),
        (("inspect", "--method", "weights", "--layer", "softmax1", "-o", "a.npz"), "no weights"),
        (("inspect", "--method", "gradients", "--sample", "178", "-o", "a.npz"), "Samples go from 0 to 177"),
        (("inspect", "--method", "gradients", "--sample", "-1", "-o", "a.npz"), "Samples go from 0 to 177"),
        (("train", "--set", "epoch=3"), "Did you mean epochs"),
        (("train", "--set", "lr=fast"), "training.optimizer"),
        (("train", "--set", "linear1.out_features=4"), "layer linear1"),
        (("new", "--sample", "wine-softmax"), "there is a project here already"),
    ],
)
def test_what_is_not_there(trained, tmp_path, monkeypatch, words, says):
    monkeypatch.chdir(tmp_path)
    before = contents(tmp_path)
    found = workbench(words[0], trained, *words[1:])
    assert found.status == 1
    assert says in found.error
    assert found.out == ""
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("export", "--to", "python", "-o", "model.txt"), "Let it end in .py"),
        (("export", "--to", "onnx", "-o", "model.txt"), "Let it end in .onnx"),
        (("picture", "-o", "stack.txt"), "Let it end in .svg or .png"),
        (("summary", "-o", "stack.svg"), "Let it end in .txt"),
        (("inspect", "--method", "weights", "-o", "a.txt"), "a.txt: what is written here is no .txt. Let it"),
        (
            ("inspect", "--method", "pca", "-o", "a.npz", "--set", "n=3"),
            "pca has no param 'n'. Its params are",
        ),
        (("inspect", "--method", "deeplift", "-o", "a.npz", "--set", "baseline=7"), "baseline"),
        (
            ("inspect", "--method", "weights", "-o", "a.npz", "--other", "1"),
            "weights looks at one model only",
        ),
        (("inspect", "--method", "weights", "-o", "a.npz", "--other-at", "1"), "compares two: cka_models"),
        (("new", "--sample", "mnist"), "The samples are"),
        (("new", "--template", "resnet81"), "Did you mean"),
    ],
)
def test_words_that_are_wrong_whatever_the_project(tmp_path, monkeypatch, words, says):
    """Bad usage, and so told before the project is looked for: there is none."""
    monkeypatch.chdir(tmp_path)
    found = workbench(words[0], "nowhere", *words[1:])
    assert found.status == 2
    assert says in found.error
    assert found.out == ""
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("verb", ["train", "preflight", "inspect"])
@pytest.mark.parametrize("text", ["", "=3", "epochs"])
def test_a_set_without_an_assignment(tmp_path, verb, text):
    needed = ("--method", "pca", "-o", tmp_path / "a.npz") if verb == "inspect" else ()
    found = workbench(verb, tmp_path / "nowhere", "--set", text, *needed)
    assert found.status == 2
    assert "sets nothing. Write it as key=value" in found.err


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("check", "{none}"), 1),
        (("train", "{none}"), 1),
        (("train", "{home}", "--resume", "7"), 1),
        (("train", "{home}", "--epochs", "0"), 2),
        (("evaluate", "{none}"), 1),
        (("evaluate", "{home}", "--split", "all"), 2),
        (("inspect", "{home}", "--method", "gradients", "-o", "{home}/a.npz", "--sample", "999"), 1),
        (("inspect", "{home}", "--method", "magic", "-o", "{home}/a.npz"), 2),
        (("inspect", "{home}", "--method", "pca", "-o", "{home}/a.npz", "--set", "n=3"), 2),
        (("inspect", "{home}", "--method", "pca"), 2),
        (("export", "{home}", "--to", "onnx", "--run", "7"), 1),
        (("export", "{home}", "--to", "onnx", "-o", "a.txt"), 2),
        (("search", "{home}"), 1),
        (("queue", "{none}"), 1),
        (("queue", "{home}", "remove"), 2),
        (("preflight", "{none}"), 1),
        (("runs", "{none}"), 1),
        (("curves", "{home}", "--run", "7"), 1),
        (("compare", "{home}", "1", "7"), 1),
        (("note", "{home}", "7"), 1),
        (("delete", "{home}", "7"), 1),
        (("restore", "{home}", "7"), 1),
        (("summary", "{none}"), 1),
        (("picture", "{none}", "-o", "a.svg"), 1),
        (("import", "{none}.onnx", "-o", "{none}"), 1),
        (("methods", "--frobnicate"), 2),
        (("frobnicate",), 2),
    ],
)
def test_json_tells_what_failed(trained, tmp_path, words, status):
    """One object on standard output, however a verb ends; the sentence is on standard error too."""
    found = workbench(*(word.format(none=tmp_path / "none", home=trained) for word in words), "--json")
    assert found.status == status
    assert list(found.json) == ["error"]
    assert len(found.out.splitlines()) == 1
    assert found.json["error"] in found.err


def test_the_data_are_not_written_over(labelled):
    data = labelled.parent / "labelled.csv"
    (labelled / "link.csv").symlink_to(data)
    before = contents(labelled.parent)
    for place in (data, labelled / "link.csv"):
        for words in (("curves", labelled, "-o", place), ("summary", labelled, "-o", place)):
            found = workbench(*words)
            assert found.status == 1
            assert "this is among the project's data. Write to another folder" in found.error
    assert contents(labelled.parent) == before


def test_a_folder_of_pictures_is_not_written_to(tmp_path):
    for kind in ("a", "b"):
        (tmp_path / "photos" / kind).mkdir(parents=True)
        for n in range(12):
            Image.new("L", (8, 8), 20 * n + (kind == "b")).save(tmp_path / "photos" / kind / f"{n}.png")
    assert workbench("new", tmp_path / "mine", "--data", tmp_path / "photos").status == 0
    before = contents(tmp_path)
    found = workbench("picture", tmp_path / "mine", "-o", tmp_path / "photos" / "a" / "stack.png")
    assert "among the project's data" in found.error
    assert contents(tmp_path) == before
    assert workbench("picture", tmp_path / "mine", "-o", tmp_path / "mine" / "stack.svg").status == 0


@pytest.mark.parametrize("verb", ["evaluate", "export", "inspect"])
def test_a_folder_without_a_project(tmp_path, verb):
    needed = {"export": ("--to", "onnx"), "inspect": ("--method", "pca", "-o", tmp_path / "a.npz")}
    for folder in (tmp_path / "none", tmp_path, tmp_path / ("long" * 100)):
        assert f"{folder}/project.json: " in workbench(verb, folder, *needed.get(verb, ())).error
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "name", "says"),
    [
        (("inspect", "--method", "weights"), "project.json", "Let it end in .npz"),
        (("inspect", "--method", "weights"), "runs/0001/a.npz", "part of the project itself"),
        (("inspect", "--method", "weights"), "exports/../runs/a.npz", "part of the project itself"),
        (("inspect", "--method", "weights"), "link.npz", "part of the project itself"),
        (("export", "--to", "onnx"), "project.json", "Let it end in .onnx"),
        (("export", "--to", "onnx"), "runs/a.onnx", "part of the project itself"),
        (("export", "--to", "python"), "project.json", "Let it end in .py"),
        (("export", "--to", "python"), "runs/0001/best.py", "part of the project itself"),
    ],
)
def test_the_project_is_not_written_over(trained, words, name, says):
    (trained / "link.npz").symlink_to(trained / "project.json")
    before = contents(trained)
    found = workbench(words[0], trained, *words[1:], "-o", trained / name)
    assert found.status == (2 if name == "project.json" else 1)
    assert says in found.error
    assert contents(trained) == before


@pytest.mark.parametrize(
    "words",
    [
        ("evaluate",),
        ("inspect", "--method", "weights", "-o", "a.npz"),
        ("export", "--to", "onnx"),
        ("train", "--resume", "0001", "--epochs", "3"),
    ],
)
@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("yes", "maybe", "the classes were no, yes (2), now they are maybe, no (2)"),
        ("yes", "3", "the classes were no, yes (2), now they are 3, no (2)"),
        ("a,b,", "row,b,", "a sample was 2, now it is 1"),
    ],
)
def test_changed_data(labelled, tmp_path, monkeypatch, words, old, new, says):
    monkeypatch.chdir(tmp_path)
    table = labelled.parent / "labelled.csv"
    text = table.read_text()
    if new == "row,b,":
        rows = [line.partition(",")[2] for line in text.splitlines()]
        table.write_text("\n".join(rows))
    else:
        table.write_text(text.replace(old, new))
    before = contents(tmp_path)
    found = workbench(words[0], labelled, *words[1:])
    assert found.status == 1
    assert "run 0001: the data have changed since it was trained" in found.error
    assert says in found.error
    assert contents(tmp_path) == before


def test_a_changed_task(labelled):
    table = labelled.parent / "labelled.csv"
    lines = table.read_text().splitlines()
    rows = [f"{line.rpartition(',')[0]},{n / 7}" for n, line in enumerate(lines[1:])]
    table.write_text("\n".join([lines[0], *rows]))
    assert "the task was classification, now it is regression" in workbench("evaluate", labelled).error


def test_runs_are_listed_beside_a_damaged_project(trained):
    (trained / "project.json").write_text("{")
    assert [run["id"] for run in workbench("runs", trained, "--json").json["runs"]] == ["0001"]
    assert "val_loss" in workbench("curves", trained).out


@pytest.mark.parametrize(
    "words",
    [
        ("frobnicate",),
        ("--frobnicate",),
        ("train",),
        ("train", "a", "b"),
        ("train", "a", "--frobnicate"),
        ("train", "a", "--epochs", "many"),
        ("train", "a", "--epochs", "0"),
        ("train", "a", "--seed", "-1"),
        ("train", "a", "--device", "tpu"),
        ("evaluate", "a", "--split", "all"),
        ("inspect", "a", "-o", "x.npz"),
        ("inspect", "a", "--method", "magic", "-o", "x.npz"),
        ("inspect", "a", "--method", "weights"),
        ("export", "a"),
        ("export", "a", "--to", "pdf"),
        ("new", "a"),
        ("new", "a", "--sample", "wine-softmax", "--data", "x.csv"),
        ("new", "a", "--sample", "wine-softmax", "--target", "x"),
        ("layers", "a"),
    ],
)
def test_bad_usage(tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    found = workbench(*words)
    assert found.status == 2
    assert found.out == ""
    assert "Error: " in found.err
    assert not list(tmp_path.iterdir())


def test_a_sample_or_file_that_is_not_there(tmp_path):
    assert "The samples are" in workbench("new", tmp_path / "a", "--sample", "mnist").error
    assert "no such file" in workbench("new", tmp_path / "a", "--data", tmp_path / "x.csv").error
    assert not list(tmp_path.iterdir())


def test_diverging_keeps_the_run_and_says_so(tmp_path):
    folder = write(tmp_path / "d", sample_project("diabetes-regression"), epochs=30)
    found = workbench("train", folder, "--set", "optimizer=SGD", "--set", "lr=100", "--json")
    assert found.status == 1
    assert found.json["state"] == "failed"
    assert "diverged" in found.json["error"]
    assert len(found.out.splitlines()) == 1
    assert "diverged" in found.error
    assert found.err.count("diverged") == 1
    assert RunStore(folder).list()[0].state == "failed"
    assert load(folder).training.optimizer.name != "SGD"


def test_a_damaged_run_hides_no_other(trained):
    shutil.copytree(trained / "runs" / "0001", trained / "runs" / "0002")
    (trained / "runs" / "0002" / "run.json").write_text("{")
    found = workbench("runs", trained, "--json")
    assert found.status == 0
    assert [run["state"] for run in found.json["runs"]] == ["completed", "damaged"]
    assert workbench("evaluate", trained, "--run", "0002").status == 1
    assert workbench("evaluate", trained, "--run", "latest").status == 0


def test_damaged_weights(trained):
    (trained / "runs" / "0001" / "best.safetensors").write_bytes(b"not weights")
    found = workbench("evaluate", trained)
    assert found.status == 1
    assert "best.safetensors" in found.error


def test_checkpoints_are_looked_at_beside_damaged_best_weights(trained, tmp_path):
    step = RunStore(trained).open("1").checkpoints()[0].step
    (trained / "runs" / "0001" / "best.safetensors").write_bytes(b"")
    words = ("inspect", trained, "-o", tmp_path / "a.npz", "--at", step)
    assert workbench(*words, "--method", "activations").status == 0
    assert workbench(*words, "--method", "contrast", "--other", "1", "--other-at", step).status == 0
    assert "best.safetensors" in workbench(*words, "--method", "contrast", "--other", "1").error


def test_a_run_of_other_data_is_not_compared_with(trained, tmp_path):
    folder = write(tmp_path / "d", sample_project("diabetes-regression"), epochs=1)
    assert workbench("train", folder).status == 0
    shutil.copytree(folder / "runs" / "0001", trained / "runs" / "0002")
    words = ("inspect", trained, "--method", "contrast", "-o", tmp_path / "a.npz")
    for one, two in (("0001", "0002"), ("0002", "0001")):
        found = workbench(*words, "--run", one, "--other", two)
        assert found.status == 1
        assert f"run {two} was trained on other data than run {one}. Compare runs" in found.error


def test_a_target_that_is_no_value(tmp_path):
    folder = write(tmp_path / "d", sample_project("diabetes-regression"), epochs=1)
    assert workbench("train", folder).status == 0
    for text in ("nan", "inf", "-inf", "1e39", "much"):
        out = tmp_path / "a.npz"
        found = workbench("inspect", folder, "--method", "gradients", f"--target={text}", "-o", out)
        assert found.status == 1
        assert "no number" in found.error if text == "much" else "no finite number" in found.error
        assert not out.exists()
