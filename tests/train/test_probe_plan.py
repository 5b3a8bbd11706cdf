"""Which samples are recorded, and how much of them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.graph.training import Probes
from workbench.train.probe_plan import BINS, EPOCHS, MOST_EPOCHS, drawn, kept_epochs, plan

SHAPES = st.dictionaries(
    st.text("abc", min_size=1, max_size=3), st.lists(st.integers(1, 70), max_size=4).map(tuple), min_size=1
)


def planned(shapes, samples=8, megabytes=32, layers=(), passes_on=None, classes=10):
    section = Probes(samples=samples, megabytes=megabytes, layers=layers)
    return plan(section, "validation", range(samples), shapes, passes_on or {}, classes)


def bytes_of(made) -> int:
    item = 4 if made.dtype == "float32" else 2
    values = sum(math.prod(layer.kept) for layer in made.layers)
    return len(made.samples) * values * item + len(made.layers) * 2 * BINS * 4


def test_small_layers_are_kept_whole():
    made = planned({"conv": (8, 8, 8), "out": (10,)})
    assert [(layer.id, layer.whole) for layer in made.layers] == [("conv", True), ("out", True)]
    assert (made.dtype, made.note) == ("float32", "")
    assert made.most > EPOCHS


def test_wide_layers_are_thinned_and_it_says_so():
    made = planned({"conv": (64, 112, 112), "pool": (64, 56, 56), "out": (1000,)}, classes=1000)
    conv, _, out = made.layers
    assert made.dtype == "float16"
    assert out.whole
    assert out.every == (1,)
    assert conv.kept == (32, 16, 16)  # maps get coarser before channels are left out
    assert made.note == "Of 2 wide layers not all values are recorded."
    assert bytes_of(made) * EPOCHS <= 32 * 2**20


def test_the_layers_asked_for_and_their_sources():
    shapes = {"conv": (4, 6, 6), "out": (3,), "act": (4, 6, 6)}
    made = planned(shapes, layers=("flat", "out", "gone"), passes_on={"flat": "act", "drop": "conv"})
    assert [layer.id for layer in made.layers] == ["out", "act"]
    assert made.passes_on == {"flat": "act"}
    assert made.layer("flat").id == "act"
    assert made.layer("conv") is None
    assert made.note == "No outputs to record: gone."


@given(SHAPES, st.integers(1, 256), st.integers(1, 40), st.sampled_from([0, 3, 1000]))
def test_any_epoch_takes_a_share_of_the_room(shapes, samples, megabytes, classes):
    made = planned(shapes, samples, megabytes, classes=classes)
    assert made == planned(shapes, samples, megabytes, classes=classes)
    assert made.layers
    assert made.samples
    room = megabytes * 2**20 / EPOCHS
    least = sum(layer.kept == (1,) * len(layer.kept) for layer in made.layers) == len(made.layers)
    assert bytes_of(made) <= room or least
    assert 2 <= made.most <= MOST_EPOCHS
    assert all(math.prod(layer.kept) <= math.prod(layer.shape) for layer in made.layers)


@given(st.integers(0, 100_000), st.integers(2, 600))
def test_few_epochs_are_kept_evenly_and_the_last(last, most):
    kept = kept_epochs(range(last + 1), most)
    assert len(kept) <= most
    assert kept[0] == 0
    assert kept[-1] == last
    gaps = set(np.diff(kept[:-1]).tolist())
    assert len(gaps) <= 1
    if last + 1 < most:
        assert kept == list(range(last + 1))


def test_thinning_as_it_goes_is_thinning_at_the_end():
    kept = []
    for epoch in range(300):
        kept = kept_epochs([*kept, epoch], 20)
        assert kept == kept_epochs(range(epoch + 1), 20)


def test_nothing_recorded_is_nothing_kept():
    assert kept_epochs([], 5) == []


def test_samples_are_drawn_of_every_class_as_many():
    targets = np.array([0] * 50 + [1] * 40 + [2] * 3)
    places = drawn(targets, "classification", 8, seed=3)
    assert targets[places].tolist() == [0, 0, 0, 1, 1, 1, 2, 2] or np.bincount(targets[places]).min() >= 2
    assert places.tolist() == drawn(targets, "classification", 8, seed=3).tolist()
    assert places.tolist() != drawn(targets, "classification", 8, seed=4).tolist()
    assert (np.diff(targets[places]) >= 0).all()
    assert len(set(drawn(targets, "classification", 500, seed=0).tolist())) == len(targets)


def test_samples_are_drawn_of_all_values():
    targets = np.random.default_rng(0).normal(size=100).astype(np.float32)
    places = drawn(targets, "regression", 4, seed=0)
    quarters = np.searchsorted(np.sort(targets)[[25, 50, 75]], targets[places], side="right")
    assert quarters.tolist() == [0, 1, 2, 3]


def test_drawing_leaves_numpys_random_numbers_alone():
    before = np.random.get_state(legacy=True)[1].tobytes()
    drawn(np.arange(9) % 3, "classification", 4, seed=0)
    assert np.random.get_state(legacy=True)[1].tobytes() == before


@pytest.mark.parametrize("text", ["conv1, conv2", "conv1 conv2", ("conv1", "conv2"), ["conv1", "conv2"]])
def test_layers_can_be_typed_in_a_row(text):
    assert Probes.model_validate({"layers": text}).layers == ("conv1", "conv2")
