import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.data.array_files import pairs_of, read_npy, read_npz
from workbench.data.arrays import Arrays
from workbench.errors import UserError
from workbench.graph import DataSection

Y = np.arange(30) % 3


def npz(tmp_path: Path, **arrays: np.ndarray) -> Path:
    path = tmp_path / "set.npz"
    np.savez(path, **arrays)
    return path


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=shape)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ("x", "y"),
        ("X", "y"),
        ("data", "labels"),
        ("images", "labels"),
        ("features", "target"),
        ("inputs", "targets"),
    ],
)
def test_names_for_inputs_and_targets(tmp_path, read, x, y):
    source = read("arrays", npz(tmp_path, **{x: noise(30, 4), y: Y, "other": Y}))
    assert source.kind == "table"
    assert source.inputs.shape == (30, 4)
    assert source.inputs.dtype == np.float32
    np.testing.assert_array_equal(source.targets, Y)
    assert source.classes == ("0", "1", "2")
    assert source.target == y
    assert len(source.features) == 4


def test_arrays_without_names(tmp_path, read):
    path = tmp_path / "plain.npz"
    np.savez(path, noise(30, 4), Y)
    assert read("arrays", path).sample_shape == (4,)


@pytest.mark.parametrize("pattern", ["{r}_{p}", "{p}_{r}", "{p}-{r}"])
def test_given_parts(tmp_path, read, pattern):
    arrays = {}
    for part, count in (("test", 6), ("train", 24)):
        arrays[pattern.format(r="x", p=part)] = np.full((count, 2), count, float) + noise(count, 2) / 10
        arrays[pattern.format(r="y", p=part)] = Y[:count]
    source = read("arrays", npz(tmp_path, **arrays))
    assert len(source) == 30
    np.testing.assert_array_equal(source.given_test, np.arange(24, 30))
    assert (source.inputs[source.given_test] < 10).all()


def test_a_validation_part_joins_training(tmp_path, read):
    parts = {f"{p}_images": np.zeros((9, 8, 8), np.uint8) + n for n, p in enumerate(["train", "val", "test"])}
    source = read(
        "arrays", npz(tmp_path, **parts, **{f"{p}_labels": Y[:9] for p in ("train", "val", "test")})
    )
    np.testing.assert_array_equal(source.given_test, np.arange(18, 27))
    assert "validation" in source.notes[-1]


@pytest.mark.parametrize(
    ("array", "kind", "shape", "dtype", "scale"),
    [
        (np.full((30, 8, 9), 200, np.uint8), "image", (1, 8, 9), np.uint8, 1 / 255),
        (np.full((30, 8, 9, 1), 200, np.uint8), "image", (1, 8, 9), np.uint8, 1 / 255),
        (np.full((30, 8, 9, 3), 200, np.uint8), "image", (3, 8, 9), np.uint8, 1 / 255),
        (np.full((30, 8, 9, 4), 200, np.uint8), "image", (4, 8, 9), np.uint8, 1 / 255),
        (np.full((30, 3, 8, 9), 200, np.uint8), "image", (3, 8, 9), np.uint8, 1 / 255),
        (np.full((30, 1, 8, 8), 200, np.int64), "image", (1, 8, 8), np.uint8, 1 / 255),
        (np.full((30, 8, 8), 60_000, np.uint16), "image", (1, 8, 8), np.float32, 1 / 60_000),
        (np.full((30, 8, 8), True), "image", (1, 8, 8), np.uint8, 1.0),
        (np.full((30, 8, 8), 16.0), "image", (1, 8, 8), np.float32, 1 / 16),
        (np.full((30, 8, 8), 0.5), "image", (1, 8, 8), np.float32, 1.0),
        (np.full((30, 8, 8, 3), 0.5), "image", (3, 8, 8), np.float32, 1.0),
        (np.full((30, 3, 8, 8), -0.5), "image", (3, 8, 8), np.float32, 1.0),
        (np.full((30, 20, 3), 0.5), "sequence", (20, 3), np.float32, 1.0),
        (np.full((30, 8, 8), -3.5), "sequence", (8, 8), np.float32, 1.0),
        (np.full((30, 8, 8), -3), "sequence", (8, 8), np.float32, 1.0),
        (np.full((30, 5), 7), "table", (5,), np.float32, 1.0),
        (np.full(30, 7.5), "table", (1,), np.float32, 1.0),
        (np.full((30, 2, 2, 2), 0.5), "array", (2, 2, 2), np.float32, 1.0),
        (np.full((30, 3, 8, 8), -7.5), "array", (3, 8, 8), np.float32, 1.0),
        (np.full((30, 2, 2, 2, 2), 1), "array", (2, 2, 2, 2), np.float32, 1.0),
    ],
    ids=lambda value: f"{value.dtype}-{value.shape}" if isinstance(value, np.ndarray) else None,
)
def test_what_an_array_is(tmp_path, read, array, kind, shape, dtype, scale):
    source = read("arrays", npz(tmp_path, x=array, y=Y))
    assert (source.kind, source.sample_shape, source.inputs.dtype) == (kind, shape, np.dtype(dtype))
    assert source.scale == pytest.approx(scale)


