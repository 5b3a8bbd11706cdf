from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workbench.data.images import Images
from workbench.errors import UserError


def save(
    path: Path, size: tuple[int, int] = (12, 10), colour: object = (200, 30, 30), mode: str = "RGB"
) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, colour).save(path)
    return path


def some(folder: Path, count: int = 4, **options: object) -> None:
    for label in ("cat", "dog"):
        for n in range(count):
            save(folder / label / f"{n}.png", **options)


def test_a_subfolder_is_a_class(tmp_path, read):
    some(tmp_path)
    save(tmp_path / "dog" / "more" / "deep.png", colour=(0, 0, 250))
    assert Images().recognises(tmp_path)
    source = read("images", tmp_path)
    assert source.inputs.shape == (9, 3, 10, 12)
    assert source.inputs.dtype == np.uint8
    assert (source.kind, source.task, source.scale) == ("image", "classification", 1 / 255)
    assert source.classes == ("cat", "dog")
    np.testing.assert_array_equal(source.targets, [0] * 4 + [1] * 5)
    np.testing.assert_array_equal(source.inputs[0, :, 0, 0], [200, 30, 30])
    assert source.inputs[-1, 2, 0, 0] == 250
    assert source.given_test is None
    assert source.notes == ()


@pytest.mark.parametrize("suffix", ["png", "jpg", "jpeg", "bmp", "gif", "webp", "tif", "PNG"])
def test_every_kind_of_file(tmp_path, read, suffix):
    for label, colour in (("a", (250, 250, 250)), ("b", (10, 10, 10))):
        save(tmp_path / label / f"1.{suffix}", colour=colour)
    source = read("images", tmp_path)
    assert source.inputs.shape == (2, 1, 10, 12)
    np.testing.assert_allclose(source.inputs[:, 0, 5, 5], [250, 10], atol=3)


@pytest.mark.parametrize(("train", "test"), [("train", "test"), ("Training", "Testing")])
def test_folders_for_training_and_test(tmp_path, read, train, test):
    some(tmp_path / train, 5)
    some(tmp_path / test, 2, colour=(1, 2, 3))
    source = read("images", tmp_path)
    assert source.classes == ("cat", "dog")
    assert len(source) == 14
    np.testing.assert_array_equal(source.given_test, np.flatnonzero(source.inputs[:, 0, 0, 0] == 1))
    assert len(source.given_test) == 4


def test_a_validation_folder_joins_training(tmp_path, read):
    for part, count in (("train", 5), ("val", 3), ("test", 2)):
        some(tmp_path / part, count)
    source = read("images", tmp_path)
    assert len(source) == 20
    assert len(source.given_test) == 4
    assert "validation" in source.notes[-1]


def test_train_may_be_a_class(tmp_path, read):
    for label in ("train", "plane"):
        save(tmp_path / label / "1.png")
    assert read("images", tmp_path).classes == ("plane", "train")


def test_the_usual_size_is_everyones(tmp_path, read):
    some(tmp_path)
    save(tmp_path / "dog" / "other.png", size=(40, 30))
    source = read("images", tmp_path)
    assert source.sample_shape == (3, 10, 12)
    assert source.notes == ("One image of another size was stretched to 12×10 pixels.",)


def test_large_images_are_scaled_down_and_it_is_told(tmp_path, read):
    some(tmp_path, 1, size=(640, 320))
    source = read("images", tmp_path)
    assert source.sample_shape == (3, 32, 64)
    assert "64×32 pixels" in source.notes[0]
    assert "640×320" in source.notes[0]


def test_grey_images_have_one_channel(tmp_path, read):
    some(tmp_path, mode="L", colour=77)
    assert read("images", tmp_path).inputs.shape == (8, 1, 10, 12)
    save(tmp_path / "dog" / "red.png")
    source = read("images", tmp_path)
    assert source.inputs.shape == (9, 3, 10, 12)
    np.testing.assert_array_equal(source.inputs[0, :, 0, 0], [77, 77, 77])


@pytest.mark.parametrize(
    ("mode", "colour", "expected"),
    [
        ("1", 1, 255),
        ("P", 0, 0),
        ("LA", (40, 255), 40),
        ("RGBA", (40, 40, 40, 255), 40),
        ("RGBA", (40, 40, 40, 0), 255),
        ("I;16", 514, 2),
        ("I", 200, 200),
    ],
)
def test_every_mode(tmp_path, read, mode, colour, expected):
    for label in ("a", "b"):
        save(tmp_path / label / ("1.tif" if mode == "I" else "1.png"), mode=mode, colour=colour)
    np.testing.assert_array_equal(read("images", tmp_path).inputs, expected)


