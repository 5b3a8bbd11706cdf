"""One sample from a file, by the rules of the data that it goes with."""

from __future__ import annotations

import struct
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from PIL import Image

from workbench.data.dataset import Dataset
from workbench.data.intake import project_for
from workbench.data.one_sample import background, pixel_range, read_sample, suffixes
from workbench.errors import UserError


def data(inputs: np.ndarray, kind: str = "image", scale: float = 1.0, **more: object) -> Dataset:
    targets = np.arange(len(inputs)) % 2
    return Dataset("d", kind, "classification", inputs, targets, scale, **more)  # type: ignore[arg-type]


GREY = data(np.zeros((4, 1, 6, 8), np.uint8), scale=1 / 255)
COLOUR = data(np.zeros((4, 3, 6, 8), np.uint8), scale=1 / 255)


def picture(folder: Path, pixels: np.ndarray, name: str = "one.png") -> Path:
    Image.fromarray(pixels).save(folder / name)
    return folder / name


def test_a_picture_is_read_as_import_reads_it(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    for label in ("a", "b"):
        (tmp_path / "set" / label).mkdir(parents=True)
        for number in range(6):
            picture(
                tmp_path / "set" / label,
                random.integers(0, 256, (10, 12, 3), dtype=np.uint8),
                f"{number}.png",
            )
    dataset = project_for(tmp_path / "set")[1]
    found = read_sample(tmp_path / "set" / "b" / "2.png", dataset)
    assert found.note == ""
    assert any(np.array_equal(found.values, dataset.batch(np.array([n]))[0]) for n in range(len(dataset)))


def test_size_and_channels_become_the_data_s(tmp_path: Path) -> None:
    pixels = np.zeros((12, 16, 3), np.uint8)
    pixels[..., 0] = 200
    path = picture(tmp_path, pixels)
    colour = read_sample(path, COLOUR)
    assert colour.note == "scaled from 16×12 to 8×6 pixels"
    np.testing.assert_allclose(colour.values[0], 200 / 255, rtol=1e-6)
    np.testing.assert_array_equal(colour.values[1:], 0)
    grey = read_sample(path, GREY).values
    assert grey.shape == (1, 6, 8)
    np.testing.assert_allclose(grey, 0.299 * 200 / 255, atol=1 / 255)  # luma of ITU-R BT.601


def header_of_png(width: int, height: int) -> bytes:
    """A PNG that says how large it is, and holds nothing: to decode it fails."""
    said = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", said), (b"IDAT", b""), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc32(kind + data))
        for kind, data in chunks
    )


@pytest.mark.parametrize(("width", "height"), [(12_000, 12_000), (40_000, 1_001), (60_000, 60_000)])
def test_a_vast_picture_is_refused_by_its_header(width: int, height: int, tmp_path: Path) -> None:
    path = tmp_path / "vast.png"
    path.write_bytes(header_of_png(width, height))
    with pytest.raises(UserError, match=r"too many pixels to be read.*at most 40,000,000"):
        read_sample(path, COLOUR)
    path.write_bytes(header_of_png(40, 30))
    with pytest.raises(UserError, match="can't be read as a picture"):
        read_sample(path, COLOUR)


def test_pictures_go_to_minus_one_where_pixels_do(tmp_path: Path) -> None:
    dataset = data(np.linspace(-1, 1, 4 * 48, dtype=np.float32).reshape(4, 1, 6, 8))
    assert pixel_range(dataset) == (-1, 1)
    values = read_sample(picture(tmp_path, np.full((6, 8), 255, np.uint8)), dataset).values
    np.testing.assert_array_equal(values, 1)
    values = read_sample(picture(tmp_path, np.zeros((6, 8), np.uint8)), dataset).values
    np.testing.assert_array_equal(values, -1)


def test_the_background() -> None:
    assert background(GREY) == 0
    assert background(data(np.full((4, 1, 6, 8), 250, np.uint8), scale=1 / 255)) == 1


def test_arrays_are_in_the_data_s_unit(tmp_path: Path) -> None:
    dataset = data(np.zeros((4, 1, 6, 8), np.uint8), scale=1 / 16)
    raw = np.random.default_rng(0).integers(0, 17, (6, 8)).astype(np.uint8)
    wanted = raw[None].astype(np.float32) / 16
    for array in (raw, raw[None], raw[None, None], raw[..., None]):
        np.save(tmp_path / "x.npy", array)
        np.testing.assert_allclose(read_sample(tmp_path / "x.npy", dataset).values, wanted)
    np.save(tmp_path / "x.npy", wanted)  # scaled already, as methods save them
    np.testing.assert_allclose(read_sample(tmp_path / "x.npy", dataset).values, wanted)
    np.savez(tmp_path / "x.npz", x=np.stack([raw, raw * 0]), y=np.array([1, 2]))
    found = read_sample(tmp_path / "x.npz", data(np.zeros((4, 6, 8), np.float32), "sequence"))
    np.testing.assert_allclose(found.values, raw)
    assert found.note == "the first of 2"


