"""Where steps are in the epochs, whatever people change: what a curve is drawn over never falls."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.data.dataset import Dataset
from workbench.data.load import load
from workbench.data.samples import sample_project
from workbench.graph.overrides import override
from workbench.train.events import Changed, EpochEnded, Started, Steps
from workbench.train.trainer import Trainer
from workbench.ui.epoch_places import EpochPlaces

STARTED = Started(60, 20, 3, "cpu", 399, 85, 1, 0)


def followed(trainer, changes=(), until=None):
    """Train; return where each step was, and the places at which epochs ended by the number of steps."""
    places, found, ends = EpochPlaces(), [], []
    left = list(changes)
    trainer.controls.one_by_one = True
    for event in trainer.events():
        if isinstance(event, Started):
            places.begin(event)
        elif isinstance(event, Steps):
            found += places.of(event.first_step + 1, len(event.losses)).tolist()
            if left and left[0][0] <= trainer.progress.step:
                trainer.change("batch_size", left.pop(0)[1])
            if until == trainer.progress.step:
                break
        elif isinstance(event, EpochEnded):
            places.end_epoch(event)
            ends.append((len(found), event.epoch))
        elif isinstance(event, Changed):
            places.change_batch_size(event)
    return found, ends


@pytest.fixture(scope="module")
def project():
    return override(sample_project("wine-softmax"), ["epochs=4", "batch_size=10"])


@pytest.fixture(scope="module")
def data(project, tmp_path_factory) -> Dataset:
    """A third of the samples: of any number epochs end alike."""
    whole = load(project.data, tmp_path_factory.mktemp("data"))
    return replace(whole, splits={name: indices[::3] for name, indices in whole.splits.items()})


def test_steps_of_one_size_are_evenly_spread():
    places = EpochPlaces()
    places.begin(STARTED)
    assert np.allclose(places.of(1, 20), np.arange(1, 21) / 20)
    places.begin(replace(STARTED, first_step=30, first_epoch=2))
    assert np.allclose(places.of(31, 3), [1.55, 1.6, 1.65])


@given(st.lists(st.tuples(st.integers(1, 25), st.sampled_from([1, 7, 10, 50, 1_000_000])), max_size=3))
def test_other_batch_sizes(project, data, changes):
    found, ends = followed(Trainer(project, data, device="cpu"), sorted(changes))
    assert (np.diff(found) >= 0).all()
    for count, epoch in ends:
        assert max(found[:count]) <= epoch
        assert all(place > epoch for place in found[count : count + 1])


@pytest.mark.parametrize("size", [1, 1_000_000])
def test_one_that_is_gone_on_with_after_its_batch_size_was_changed(project, data, size):
    first = Trainer(project, data, device="cpu")
    followed(first, [(3, size)], until=5)
    found, ends = followed(Trainer(project, data, device="cpu", resume=first.snapshot()))
    assert (np.diff(found) >= 0).all()
    assert [epoch for _, epoch in ends][-1] == 4
    assert found[-1] == pytest.approx(4, abs=0.2)