def test_a_turned_photograph_stands_upright(tmp_path, read):
    exif = Image.Exif()
    exif[0x0112] = 6
    for label in ("a", "b"):
        (tmp_path / label).mkdir()
        image = Image.new("L", (20, 10))
        image.paste(255, (0, 0, 10, 10))
        image.save(tmp_path / label / "1.jpg", exif=exif, quality=95)
    source = read("images", tmp_path)
    assert source.sample_shape == (1, 20, 10)
    assert source.inputs[0, 0, 3].mean() > 250
    assert source.inputs[0, 0, 17].mean() < 5


def test_too_large_images_are_passed_over_unread(tmp_path, read, monkeypatch):
    some(tmp_path, 1)
    save(tmp_path / "dog" / "vast.png", size=(500, 400))
    save(tmp_path / "dog" / "vast.jpg", size=(500, 400))
    monkeypatch.setattr("workbench.data.pixels.LARGEST", 500 * 400 - 1)
    source = read("images", tmp_path)
    assert len(source) == 3  # the JPEG is decoded at an eighth of its sides
    assert source.notes[1] == "One image can't be read or is too large, and was left out: dog/vast.png."


def test_broken_files_are_passed_over_and_the_first_named(tmp_path, read):
    some(tmp_path)
    whole = (tmp_path / "cat" / "0.png").read_bytes()
    (tmp_path / "cat" / "1.png").write_bytes(whole[:40])
    (tmp_path / "dog" / "2.png").write_bytes(b"rubbish")
    (tmp_path / "dog" / "3.png").write_bytes(b"")
    (tmp_path / "dog" / ".hidden.png").write_bytes(b"")
    source = read("images", tmp_path)
    np.testing.assert_array_equal(source.targets, [0, 0, 0, 1, 1])
    assert source.notes == (
        "3 images can't be read or are too large, and were left out; the first is cat/1.png.",
    )


def test_a_class_of_broken_files_only_is_named(tmp_path, read):
    some(tmp_path)
    (tmp_path / "eel").mkdir()
    (tmp_path / "eel" / "1.png").write_bytes(b"rubbish")
    source = read("images", tmp_path)
    assert source.classes == ("cat", "dog")
    assert source.notes[-1] == "Of these classes no image could be read: eel."


def build(folder: Path, case: str) -> Path:
    match case:
        case "empty":
            folder.mkdir()
        case "text only":
            (folder / "a").mkdir(parents=True)
            (folder / "a" / "b.txt").write_text("no image")
        case "loose":
            save(folder / "1.png")
        case "one class":
            save(folder / "a" / "1.png")
        case "all broken":
            for label in ("a", "b"):
                (folder / label).mkdir(parents=True)
                (folder / label / "1.png").write_bytes(b"\x89PNG\r\n\x1a\nrubbish")
        case "a file":
            return save(folder / "1.png")
    return folder


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("empty", "no images in this folder"),
        ("text only", "no images in this folder"),
        ("loose", "lie in no class's folder"),
        ("one class", "in every sample"),
        ("all broken", "none of the images can be read"),
        ("a file", "this is no folder"),
    ],
)
def test_folders_without_data_are_told_in_a_sentence(tmp_path, read, case, message):
    path = build(tmp_path / "set", case)
    with pytest.raises(UserError, match=message) as error:
        read("images", path)
    assert str(path) in str(error.value)
    assert error.value.remedy


def test_validation_and_test_without_training(tmp_path, read):
    some(tmp_path / "valid", 5)
    some(tmp_path / "test", 2)
    source = read("images", tmp_path)
    assert source.classes == ("cat", "dog")
    assert (len(source), len(source.given_test)) == (14, 4)
    assert "no folder for training" in source.notes[-1]


def test_validation_beside_a_class_is_a_class(tmp_path, read):
    some(tmp_path / "dev")
    some(tmp_path / "test")
    some(tmp_path / "live")
    assert read("images", tmp_path).classes == ("dev", "live", "test")


def test_a_whole_disk_is_no_set_of_images(tmp_path, monkeypatch):
    assert not Images().recognises(Path(tmp_path.anchor))
    monkeypatch.setattr("workbench.data.images._LOOKED_AT", 10)
    for n in range(20):
        (tmp_path / "a" / f"{n}.txt").parent.mkdir(exist_ok=True)
        (tmp_path / "a" / f"{n}.txt").touch()
    save(tmp_path / "b" / "1.png")
    assert not Images().recognises(tmp_path)
    save(tmp_path / "a" / "1.png")
    assert Images().recognises(tmp_path)