def test_a_row_of_a_table(tmp_path: Path) -> None:
    path = tmp_path / "cars.csv"
    rows = [f"{n}.5,{'red' if n % 3 else 'blue'},{'yes' if n % 2 else 'no'},{n % 2}" for n in range(30)]
    path.write_text("age,colour,new,sold\n" + "\n".join(rows))
    dataset = project_for(path)[1]
    one = tmp_path / "one.csv"
    one.write_text("new,AGE,colour\nyes,7.5,blue\nno,1,red\n")
    found = read_sample(one, dataset)
    np.testing.assert_array_equal(found.values, [7.5, 1, 0, 1])
    assert found.note == "the first of 2"
    one.write_text("age,colour,new\n,red,no\n")  # missing: the median, as import fills it in
    np.testing.assert_array_equal(read_sample(one, dataset).values[1:], [0, 1, 0])
    one.write_text("3.5,blue,yes,1\n")
    with pytest.raises(UserError, match="there is a header, but no row below it"):
        read_sample(one, dataset)
    for text, words in (
        ("age,new\n1,yes\n", "no column called 'colour'"),
        ("age,colour,new\n1,green,yes\n", "'colour' is 'green', which the data never hold"),
        ("age,colour,new\nold,red,yes\n", "'age' is 'old', which is no number"),
        ("age,colour,new\n,,\n", "its row is empty"),
    ):
        one.write_text(text)
        with pytest.raises(UserError, match=words):
            read_sample(one, dataset)


def test_a_row_without_a_header(tmp_path: Path) -> None:
    numbers = data(np.arange(12, dtype=np.float32).reshape(4, 3), "table", features=("a", "b", "c"))
    (tmp_path / "row.csv").write_text("1.5,2.5,3.5\n")
    np.testing.assert_array_equal(read_sample(tmp_path / "row.csv", numbers).values, [1.5, 2.5, 3.5])


def test_lines_of_numbers(tmp_path: Path) -> None:
    path = tmp_path / "one.txt"
    path.write_text("1 2\n3 4\n5 6\n")
    series = data(np.zeros((4, 3, 2), np.float32), "sequence")
    np.testing.assert_array_equal(read_sample(path, series).values, [[1, 2], [3, 4], [5, 6]])
    path.write_text("1 2\n3\n5 6\n")
    with pytest.raises(UserError, match=r"one\.txt, line 2: it has 1 number"):
        read_sample(path, series)
    path.write_bytes(b"\xff\xfe\x00\xd8")
    with pytest.raises(UserError, match="this is no text"):
        read_sample(path, series)


def test_ids(tmp_path: Path) -> None:
    ids = data(np.arange(12).reshape(4, 3), "array")
    np.save(tmp_path / "x.npy", np.array([1, 11, 0], np.int32))
    found = read_sample(tmp_path / "x.npy", ids).values
    assert found.dtype == np.int64
    np.testing.assert_array_equal(found, [1, 11, 0])
    for array, words in ((np.array([1, 12, 0]), "there is no id 12"), (np.ones(3), "whole-number ids")):
        np.save(tmp_path / "x.npy", array)
        with pytest.raises(UserError, match=words):
            read_sample(tmp_path / "x.npy", ids)


def test_bad_files_are_told_in_a_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    with pytest.raises(UserError, match=r"broken\.png: this can't be read as a picture"):
        read_sample(broken, GREY)
    with pytest.raises(UserError, match="can't be a sample of these data"):
        read_sample(tmp_path / "model.onnx", GREY)
    with pytest.raises(UserError, match="can't be read"):
        read_sample(tmp_path / "gone.npy", GREY)
    with pytest.raises(UserError, match="has 1 or 3 channels, and these samples have 4"):
        read_sample(picture(tmp_path, np.zeros((6, 8), np.uint8)), data(np.zeros((4, 4, 6, 8), np.uint8)))
    for array, words in (
        (np.zeros((5, 5)), "the array is 5×5, and a sample is 1×6×8"),
        (np.full((6, 8), np.nan), "NaN or infinite"),
        (np.array(["a"]), "not numbers"),
    ):
        np.save(tmp_path / "x.npy", array)
        with pytest.raises(UserError, match=words):
            read_sample(tmp_path / "x.npy", GREY)
    np.savez(tmp_path / "two.npz", a=np.zeros(3), b=np.zeros(3))
    with pytest.raises(UserError, match="it isn't clear which array"):
        read_sample(tmp_path / "two.npz", GREY)
    (tmp_path / "bad.npz").write_bytes(b"nothing")
    with pytest.raises(UserError, match=r"holds Python objects|is damaged"):
        read_sample(tmp_path / "bad.npz", GREY)


def test_endings_of_files() -> None:
    assert ".png" in suffixes(GREY)
    assert ".csv" not in suffixes(GREY)
    table = data(np.zeros((4, 3), np.float32), "table")
    assert ".csv" in suffixes(table)
    assert ".png" not in suffixes(table)
    assert ".npy" in suffixes(table)


@pytest.mark.parametrize("name", ["one.npy", "one.npz", "one.csv"])
def test_a_damaged_file_is_told_by_its_name_alone(tmp_path, made, name):
    (tmp_path / name).write_bytes(b"\x93NUMPY" if name != "one.csv" else b"a")
    with pytest.raises(UserError) as told:
        read_sample(tmp_path / name, made(np.zeros((30, 2), np.float32), np.arange(30) % 2))
    assert told.value.place == name
