"""The sample card on every kind of data."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from workbench.data.dataset import Dataset
from workbench.ui.bars import NamedBars
from workbench.ui.inspect.inspection import Inspection
from workbench.ui.inspect.sample_card import SampleCard
from workbench.ui.inspect.sample_picture import SamplePicture

RANDOM = np.random.default_rng(0)
FOUND = Inspection(
    dataset=None,  # type: ignore[arg-type]
    index=7,
    sample=np.zeros(1),
    graph=(),  # type: ignore[arg-type]
    activations={},
    gradients={},
    weights={},
    vitals={},
    truth="b",
    answer="a",
    right=False,
    probabilities=np.array([0.7, 0.3], np.float32),
    loss=1.2,
)


def data(inputs: np.ndarray, kind: str, **more: object) -> Dataset:
    targets = np.arange(len(inputs)) % 2
    shown = {"classes": ("a", "b"), **more}
    return Dataset("d", kind, "classification", inputs, targets, **shown)  # type: ignore[arg-type]


@pytest.fixture
def card(qtbot: QtBot) -> SampleCard:
    """An empty card, shown."""
    made = SampleCard()
    qtbot.addWidget(made)
    made.resize(made.width(), 700)
    made.show()
    return made


@pytest.mark.parametrize(
    ("shape", "kind", "drawn", "told"),
    [
        ((1, 8, 8), "image", "images", "Picture of 8×8 pixels, in grey"),
        ((3, 9, 7), "image", "images", "Picture of 9×7 pixels, in colour"),
        ((4, 8, 8), "image", "images", "Picture of 8×8 pixels, with 4 channels"),
        ((30, 3), "sequence", "traces", "30 steps of 3 features"),
        ((30, 40), "sequence", "traces", "30 steps of 40 features"),
        ((5, 6), "array", "images", "Values of shape 5×6"),
        ((2, 5, 6), "array", "images", "Values of shape 2×5×6"),
    ],
)
def test_numbers_of_every_shape(
    card: SampleCard, shape: tuple[int, ...], kind: str, drawn: str, told: str
) -> None:
    values = RANDOM.normal(size=shape).astype(np.float32)
    card.display(replace(FOUND, sample=values), data(values[None], kind))
    picture = card.findChild(SamplePicture, "samplePicture")
    assert picture is not None
    assert picture.isVisible()
    assert picture.kind == drawn
    assert picture.accessibleName() == told
    seen = picture.grab().toImage()
    for x in (40, 130):  # something is drawn all across
        assert len({seen.pixel(x, y) for y in range(seen.height())}) > 1
    card.display(replace(FOUND, sample=values * np.nan), data(values[None], kind))
    card.grab()


def test_ids_are_tokens(card: SampleCard) -> None:
    ids = RANDOM.integers(0, 900, 300)
    card.display(replace(FOUND, sample=ids), data(ids[None], "array"))
    picture = card.findChild(SamplePicture, "samplePicture")
    assert picture is not None
    assert picture.kind == "tokens"
    assert picture.accessibleName() == "300 ids"
    card.grab()


def test_a_wide_table_scrolls(card: SampleCard) -> None:
    values = np.arange(90, dtype=np.float32)
    names = tuple(f"feature {n}" for n in range(90))
    card.display(replace(FOUND, sample=values), data(values[None], "table", features=names))
    bars = card.findChild(NamedBars, "sampleValues")
    assert bars is not None
    assert bars.isVisible()
    assert bars.accessibleName().endswith("feature 89 89")
    assert bars.height() > card.height()
    shares = card.findChild(NamedBars, "probabilities")
    assert shares is not None
    assert not shares.visibleRegion().isEmpty()  # the answer stays in sight


def test_a_value_with_its_error(card: SampleCard) -> None:
    values = np.ones(3, np.float32)
    dataset = Dataset("d", "table", "regression", values[None], np.array([100.0], np.float32))
    found = replace(
        FOUND, sample=values, truth="100", answer="120.5", right=None, probabilities=None, error=20.5
    )
    card.display(found, dataset)
    answer, truth = (card.findChild(QLabel, name) for name in ("sampleAnswer", "sampleTruth"))
    assert answer is not None
    assert truth is not None
    assert "error +20.5" in answer.text()
    assert "loss 1.2" in answer.text()
    assert truth.text() == "true  <b>100</b>"


def test_a_sample_of_one_s_own_is_shown_where_it_is_edited(card: SampleCard) -> None:
    values = np.ones(3, np.float32)
    card.display(replace(FOUND, index=None, sample=values), data(values[None], "table"))
    assert not QWidget.isVisible(card)


def test_without_an_answer_only_the_sample_is_shown(card: SampleCard) -> None:
    values = np.arange(6, dtype=np.float32).reshape(2, 3)
    dataset = data(values, "table")
    card.display(replace(FOUND, sample=values[0]), dataset)
    answer, bars = card.findChild(QLabel, "sampleAnswer"), card.findChild(NamedBars, "sampleValues")
    assert answer is not None
    assert bars is not None
    assert answer.isVisible()
    card.show_unanswered(1, dataset)
    assert not answer.isVisible()
    assert card.title.text() == "Sample 1"
    assert bars.accessibleName().endswith("5")
    card.display(replace(FOUND, sample=values[0]), dataset)
    assert answer.isVisible()
