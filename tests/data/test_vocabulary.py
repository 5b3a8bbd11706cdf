"""Words that a file of ids brings along."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

IDS = np.arange(60).reshape(20, 3) % 5
Y = np.arange(20) % 2
WORDS = ["<pad>", "a", "good", "bad", "film"]


def npz(folder: Path, **more: np.ndarray) -> Path:
    np.savez(folder / "reviews.npz", ids=IDS, y=Y, **more)
    return folder / "reviews.npz"


@pytest.mark.parametrize("name", ["vocabulary.txt", "vocab.txt"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_text_beside_the_file(tmp_path, read, name, end):
    (tmp_path / name).write_bytes(("\ufeff" + end.join(WORDS) + end).encode())
    source = read("arrays", npz(tmp_path))
    assert source.vocabulary == tuple(WORDS)
    assert [source.token(int(n)) for n in source.inputs[0]] == WORDS[:3]
    assert f"Words for ids: 5 tokens from {name}." in source.notes


@pytest.mark.parametrize("kind", ["U", "S"])
def test_an_array_of_texts_comes_first(tmp_path, read, kind):
    (tmp_path / "vocab.txt").write_text("x\ny\n", encoding="utf-8")
    source = read("arrays", npz(tmp_path, vocabulary=np.array(WORDS).astype(kind)))
    assert source.vocabulary == tuple(WORDS)


def test_a_folder_of_arrays(tmp_path, read):
    np.save(tmp_path / "tokens.npy", IDS)
    np.save(tmp_path / "labels.npy", Y)
    (tmp_path / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
    assert read("arrays", tmp_path).vocabulary == tuple(WORDS)
    assert read("arrays", tmp_path / "tokens.npy").vocabulary == tuple(WORDS)


def test_lines_count_also_where_they_are_empty(tmp_path, read):
    (tmp_path / "vocab.txt").write_text("\n \n\t\nfilm\n", encoding="utf-8")
    source = read("arrays", npz(tmp_path))
    assert [source.token(n) for n in range(5)] == ["#0", "␣", "→", "film", "#4"]
    assert any("Ids go up to 4: those without a word are shown as numbers." in note for note in source.notes)


def test_measurements_have_no_words(tmp_path, read):
    (tmp_path / "vocab.txt").write_text("a\nb\n", encoding="utf-8")
    np.savez(tmp_path / "set.npz", x=IDS * 1.5, y=Y)
    assert read("arrays", tmp_path / "set.npz").vocabulary == ()


def test_without_one_ids_are_numbers(tmp_path, read):
    source = read("arrays", npz(tmp_path))
    assert source.vocabulary == ()
    assert source.token(17) == "17"
    assert source.notes == ()


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "vocab.txt is empty"), (b"\n\n", "is empty"), (b"\xff\xfe\xfa", "UTF-8 text")],
)
def test_what_is_no_vocabulary_keeps_nobody_from_training(tmp_path, read, content, words):
    (tmp_path / "vocab.txt").write_bytes(content)
    source = read("arrays", npz(tmp_path))
    assert source.vocabulary == ()
    assert any(words in note and "ids are shown as numbers" in note for note in source.notes)


@pytest.mark.parametrize("array", [np.arange(5), np.array([["a", "b"]])])
def test_an_array_that_is_no_list_of_texts(tmp_path, read, array):
    source = read("arrays", npz(tmp_path, vocab=array))
    assert source.vocabulary == ()
    assert any("'vocab' is no list of texts" in note for note in source.notes)
