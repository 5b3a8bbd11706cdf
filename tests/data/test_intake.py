import dataclasses
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workbench.build.check import check
from workbench.data.intake import describe, project_for
from workbench.data.load import load
from workbench.errors import UserError
from workbench.graph.file import dump, parse


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "houses.csv"
    path.write_text("a,b,price\n" + "".join(f"{n * 7 % 11},{n * 3 % 13},{n * 5 % 17}.5\n" for n in range(60)))
    return path


def images(folder: Path) -> Path:
    for label in ("a", "b"):
        (folder / label).mkdir(parents=True)
        for n in range(10):
            Image.new("L", (16, 16), n * 20).save(folder / label / f"{n}.png")
    return folder


def test_formats_are_recognised(tmp_path, table):
    np.savez(tmp_path / "set.npz", x=np.zeros((9, 2)), y=np.arange(9) % 2)
    (tmp_path / "idx").mkdir()
    (tmp_path / "idx" / "train-images-idx3-ubyte.gz").touch()
    (tmp_path / "pair").mkdir()
    for name in ("x", "y"):
        np.save(tmp_path / "pair" / f"{name}.npy", np.arange(9))
    for path, name in {
        table: "csv",
        tmp_path / "set.npz": "arrays",
        tmp_path / "pair": "arrays",
        tmp_path / "pair" / "x.npy": "arrays",
        tmp_path / "idx": "idx",
        images(tmp_path / "images"): "images",
        Path("digits"): "sklearn",
        Path("fashion-mnist"): "idx",
    }.items():
        assert describe(path).format == name


def test_a_path_in_the_project_is_stored_relative_to_it(tmp_path, table, monkeypatch):
    assert describe(table, folder=tmp_path).path == "houses.csv"
    assert describe(table, folder=tmp_path / "project").path == str(table)
    assert describe(table).path == str(table)
    monkeypatch.chdir(tmp_path)
    assert describe("houses.csv", folder=tmp_path).path == "houses.csv"
    assert describe("houses.csv", folder=tmp_path / "project").path == str(table)
    assert describe("digits", folder=tmp_path).path == "digits"


def test_a_target_is_checked(tmp_path, table):
    assert describe(table, target="b").target == "b"
    with pytest.raises(UserError, match=r"'cost'.*a, b and price"):
        describe(table, target="cost")
    with pytest.raises(UserError, match="target can't be chosen"):
        describe(images(tmp_path / "images"), target="a")


@pytest.mark.parametrize("name", ["thing.exe", "folder"])
def test_what_fits_no_format_is_told_with_what_would(tmp_path, name):
    path = tmp_path / name
    path.mkdir() if name == "folder" else path.write_bytes(b"MZ")
    with pytest.raises(
        UserError, match=r"no data that can be read.*\.csv.*IDX.*\.npz.*subfolder.*scikit-learn"
    ):
        describe(path)


@pytest.mark.parametrize("name", ["gone.csv", "gone", "gone.npz"])
def test_what_is_not_there_is_told(tmp_path, name, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for path in (tmp_path / name, Path(name)):
        with pytest.raises(UserError, match="no such file or folder"):
            describe(path)


def test_a_project_is_ready_to_train(tmp_path, table):
    project, dataset = project_for(table, folder=tmp_path)
    assert project.name == "houses"
    assert project.data.target == "price"
    assert (dataset.task, len(dataset)) == ("regression", 60)
    assert not check(project.model, dataset.facts).problems
    again = load(parse(dump(project)).data, tmp_path)
    np.testing.assert_array_equal(again.inputs, dataset.inputs)


def test_a_project_for_a_set_that_needs_no_file():
    project, dataset = project_for("digits", name="Mine")
    assert project.name == "Mine"
    assert (project.data.format, project.data.path, project.data.target) == ("sklearn", "digits", None)
    assert not check(project.model, dataset.facts).problems


def test_a_project_for_images(tmp_path):
    project, dataset = project_for(images(tmp_path / "images"))
    assert dataset.kind == "image"
    assert not check(project.model, dataset.facts).problems


def test_a_project_has_a_name_whatever_the_data_are_called(tmp_path, monkeypatch):
    from workbench.data import intake

    _, dataset = project_for("digits")
    monkeypatch.setattr(intake, "load", lambda *_: dataclasses.replace(dataset, name=""))
    assert project_for("digits")[0].name == "data"
