"""What is filled in to make up a sample of a table."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from workbench.data.dataset import Dataset
from workbench.data.fields import fields_of, typical
from workbench.data.intake import project_for


def table(matrix: list[list[float]], names: tuple[str, ...], train: list[int] | None = None) -> Dataset:
    inputs = np.array(matrix, np.float32)
    count = len(inputs)
    splits = {"train": np.arange(count) if train is None else np.array(train)}
    return Dataset(
        "d", "table", "classification", inputs, np.arange(count) % 2, features=names, splits=splits
    )


def test_ranges_are_those_of_the_training_samples() -> None:
    fields = fields_of(table([[1, 5], [2, 6], [9, 7], [100, 100]], ("a", "b"), train=[0, 1, 2]))
    assert [(f.name, f.low, f.high, f.median) for f in fields] == [("a", 1, 9, 2), ("b", 5, 7, 6)]
    np.testing.assert_array_equal(typical(fields), [2, 6])


def test_a_column_of_text_is_one_field(tmp_path: Path) -> None:
    path = tmp_path / "cars.csv"
    colours = ["red", "blue", "red", "", "red", "green"] * 5
    rows = [f"{n + 0.5},{colour},{n % 2}" for n, colour in enumerate(colours)]
    path.write_text("age,colour,sold\n" + "\n".join(rows))
    fields = fields_of(project_for(path)[1])
    assert [f.name for f in fields] == ["age", "colour"]
    colour = fields[1]
    assert colour.choices == ("blue", "green", "red")
    assert colour.columns == (1, 2, 3)
    assert colour.may_be_empty
    np.testing.assert_array_equal(typical(fields)[1:], [0, 0, 1])


def test_what_only_looks_like_a_column_of_text_stays_numbers() -> None:
    names = ("a=x", "a=y", "b=z", "c")
    fields = fields_of(table([[1, 1, 0, 0], [0, 1, 1, 2]], names))
    assert [f.name for f in fields] == list(names)
    assert not any(f.choices for f in fields)


def test_features_without_names() -> None:
    assert [f.name for f in fields_of(table([[1, 5], [2, 6]], ()))] == ["[0]", "[1]"]