def test_channels_last_is_turned_round(tmp_path, read):
    images = np.random.default_rng(0).integers(0, 256, (30, 5, 7, 3), np.uint8)
    source = read("arrays", npz(tmp_path, x=images, y=Y))
    np.testing.assert_array_equal(source.inputs[4, 2], images[4, :, :, 2])
    assert source.inputs.flags.c_contiguous


def test_ids_stay_whole_numbers(tmp_path, read):
    ids = np.random.default_rng(0).integers(0, 99, (30, 12))
    source = read("arrays", npz(tmp_path, tokens=ids, y=Y))
    assert source.inputs.dtype == np.int64
    assert source.kind == "array"
    np.testing.assert_array_equal(source.batch(slice(0, 2)), ids[:2])


@pytest.mark.parametrize(
    ("targets", "task", "classes"),
    [
        (Y[:, None], "classification", ("0", "1", "2")),
        (np.eye(3)[Y], "classification", ("0", "1", "2")),
        (np.array(["c", "a", "b"])[Y], "classification", ("a", "b", "c")),
        (np.array([b"c", b"a", b"b"])[Y], "classification", ("a", "b", "c")),
        (Y > 0, "classification", ("False", "True")),
        (Y - 1, "classification", ("-1", "0", "1")),
        (Y + 0.5, "regression", ()),
        (np.arange(30), "regression", ()),
    ],
    ids=["column", "one-hot", "text", "bytes", "bool", "negative", "float", "counting"],
)
def test_targets(tmp_path, read, targets, task, classes):
    source = read("arrays", npz(tmp_path, x=noise(30, 4), y=targets))
    assert (source.task, source.classes) == (task, classes)
    assert source.targets.shape == (30,)
    assert source.targets.dtype == (np.float32 if task == "regression" else np.int64)


def test_samples_without_a_target_are_left_out(tmp_path, read):
    targets = np.arange(30) + 0.5
    targets[[3, 7]] = np.nan
    source = read("arrays", npz(tmp_path, x=np.arange(30.0), y=targets))
    np.testing.assert_array_equal(source.inputs[:, 0], np.delete(np.arange(30), [3, 7]))
    assert "2 samples without a target" in source.notes[0]


@pytest.mark.parametrize("chosen", ["", "x.npy", "y.npy"])
def test_a_pair_of_npy_files(tmp_path, read, chosen):
    np.save(tmp_path / "x.npy", noise(30, 4))
    np.save(tmp_path / "y.npy", Y)
    path = tmp_path / chosen if chosen else tmp_path
    assert Arrays().recognises(path)
    np.testing.assert_array_equal(read("arrays", path).targets, Y)


def test_npy_files_with_parts(tmp_path, read):
    for part, count in (("train", 20), ("test", 10)):
        np.save(tmp_path / f"X_{part}.npy", noise(count, 4))
        np.save(tmp_path / f"y_{part}.npy", Y[:count])
    np.testing.assert_array_equal(read("arrays", tmp_path).given_test, np.arange(20, 30))


