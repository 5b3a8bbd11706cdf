import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from workbench.graph.training import AUTO
from workbench.train import batches
from workbench.train.batches import Samples, sizes
from workbench.train.losses import loss
from workbench.train.outputs import Reading
from workbench.train.seeding import order

CPU = torch.device("cpu")
CLASSES = loss(AUTO, Reading("classification", "scores"), 3)


@given(st.integers(1, 500), st.integers(1, 600))
def test_sizes_add_up_and_only_the_last_differs(samples, batch_size):
    found = sizes(samples, batch_size)
    assert sum(found) == samples
    assert set(found[:-1]) <= {batch_size}
    assert found[-1] <= batch_size + 1
    assert 1 not in found or batch_size == 1 or samples == 1


@given(st.integers(0, 2**31 - 1), st.integers(1, 1000), st.integers(1, 200))
def test_an_order_visits_each_sample_once_and_follows_from_seed_and_epoch(seed, epoch, samples):
    found = order(seed, epoch, samples)
    assert sorted(found.tolist()) == list(range(samples))
    assert torch.equal(found, order(seed, epoch, samples))


def test_orders_of_epochs_and_seeds_differ():
    found = [tuple(order(seed, epoch, 50).tolist()) for seed in range(3) for epoch in range(3)]
    assert len(set(found)) == 9


@pytest.mark.parametrize("dtype", ["float32", "uint8"])
@pytest.mark.parametrize("writable", [True, False])
def test_batches_are_what_the_network_sees(make_dataset, dtype, writable):
    data = make_dataset(samples=50, dtype=dtype)
    data.inputs.flags.writeable = writable
    indices = data.splits["train"]
    samples = Samples(data, indices, CLASSES, CPU)
    inputs, targets = samples.take(torch.tensor([3, 1, 4]))
    assert inputs.dtype == torch.float32
    assert np.array_equal(inputs.numpy(), data.batch(indices[[3, 1, 4]]))
    assert targets.tolist() == data.targets[indices[[3, 1, 4]]].tolist()


def test_ids_stay_whole_numbers(make_dataset):
    data = make_dataset(samples=20, dtype="int64")
    inputs, _ = Samples(data, data.splits["train"], CLASSES, CPU).everything()
    assert inputs.dtype == torch.int64


@pytest.mark.parametrize("chunk", [1, 200, 2**20])
def test_an_epoch_holds_every_sample_once_in_order(make_dataset, monkeypatch, chunk):
    monkeypatch.setattr(batches, "CHUNK", chunk)
    data = make_dataset(samples=60)
    samples = Samples(data, data.splits["train"], CLASSES, CPU)
    visits = order(0, 1, len(samples))
    found = list(samples.batches(visits, sizes(len(samples), 4)))
    everything = samples.take(visits)
    assert torch.equal(torch.cat([x for x, _ in found]), everything[0])
    assert torch.equal(torch.cat([y for _, y in found]), everything[1])
    for first in range(len(found) + 1):
        rest = list(samples.batches(visits, sizes(len(samples), 4), first))
        assert len(rest) == len(found) - first
        for (x, _), (expected, _) in zip(rest, found[first:], strict=True):
            assert torch.equal(x, expected)
            # The same place in memory, as far as arithmetic can tell.
            assert x.data_ptr() % 64 == expected.data_ptr() % 64


def test_in_order_covers_the_split(make_dataset):
    data = make_dataset(samples=50)
    samples = Samples(data, data.splits["train"], CLASSES, CPU)
    found = torch.cat([targets for _, targets in samples.in_order(8)])
    assert torch.equal(found, samples.targets)


def test_the_first_sample_that_is_no_number_is_found(make_dataset):
    data = make_dataset(samples=50)
    indices = data.splits["train"]
    assert Samples(data, indices, CLASSES, CPU).first_not_finite() is None
    data.inputs[indices[7], 2] = np.nan
    data.inputs[indices[9], 0] = np.inf
    assert Samples(data, indices, CLASSES, CPU).first_not_finite() == indices[7]
