import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.data.idx import FASHION_CLASSES, Idx
from workbench.data.idx_file import read_idx
from workbench.data.load import load
from workbench.data.missing import MissingData
from workbench.errors import UserError
from workbench.graph import DataSection

CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}


def idx_bytes(array: np.ndarray) -> bytes:
    code = CODES[array.dtype.str[1:]]
    head = struct.pack(f">BBBB{array.ndim}I", 0, 0, code, array.ndim, *array.shape)
    return head + array.astype(array.dtype.newbyteorder(">")).tobytes()


def images(count: int) -> np.ndarray:
    return np.random.default_rng(count).integers(0, 256, (count, 4, 5), np.uint8)


def labels(count: int) -> np.ndarray:
    return (np.arange(count) % 10).astype(np.uint8)


def write(folder: Path, stem: str, count: int, zipped: bool = False, dots: bool = False) -> None:
    folder.mkdir(exist_ok=True)
    for what, number, array in (("images", 3, images(count)), ("labels", 1, labels(count))):
        mark = "." if dots else "-"
        content = idx_bytes(array)
        name = f"{stem}{what}{mark}idx{number}-ubyte" + (".gz" if zipped else "")
        (folder / name).write_bytes(gzip.compress(content) if zipped else content)


@pytest.mark.parametrize("dtype", CODES)
@pytest.mark.parametrize("shape", [(7,), (3, 4), (2, 3, 4)])
def test_every_type_and_shape(tmp_path, dtype, shape):
    array = (np.random.default_rng(0).normal(size=shape) * 50).astype(dtype)
    path = tmp_path / "some-idx"
    path.write_bytes(idx_bytes(array))
    found = read_idx(path)
    np.testing.assert_array_equal(found, array)
    assert found.dtype == array.dtype


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("dots", [False, True])
def test_a_folder_with_training_and_test_files(tmp_path, read, zipped, dots):
    folder = tmp_path / "mine"
    write(folder, "train-", 40, zipped, dots)
    write(folder, "t10k-", 20, zipped, dots)
    assert Idx().recognises(folder)
    source = read("idx", folder)
    assert source.inputs.shape == (60, 1, 4, 5)
    assert source.inputs.dtype == np.uint8
    assert (source.kind, source.task, source.name, source.scale) == (
        "image",
        "classification",
        "mine",
        1 / 255,
    )
    np.testing.assert_array_equal(source.inputs[:40, 0], images(40))
    np.testing.assert_array_equal(source.inputs[40:, 0], images(20))
    np.testing.assert_array_equal(source.given_test, np.arange(40, 60))
    np.testing.assert_array_equal(source.targets[:40], labels(40))
    assert source.classes == tuple("0123456789")


@pytest.mark.parametrize(
    "name", ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte"]
)
def test_one_file_is_read_with_its_partner_alone(tmp_path, read, name):
    write(tmp_path, "train-", 40)
    write(tmp_path, "t10k-", 20)
    assert Idx().recognises(tmp_path / name)
    source = read("idx", tmp_path / name)
    assert len(source) == (20 if name.startswith("t10k") else 40)
    assert source.given_test is None


@pytest.mark.parametrize("name", ["fashion-mnist", "FashionMNIST", "fashion_mnist"])
def test_clothes_have_names(tmp_path, read, name):
    write(tmp_path / name, "train-", 40)
    source = read("idx", tmp_path / name)
    assert source.classes == FASHION_CLASSES
    np.testing.assert_array_equal(source.targets, labels(40))


def test_labels_that_start_elsewhere(tmp_path, read):
    write(tmp_path, "train-", 30)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx_bytes((np.arange(30) % 2 + 5).astype(np.uint8)))
    source = read("idx", tmp_path)
    assert source.classes == ("5", "6")
    np.testing.assert_array_equal(source.targets, np.arange(30) % 2)


def damage(folder: Path, case: str) -> None:
    image_file, label_file = folder / "train-images-idx3-ubyte", folder / "train-labels-idx1-ubyte"
    content = image_file.read_bytes()
    match case:
        case "truncated":
            image_file.write_bytes(content[:-1])
        case "head only":
            image_file.write_bytes(content[:9])
        case "empty":
            image_file.write_bytes(b"")
        case "too long":
            image_file.write_bytes(content + b"\0")
        case "wrong magic":
            image_file.write_bytes(b"PNG!" + content[4:])
        case "huge sizes":
            image_file.write_bytes(content[:4] + b"\xff" * 12)
        case "labels as images":
            image_file.write_bytes(label_file.read_bytes())
        case "images as labels":
            label_file.write_bytes(content)
        case "fewer labels":
            label_file.write_bytes(idx_bytes(labels(30)))
        case "no labels":
            label_file.unlink()
        case "two sets":
            write(folder, "other-", 10)
        case "other test size":
            write(folder, "t10k-", 20)
            wide = np.zeros((20, 6, 6), np.uint8)
            (folder / "t10k-images-idx3-ubyte").write_bytes(idx_bytes(wide))
        case "no gzip":
            image_file.rename(folder / "train-images-idx3-ubyte.gz")
        case "gzip cut off":
            image_file.unlink()
            (folder / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(content)[:-20])


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("truncated", "too short: 815 bytes, where its own start promises 816"),
        ("head only", "too short"),
        ("empty", "starts with nothing"),
        ("too long", "too long"),
        ("wrong magic", "starts with 50 4e 47 21"),
        ("huge sizes", "too short"),
        ("labels as images", "Choose the file of images"),
        ("images as labels", "no list of labels"),
        ("fewer labels", "40 images, but 30 labels"),
        ("no labels", "no images with labels beside them"),
        ("two sets", "several sets"),
        ("other test size", "differ in size"),
        ("no gzip", "not packed with gzip"),
        ("gzip cut off", "cut off"),
    ],
)
def test_damaged_files_are_told_in_a_sentence(tmp_path, read, case, message):
    write(tmp_path, "train-", 40)
    damage(tmp_path, case)
    with pytest.raises(UserError, match=message) as error:
        read("idx", tmp_path)
    assert str(tmp_path) in str(error.value)
    assert error.value.remedy


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=40), st.booleans())
def test_any_bytes_are_an_array_or_a_user_error(tmp_path, content, valid_start):
    path = tmp_path / "some-idx"
    path.write_bytes(b"\0\0\x08\x01\0\0\0" * valid_start + content)
    try:
        found = read_idx(path)
    except UserError:
        return
    assert found.nbytes <= len(content)


@pytest.fixture
def shared(tmp_path, monkeypatch):
    folder = tmp_path / "share" / "datasets"
    folder.mkdir(parents=True)
    monkeypatch.setenv("XDG_DATA_DIRS", str(folder.parent))
    return folder


def test_fashion_mnist_is_found_in_the_project_first_then_where_systems_share(tmp_path, shared):
    section = DataSection(format="idx", path="fashion-mnist")
    write(shared / "fashion-mnist", "train-", 40)
    project = tmp_path / "project"
    project.mkdir()
    assert len(load(section, project)) == 40
    write(project / "fashion-mnist", "train-", 50)
    assert len(load(section, project)) == 50


def test_fashion_mnist_that_is_nowhere_is_told_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr("workbench.data.idx._shared", lambda: [tmp_path / "nowhere"])
    section = DataSection(format="idx", path="fashion-mnist")
    with pytest.raises(MissingData, match=r"dataset-fashion-mnist.*four IDX files.*--data") as error:
        load(section, tmp_path)
    assert error.value.section == section
