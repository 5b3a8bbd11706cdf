"""Projects that start from a known architecture."""

import pytest
from commands import contents, workbench

from workbench.data.samples import SAMPLES
from workbench.graph.file import load
from workbench.templates.registry import TEMPLATES


def test_templates_are_listed():
    out = workbench("templates").out
    assert all(name in out for name in TEMPLATES)
    assert "ResNet-18" in out


def test_templates_are_told_to_scripts():
    found = workbench("templates", "--json").json["templates"]
    assert [item["name"] for item in found] == list(TEMPLATES)
    resnet = next(item for item in found if item["name"] == "resnet-18")
    assert resnet["title"] == "ResNet-18"
    assert resnet["takes"] == ["image"]
    assert resnet["answers"] == "target"
    assert "2015" in resnet["source"]
    assert resnet["help"].endswith(".")
    assert resnet["sample"] == {"shape": [3, 224, 224], "dtype": "float32"}
    (width, *_) = next(item for item in found if item["name"] == "mlp")["params"]
    assert (width["name"], width["kind"], width["default"]) == ("width", "int", 64)


def test_samples_are_listed_and_told_to_scripts():
    out, told = workbench("samples").out, workbench("samples", "--json").json["samples"]
    assert [item["name"] for item in told] == [sample.name for sample in SAMPLES]
    assert all(word in out for sample in SAMPLES for word in (sample.name, sample.title))


def test_new_from_a_template(tmp_path):
    found = workbench("new", tmp_path / "mine", "--template", "resnet-18")
    assert found.status == 0
    project = load(tmp_path / "mine")
    assert (project.name, project.data) == ("mine", None)
    assert project.model == TEMPLATES["resnet-18"].graph()
    assert "ResNet-18" in found.out
    assert "workbench check" in found.out
    assert "workbench train" not in found.out, "there is nothing to train on"
    assert "no data to train on yet" in found.out
    checked = workbench("check", tmp_path / "mine", "--json")
    assert checked.status == 0
    assert checked.json["params"] == 11_689_512


def test_new_from_a_template_and_data(tmp_path):
    """LeNet-5 made for digits of 8×8 pixels is ready to train, and learns."""
    folder = tmp_path / "digits"
    assert workbench("new", folder, "--template", "lenet-5", "--data", "digits").status == 0
    assert [node.type for node in load(folder).model][:3] == ["Input", "Conv2d", "Tanh"]
    assert workbench("check", folder).status == 0
    assert workbench("train", folder, "--epochs", 2, "--json").json["accuracy"] > 0.5


def test_new_from_a_table_and_its_target(tmp_path):
    rows = [f"{n},{n * n % 7},{n % 5 / 2}" for n in range(60)]
    (tmp_path / "flats.csv").write_text("\n".join(["size,rooms,price", *rows]))
    words = ("--data", tmp_path / "flats.csv", "--target", "price", "--template", "mlp")
    assert workbench("new", tmp_path / "flats", *words).status == 0
    assert load(tmp_path / "flats").data.target == "price"
    assert workbench("check", tmp_path / "flats").status == 0


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("--template", "resnet-81"), 2, "no template is called 'resnet-81'. Did you mean 'resnet-18'?"),
        (("--template", "zzz"), 2, "'workbench templates' lists them."),
        (("--template", "zzz", "--data", "digits"), 2, "no template is called 'zzz'."),
        (
            ("--template", "lenet-5", "--data", "wine"),
            1,
            "LeNet-5 takes images; these samples are 13 numbers.",
        ),
        (("--template", "mlp", "--sample", "digits-mlp"), 2, "--template"),
        (("--template", "mlp", "--target", "x"), 2, "--target goes with --data"),
        ((), 2, "--template"),
    ],
)
def test_refusals(tmp_path, words, status, says):
    found = workbench("new", tmp_path / "mine", *words)
    assert found.status == status
    assert says in " ".join(found.err.replace("│", " ").split())
    assert contents(tmp_path) == {}


def test_new_from_a_table_of_texts(tmp_path):
    """The template gets an Embedding as large as the vocabulary, and the stack trains on words."""
    rows = [f'{n % 5},"It is {"bad" if n % 2 else "good"}, film {n}.",{n % 2}' for n in range(80)]
    (tmp_path / "reviews.csv").write_text("\n".join(["stars,review,label", *rows]), encoding="utf-8")
    folder = tmp_path / "made"
    found = workbench(
        "new", folder, "--data", tmp_path / "reviews.csv", "--text", "review", "--template", "text-cnn"
    )
    assert found.status == 0
    assert "Known are 5 words of the training samples that stand there 2 times or more" in found.err
    project = load(folder)
    assert project.data.text.column == "review"
    assert project.model.layers[1].layer.num_embeddings == 7
    trained = workbench("train", folder, "--epochs", 8, "--set", "batch_size=8", "--json")
    assert trained.json["accuracy"] == 1
    exported = workbench("export", folder, "--to", "python", "--json").json
    assert exported["meaning"]["words"] == 7
    assert exported["files"][2].endswith(".vocabulary.json")
    assert workbench("evaluate", folder).status == 0
    mixed = [row.replace("film", "story") for row in rows]
    (tmp_path / "reviews.csv").write_text("\n".join(["stars,review,label", *mixed]), encoding="utf-8")
    refused = workbench("evaluate", folder)
    assert refused.status == 1
    assert "the data have changed since it was trained: its words have other ids now" in refused.error


def test_text_goes_with_data(tmp_path):
    assert workbench("new", tmp_path / "a", "--sample", "wine-softmax", "--text", "b").status == 2
