"""Samples of ids that are typed as words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.data.dataset import Dataset
from workbench.data.one_sample import read_sample
from workbench.data.typed_words import Words
from workbench.errors import UserError

VOCABULARY = ("<pad>", "[UNK]", "a", "good", "film", "!", "film", "two words", "Film")


def data(
    vocabulary: tuple[str, ...] = VOCABULARY,
    shape: tuple[int, ...] = (5,),
    rows: list[list[int]] | None = None,
    top: int = 8,
) -> Dataset:
    inputs = np.full((2, *shape), top, np.int64) if rows is None else np.array(rows)
    return Dataset("set", "array", "classification", inputs, np.array([0, 1]), vocabulary=vocabulary)


BEHIND = [[2, 3, 4, 0, 0], [8, 7, 6, 5, 0]]
IN_FRONT = [[0, 0, 2, 3, 4], [0, 8, 7, 6, 5]]


def test_words_become_ids_and_are_padded_as_the_data_are() -> None:
    assert Words(data(rows=BEHIND)).read("a good film").tolist() == [2, 3, 4, 0, 0]
    assert Words(data(rows=IN_FRONT)).read("a good film").tolist() == [0, 0, 2, 3, 4]
    assert Words(data(rows=BEHIND)).read("a good film").dtype == np.int64


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Film", [8]),  # exact before lower case
        ("FILM GOOD", [4, 3]),
        ("good, film!", [3, 4, 5]),  # the vocabulary has no comma
        ("a\nfilm [UNK]", [2, 4, 1]),
        ("#7 #3 <pad> film", [7, 3, 0, 4]),
        ("", []),
    ],
)
def test_how_words_are_looked_up(text: str, ids: list[int]) -> None:
    assert Words(data(rows=BEHIND)).read(text).tolist() == ids + [0] * (5 - len(ids))


@pytest.mark.parametrize(
    ("dataset", "text", "words"),
    [
        (data(rows=BEHIND), "a awful film", r"“awful” isn't in the vocabulary\. Write \[UNK\] in its place"),
        (data(rows=BEHIND), "good-bye", r"“bye” isn't in the vocabulary"),
        (data(rows=BEHIND), ", ,", r"“,” isn't in the vocabulary"),
        (data(rows=BEHIND), "x" * 99, r"“x{40}…” isn't"),
        (data(rows=BEHIND), "a a a a a a", r"there are 6 tokens, and a sample has 5"),
        (data(rows=BEHIND), "a #9", r"there is no id 9: in these data they go from 0 to 8"),
        (data(("a", "it"), top=1), "a", r"there is 1 token, and a sample has 5\. The data have no token"),
        (data(("a", "it"), top=1), "b", r"Use another word, or an id as #17"),
        (data(("a", "it", "<pad>"), top=1), "a", r"The data have no token for padding"),  # no row for it
        (data(("a", "b"), top=1), "abc", r"“c” isn't in the vocabulary\. Use another word\."),
        (data(shape=(2, 3)), "a good", r"there is 1 line, and a sample has 2"),
    ],
)
def test_what_is_wrong_is_told(dataset: Dataset, text: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        Words(dataset).read(text)


def test_padding_is_not_written() -> None:
    assert Words(data(rows=BEHIND)).write(np.array(BEHIND[0])) == "a good film"
    assert Words(data(rows=IN_FRONT)).write(np.array(IN_FRONT[1])) == "Film #7 #6 !"


def test_single_characters() -> None:
    words = Words(data((" ", "a", "b", "\n", "<pad>"), top=4, rows=[[1, 2, 0, 1, 4], [1, 4, 4, 4, 4]]))
    assert words.read("ab a").tolist() == [1, 2, 0, 1, 4]
    assert words.read("a\nb").tolist() == [1, 3, 2, 4, 4]
    assert words.write(np.array([1, 3, 2, 0, 4])) == "a\nb "


TOKENS = st.lists(st.text(max_size=4) | st.sampled_from(["<pad>", "#1", "film", "Film", "##ing"]), min_size=1)


@given(st.data(), TOKENS, st.sampled_from([(4,), (2, 3)]))
def test_what_is_written_is_read_again(
    draw: st.DataObject, tokens: list[str], shape: tuple[int, ...]
) -> None:
    vocabulary = ("word", *tokens)  # not of single characters
    ids = st.integers(0, len(vocabulary) + 1)  # some beyond the words
    numbers = draw.draw(st.lists(ids, min_size=2 * int(np.prod(shape)), max_size=2 * int(np.prod(shape))))
    inputs = np.array(numbers).reshape(2, *shape)
    words = Words(Dataset("set", "array", "classification", inputs, np.zeros(2), vocabulary=vocabulary))
    np.testing.assert_array_equal(words.read(words.write(inputs[0])), inputs[0])


@given(st.text(), TOKENS)
def test_any_text_is_a_sample_or_is_told(text: str, tokens: list[str]) -> None:
    dataset = data(tuple(tokens))
    try:
        sample = Words(dataset).read(text)
    except UserError:
        return
    assert sample.shape == (5,)
    assert 0 <= sample.min() <= sample.max() <= 8


def test_a_text_file_of_words(tmp_path: Path) -> None:
    file = tmp_path / "mine.txt"
    file.write_text("A good film!\n", encoding="utf-8")
    assert read_sample(file, data(rows=BEHIND)).values.tolist() == [2, 3, 4, 5, 0]
    file.write_text("good weather", encoding="utf-8")
    with pytest.raises(UserError, match=r"mine\.txt: “weather” isn't in the vocabulary"):
        read_sample(file, data(rows=BEHIND))
