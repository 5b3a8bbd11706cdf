"""Numbers beside the names of what they belong to."""

from __future__ import annotations

import csv
import io

import numpy as np

from workbench.data.dataset import Dataset
from workbench.interpret.arrays_csv import arrays_csv
from workbench.interpret.naming import strongest, with_names


def data(inputs: np.ndarray, **more: object) -> Dataset:
    return Dataset("set", "table", "classification", inputs, np.zeros(len(inputs)), **more)  # type: ignore[arg-type]


TABLE = data(np.zeros((3, 4), np.float32), features=("age", "height", "colour=red", "colour=blue"))
IDS = data(np.array([[0, 2, 1]]), vocabulary=("the", "good", "film"))
VALUES = np.array([0.5, -2.0, 0.0, np.nan], np.float32)


def test_a_table_has_its_features() -> None:
    found = with_names({"attribution": VALUES, "input": VALUES}, TABLE)
    assert found["feature"].tolist() == list(TABLE.features)
    rows = list(csv.reader(io.StringIO(arrays_csv(found))))
    assert rows[0] == ["attribution", "input", "feature"]
    assert rows[2] == ["-2.0", "-2.0", "height"]
    what, listed = strongest(found, TABLE)
    assert what == "feature"
    assert [name for name, _ in listed] == ["height", "age", "colour=red", "colour=blue"]
    assert listed[:2] == [("height", -2.0), ("age", 0.5)]


def test_ids_have_their_words() -> None:
    arrays = {"attribution": np.array([0.1, 0.3, -0.2]), "input": IDS.inputs[0]}
    assert with_names(arrays, IDS)["token"].tolist() == ["the", "film", "good"]
    assert strongest(arrays, IDS) == ("token", [("film", 0.3), ("good", -0.2), ("the", 0.1)])


def test_nothing_else_is_named() -> None:
    nameless = data(np.zeros((3, 4), np.float32))
    for arrays, dataset in (
        ({"attribution": VALUES}, nameless),
        ({"attribution": VALUES[:3]}, TABLE),  # of a layer
        ({"points": np.zeros((3, 2))}, TABLE),
        ({"attribution": np.zeros(3)}, IDS),  # of which ids nobody knows
        ({"attribution": np.zeros((1, 2, 2))}, data(np.zeros((3, 1, 2, 2), np.float32))),
    ):
        assert with_names(arrays, dataset) == arrays
        assert strongest(arrays, dataset) == ("", [])
