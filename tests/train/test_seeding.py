"""Random streams of training's own, which come back to the bit."""

import random

import numpy as np
import torch

from workbench.train.seeding import RandomStream


def drawn():
    return random.gauss(), random.random(), np.random.normal(), np.random.rand(), torch.rand(3).tolist()


def test_every_stream_goes_on_from_where_its_state_was_taken():
    stream = RandomStream(3, torch.device("cpu"))
    with stream:
        drawn()
    state = stream.state()
    with stream:
        expected = [drawn() for _ in range(700)]
    other = RandomStream(8, torch.device("cpu"))
    other.restore(state)
    with other:
        assert [drawn() for _ in range(700)] == expected


def test_others_streams_are_left_as_they_were():
    for seed in (random.seed, np.random.seed, torch.manual_seed):
        seed(1)
    expected = drawn()
    for seed in (random.seed, np.random.seed, torch.manual_seed):
        seed(1)
    with RandomStream(3, torch.device("cpu")):
        drawn()
    assert drawn() == expected


def test_a_state_without_a_stream_leaves_that_one_in_its_place():
    stream = RandomStream(3, torch.device("cpu"))
    before = stream.state()
    stream.restore({})
    assert all(torch.equal(tensor, before[name]) for name, tensor in stream.state().items())
