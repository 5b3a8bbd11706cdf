"""Texts of a table as ids: the vocabulary of the training samples, and the same ids for texts to come."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from workbench.data.intake import project_for
from workbench.data.load import load
from workbench.data.one_sample import read_sample
from workbench.data.texts import MARKS, PATTERN, UNKNOWN, Tokenizer, words
from workbench.data.typed_words import Words
from workbench.errors import UserError
from workbench.graph import DataSection
from workbench.graph.project import Text

GOOD, BAD = "A warm, funny film!", "Dull: the cast isn't funny."


def rows(count: int = 40) -> list[tuple[str, str]]:
    return [
        (f"{GOOD if n % 2 else BAD} Number{n} of this kind.", "good" if n % 2 else "bad")
        for n in range(count)
    ]


def table(folder: Path, lines: list[tuple[str, str]], head: str = "review,label") -> Path:
    path = folder / "reviews.csv"
    path.write_text("\n".join([head, *(f'"{text}",{label}' for text, label in lines)]), encoding="utf-8")
    return path


def read(path: Path, **how: object):
    return load(DataSection(format="csv", path=str(path), text=Text(column="review", **how)), Path())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It isn't GOOD, it’s 'great'!", ["it", "isn't", "good", "it’s", "great"]),
        ("Größe, Ärger; déjà-vu 3x", ["größe", "ärger", "déjà", "vu", "3x"]),
        ("我爱 ABC電影", ["我", "爱", "abc", "電", "影"]),
        ("… – ' '", []),
        ("", []),
    ],
)
def test_words(text, found):
    assert words(text) == found


@given(st.text(max_size=60))
def test_a_word_is_read_as_itself(text):
    for word in words(text):
        if word.isascii():
            assert words(word) == [word]
        assert word not in MARKS


def test_the_vocabulary_is_that_of_the_training_samples_alone(tmp_path):
    lines = rows()
    found = read(table(tmp_path, lines))
    counts: Counter[str] = Counter()
    reference = CountVectorizer(token_pattern=PATTERN).build_analyzer()
    for number in found.splits["train"]:
        counts.update(reference(lines[number][0]))
    assert found.vocabulary[:2] == MARKS
    assert set(found.vocabulary[2:]) == {word for word, count in counts.items() if count >= 2}
    by_count = [counts[word] for word in found.vocabulary[2:]]
    assert by_count == sorted(by_count, reverse=True)
    all_of = read(table(tmp_path, lines), min_count=1)
    trained = set(found.splits["train"].tolist())
    assert {n for n in range(40) if f"number{n}" in all_of.vocabulary} == trained


def test_samples_are_the_first_words_behind_padding(tmp_path):
    found = read(table(tmp_path, rows()), length=12)
    assert found.inputs.dtype == np.int64
    assert found.inputs.shape == (40, 12)
    for number, (text, _) in enumerate(rows()):
        said = [word if word in found.vocabulary else "<unk>" for word in words(text)]
        shown = [found.vocabulary[n] for n in found.inputs[number]]
        assert shown == ["<pad>"] * (12 - len(said)) + said
    short = read(table(tmp_path, rows()), length=3)
    assert [short.vocabulary[n] for n in short.inputs[1]] == ["a", "warm", "funny"]
    assert any("only the first 3 words are read" in note for note in short.notes)


def test_its_length_is_that_of_the_longest_training_text(tmp_path):
    lines = rows()
    found = read(table(tmp_path, lines))
    longest = max(len(words(lines[n][0])) for n in found.splits["train"])
    assert found.inputs.shape == (40, longest)
    assert found.facts.ids == len(found.vocabulary) == found.ids
    many = read(table(tmp_path, [(f"{'word ' * 300}{n % 3}", label) for n, (_, label) in enumerate(lines)]))
    assert many.inputs.shape == (40, 200)


def test_at_most_so_many_words_are_known(tmp_path):
    assert len(read(table(tmp_path, rows()), max_words=5).vocabulary) == 7


@pytest.mark.parametrize(
    ("lines", "least", "told"),
    [
        ([(f"word{n} other{n}", str(n % 2)) for n in range(12)], 2, "no word stands 2 times"),
        ([(f"{'!' * n} ?", str(n % 2)) for n in range(1, 13)], 1, "holds no words"),
    ],
)
def test_texts_without_words_are_refused(tmp_path, lines, least, told):
    with pytest.raises(UserError, match=told):
        read(table(tmp_path, lines), min_count=least)


def test_a_table_of_texts_becomes_a_project(tmp_path):
    path = tmp_path / "reviews.csv"
    numbered = [f'{n},"{text}",{label}' for n, (text, label) in enumerate(rows())]
    path.write_text("\n".join(["id,review,label", *numbered]), encoding="utf-8")
    project, dataset = project_for(path)
    assert len(dataset) == 40
    assert project.data
    assert project.data.target == "label"
    assert project.data.text == Text(column="review", length=dataset.sample_shape[0])
    assert [node.type for node in project.model][:3] == ["Input", "Embedding", "GRU"]
    assert project.model.layers[1].layer.num_embeddings == len(dataset.vocabulary)
    assert "Left out, because text is read alone: 'id'." in dataset.notes
    again = load(project.data, tmp_path)
    np.testing.assert_array_equal(again.inputs, dataset.inputs)
    assert again.tokenizer == dataset.tokenizer


def test_a_text_is_no_target_by_chance(tmp_path):
    lines = [f'{label},"{text}"' for text, label in rows()]
    path = tmp_path / "reviews.csv"
    path.write_text("\n".join(["v1,v2", *lines]), encoding="utf-8")
    project, dataset = project_for(path)
    assert (dataset.target, dataset.classes) == ("v1", ("bad", "good"))
    assert project.data
    assert project.data.text
    assert project.data.text.column == "v2"


def test_numbers_come_first_unless_text_is_chosen(tmp_path):
    path = tmp_path / "mixed.csv"
    lines = [f'{n * 7 % 11},"{text}",{label}' for n, (text, label) in enumerate(rows())]
    path.write_text("\n".join(["stars,review,label", *lines]), encoding="utf-8")
    project, dataset = project_for(path)
    assert dataset.features == ("stars",)
    assert project.data
    assert project.data.text is None
    assert any("To learn from the words of 'review' instead" in note for note in dataset.notes)
    _, chosen = project_for(path, text="review")
    assert chosen.tokenizer
    assert chosen.kind == "array"


@pytest.mark.parametrize("column", ["nope", "label"])
def test_what_can_not_be_the_text(tmp_path, column):
    with pytest.raises(UserError, match=r"no column called 'nope'|can't be the text"):
        project_for(table(tmp_path, rows()), text=column)


def test_a_set_without_columns_has_no_text():
    with pytest.raises(UserError, match="a text can't be chosen"):
        project_for("digits", text="review")


@pytest.mark.parametrize("seed", range(3))
def test_texts_to_come_are_read_alike(tmp_path, seed):
    lines = rows()
    found = load(
        DataSection.model_validate(
            {
                "format": "csv",
                "path": str(table(tmp_path, lines)),
                "text": {"column": "review"},
                "split": {"seed": seed},
            }
        ),
        Path(),
    )
    typed = Words(found)
    assert typed.in_front
    for number, (text, _) in enumerate(lines):
        np.testing.assert_array_equal(typed.read(text), found.inputs[number])
        np.testing.assert_array_equal(typed.read(typed.write(found.inputs[number])), found.inputs[number])
    assert typed.read("unheard of")[-2] == UNKNOWN
    (tmp_path / "one.txt").write_text(lines[3][0] + "\n", encoding="utf-8")
    np.testing.assert_array_equal(read_sample(tmp_path / "one.txt", found).values, found.inputs[3])
    one = read_sample(tmp_path / "reviews.csv", found)
    np.testing.assert_array_equal(one.values, found.inputs[0])
    assert one.note == "the first of 40"
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(UserError, match="no column called 'review'"):
        read_sample(tmp_path / "other.csv", found)


def test_a_missing_text_has_no_words(tmp_path):
    found = read(table(tmp_path, [*rows(), ("", "good")]))
    assert not found.inputs[40].any()
    assert "1 text has no words." in found.notes


def test_another_vocabulary_is_another_digest():
    assert Tokenizer("a", ("x", "y"), 3).digest != Tokenizer("a", ("y", "x"), 3).digest