def bad_arrays(case: str) -> dict[str, np.ndarray]:
    x = noise(30, 4)
    with_nan = x.copy()
    with_nan[5, 1] = np.nan
    return {
        "objects": {"x": np.array([{}, []], dtype=object), "y": Y[:2]},
        "object targets": {"x": x, "y": np.array([None] * 30)},
        "lengths": {"x": x, "y": Y[:20]},
        "no targets": {"x": x, "stuff": Y},
        "nothing": {},
        "nan": {"x": with_nan, "y": Y},
        "infinite": {"x": np.full((30, 2), np.inf), "y": Y},
        "too big": {"x": np.full((30, 2), 1e300), "y": Y},
        "text": {"x": np.full((30, 2), "a"), "y": Y},
        "complex": {"x": x + 1j, "y": Y},
        "dates": {"x": x, "y": np.full(30, "2020-01-01", "datetime64[D]")},
        "scalar": {"x": np.array(1.0), "y": Y},
        "scalar target": {"x": x, "y": np.array(1)},
        "no samples": {"x": x[:0], "y": Y[:0]},
        "no features": {"x": x[:, :0], "y": Y},
        "two targets": {"x": x, "y": noise(30, 2)},
        "one class": {"x": x, "y": Y * 0},
        "parts differ": {"x_train": x, "y_train": Y, "x_test": x[:, :2], "y_test": Y},
        "train only in part": {"x_test": x, "y_test": Y},
        "negative ids": {"tokens": np.full((30, 3), -1), "y": Y},
    }[case]


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("objects", "never read"),
        ("object targets", "never read"),
        ("lengths", "'x' has 30 samples, but 'y' has 20"),
        ("no targets", r"the file holds x \(30×4\), stuff \(30\)"),
        ("nothing", "holds nothing"),
        ("nan", "1 value that is missing .* the first is in sample 5"),
        ("infinite", "60 values"),
        ("too big", "beyond float32"),
        ("text", "not numbers"),
        ("complex", "not numbers"),
        ("dates", "can't be a target"),
        ("scalar", "single value"),
        ("scalar target", "single value"),
        ("no samples", "empty"),
        ("no features", "empty"),
        ("two targets", "one a sample"),
        ("one class", "in every sample"),
        ("parts differ", "different shapes"),
        ("train only in part", "pairs up"),
        ("negative ids", "whole numbers from 0"),
    ],
)
def test_bad_arrays_are_told_in_a_sentence(tmp_path, read, case, message):
    path = npz(tmp_path, **bad_arrays(case))
    with pytest.raises(UserError, match=message) as error:
        print(read("arrays", path))
    assert str(path) in str(error.value)
    assert error.value.remedy


@pytest.mark.parametrize("suffix", [".npz", ".npy"])
@pytest.mark.parametrize(
    "content", [b"", b"rubbish", b"PK\x03\x04rubbish", b"\x93NUMPY\x01\x00\x76\x00{'descr'"]
)
def test_rubbish_files(tmp_path, read, suffix, content):
    (tmp_path / "y.npy").write_bytes(content)
    path = tmp_path / f"x{suffix}"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"damaged|never read|archive"):
        print(read("arrays", path))


@pytest.mark.parametrize("suffix", [".npz", ".npy"])
@pytest.mark.parametrize(
    ("shape", "says"),
    [
        ("(1000000000000000,)", "larger than what memory is free"),
        ("(99999999999999999999,)", "damaged"),
        ("(-5,)", "damaged"),
        ("(True, False)", "damaged"),
        ("'x'", "damaged"),
        ("(" * 200, "damaged"),
    ],
)
def test_a_header_that_lies(tmp_path, suffix, shape, says):
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".ljust(247) + "\n"
    content = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + bytes(16)
    path = tmp_path / f"x{suffix}"
    if suffix == ".npy":
        path.write_bytes(content)
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("x.npy", content)
    with pytest.raises(UserError, match=says):
        print((read_npy if suffix == ".npy" else read_npz)(path))


def test_a_truncated_npz(tmp_path, read):
    path = npz(tmp_path, x=noise(30, 4), y=Y)
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(UserError, match="damaged"):
        read("arrays", path)


def test_an_npy_without_its_partner(tmp_path, read):
    np.save(tmp_path / "x.npy", noise(30, 4))
    with pytest.raises(UserError, match="beside it"):
        read("arrays", tmp_path / "x.npy")
    with pytest.raises(UserError, match="beside it"):
        read("arrays", tmp_path)


def test_pairs_prefer_what_names_no_part():
    (pair,) = pairs_of(["x", "y", "x_train", "y_train"])
    assert (pair.part, pair.inputs, pair.targets) == ("", "x", "y")


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_npz_is_data_or_a_user_error(tmp_path, data):
    path = npz(tmp_path, x=noise(12, 3), y=Y[:12])
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    try:
        source = Arrays().read(DataSection(format="arrays", path=str(path)), path)
    except UserError:
        return
    assert len(source.inputs) == len(source.targets)
