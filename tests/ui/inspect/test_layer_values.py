"""What of a layer is drawn, and in which form."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from workbench.data.dataset import Dataset
from workbench.graph import Graph
from workbench.ui.images import heat, heats
from workbench.ui.inspect.inspection import Inspection
from workbench.ui.inspect.layer_maps import MOST, MapsView
from workbench.ui.inspect.layer_values import Shown, kinds_of, mosaics, shown_of
from workbench.ui.jobs import Jobs

RANDOM = np.random.default_rng(0)


def found(output: np.ndarray, axis: int = 0, **more: object) -> Inspection:
    """A look at a layer "it" behind an input of six ids."""
    rows = [
        {"id": "x", "type": "Input", "params": {"shape": [6], "dtype": "int64"}},
        {"id": "it", "type": "Embedding"},
    ]
    ids = np.arange(6)
    facts = {"gradients": {}, "weights": {"it": {}}, **more}
    return Inspection(
        dataset=Dataset("ids", "array", "classification", ids[None], np.zeros(1)),
        index=0,
        sample=ids,
        graph=Graph.model_validate({"layers": rows}),
        activations={"x": ids, "it": output},
        vitals={},
        truth="",
        answer="",
        right=None,
        probabilities=None,
        loss=None,
        axes={"x": 0, "it": axis},
        **facts,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("shape", "axis", "form", "drawn", "word"),
    [
        ((3, 4, 5), 0, "maps", (3, 4, 5), "channel"),
        ((3, 2, 4, 5), 0, "maps", (3, 8, 5), "channel"),
        ((6, 4), 1, "sequence", (6, 4), "feature"),
        ((4, 6), 0, "sequence", (6, 4), "channel"),
        ((7,), 0, "vector", (7,), "unit"),
        ((), 0, "vector", (1,), "unit"),
    ],
)
def test_forms_of_outputs(shape, axis, form, drawn, word):
    shown = shown_of(found(RANDOM.normal(size=shape), axis), "it", "activation")
    assert isinstance(shown, Shown)
    assert (shown.form, shown.main.shape, shown.word) == (form, drawn, word)
    assert shown.names == (tuple("012345") if form == "sequence" else ())


def test_what_there_is_nothing_of_is_said():
    look = found(np.zeros((0, 4), np.float32))
    assert shown_of(look, "it", "activation") == "it gives nothing: its output has no values."
    look = found(np.ones(3))
    assert "has no gradient" in str(shown_of(look, "it", "gradient"))
    assert "has no weights" in str(shown_of(look, "it", "weights"))
    assert "doesn't attend" in str(shown_of(look, "it", "attention"))
    assert "isn't part" in str(shown_of(look, "gone", "activation"))
    assert "attention" not in kinds_of(look, "it")


def test_classes_name_the_last_layers_units():
    shown = shown_of(found(np.ones(2)), "it", "activation", classes=("cat", "dog"))
    assert isinstance(shown, Shown)
    assert (shown.word, shown.names) == ("class", ("cat", "dog"))


def test_features_name_the_units_where_a_row_enters():
    look = found(np.ones(3))
    names = ("age", "height", "weight")
    row = np.ones(3, np.float32)
    table = Dataset("t", "table", "regression", row[None], np.zeros(1), features=names)
    look = replace(look, dataset=table, activations={"x": row, "it": row})
    shown = shown_of(look, "x", "activation")
    assert isinstance(shown, Shown)
    assert (shown.word, shown.names) == ("feature", names)
    behind = shown_of(look, "it", "activation")
    assert isinstance(behind, Shown)
    assert behind.names == ()


def test_words_name_steps_and_the_rows_of_an_embedding():
    weights = {"it": {"weight": RANDOM.normal(size=(9, 4))}}
    look = found(RANDOM.normal(size=(6, 4)), axis=1, weights=weights)
    look = replace(look, dataset=replace(look.dataset, vocabulary=("a", "the", "film")))
    steps = shown_of(look, "it", "activation")
    assert isinstance(steps, Shown)
    assert steps.names == ("a", "the", "film", "#3", "#4", "#5")
    rows = shown_of(look, "it", "weights")
    assert isinstance(rows, Shown)
    assert [rows.row_word(n) for n in (2, 7)] == ["film", "#7"]


def test_weights_one_after_the_other():
    weights = {"it": {"weight": RANDOM.normal(size=(9, 4)), "bias": np.zeros(9), "count": np.array(3)}}
    first = shown_of(found(np.ones(3), weights=weights), "it", "weights")
    assert isinstance(first, Shown)
    assert (first.form, first.parts, first.part) == ("embedding", ("weight", "bias"), "weight")
    second = shown_of(found(np.ones(3), weights=weights), "it", "weights", "bias")
    assert isinstance(second, Shown)
    assert (second.form, second.part) == ("vector", "bias")
    assert set(second.arrays) == {"weight", "bias", "count"}


def test_one_scale_of_what_is_finite():
    shown = shown_of(found(np.array([1.0, np.nan, -4.0, np.inf])), "it", "activation")
    assert isinstance(shown, Shown)
    assert shown.limit == 4
    nothing = shown_of(found(np.full(3, np.nan)), "it", "activation")
    assert isinstance(nothing, Shown)
    assert nothing.limit == 0


def test_mosaics_put_kernels_side_by_side():
    filters = RANDOM.normal(size=(2, 5, 3, 2))
    drawn = mosaics(filters)
    assert drawn.shape == (2, 6, 6)
    for number in range(5):
        row, column = divmod(number, 3)
        part = drawn[:, row * 3 : row * 3 + 3, column * 2 : column * 2 + 2]
        np.testing.assert_array_equal(part, filters[:, number])
    assert not drawn[:, 3:, 4:].any()
    assert mosaics(RANDOM.normal(size=(2, 5, 7))).shape == (2, 5, 7)


def test_many_maps_are_drawn_frame_by_frame(qtbot: QtBot):
    holder = QObject()
    view = MapsView(Jobs(holder))
    qtbot.addWidget(view)
    maps = RANDOM.normal(size=(300, 40, 50)).astype(np.float32)
    view.display(Shown("maps", maps, {}, "", "", signed=True, word="channel"), 7, 7)
    assert 0 < len(view.gallery) < MOST
    qtbot.waitUntil(lambda: len(view.gallery) == MOST)
    assert view.gallery.current == 7


@pytest.mark.parametrize("signed", [False, True])
def test_many_heat_maps_are_those_of_each(qtbot: QtBot, signed: bool):
    maps = RANDOM.normal(size=(3, 4, 5))
    maps[1, 2, 3] = np.nan
    for one, values in zip(heats(maps, signed=signed, limit=2.0), maps, strict=True):
        assert one == heat(values, signed=signed, limit=2.0)


def test_statistics_of_weights_leave_out_what_fills_a_mosaic_up():
    weights = {"weight": RANDOM.normal(size=(2, 5, 3, 3))}  # five kernels lie in six places
    shown = shown_of(found(np.zeros((4, 2, 2)), weights={"it": weights}), "it", "weights")
    assert isinstance(shown, Shown)
    assert shown.main.shape == (2, 6, 9)
    assert shown.counted is weights["weight"]
