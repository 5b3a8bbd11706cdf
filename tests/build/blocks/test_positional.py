import math

import numpy as np
import torch

from workbench.build import blocks


def test_sinusoidal_is_the_formula_of_the_paper():
    for features in (6, 5):
        got = blocks.SinusoidalPositions(50, features)(torch.zeros(1, 50, features))[0]
        for position in range(50):
            for feature in range(features):
                pair = feature // 2
                angle = position / 10000 ** (2 * pair / features)
                wanted = math.cos(angle) if feature % 2 else math.sin(angle)
                assert abs(float(got[position, feature]) - wanted) < 1e-6


def test_sinusoidal_learns_and_saves_nothing():
    assert blocks.SinusoidalPositions(5, 4).state_dict() == {}
    assert blocks.RotaryPositions(5, 4).state_dict() == {}


def test_rotary_is_a_turn_in_the_complex_plane():
    x = torch.randn(2, 7, 6, generator=torch.Generator().manual_seed(0))
    pairs = x.numpy().astype(np.float64).reshape(2, 7, 3, 2)
    numbers = pairs[..., 0] + 1j * pairs[..., 1]
    angles = np.arange(7)[:, None] * 10000.0 ** (-np.arange(3) * 2 / 6)
    turned = numbers * np.exp(1j * angles)
    wanted = np.stack([turned.real, turned.imag], -1).reshape(2, 7, 6)
    np.testing.assert_allclose(blocks.RotaryPositions(7, 6)(x).numpy(), wanted, atol=1e-6)


def test_rotary_leaves_products_that_depend_on_the_distance_only():
    """Section 3.2.1 of the paper: what attention compares is relative."""
    query, key = torch.randn(2, 8, generator=torch.Generator().manual_seed(0))
    turn = blocks.RotaryPositions(20, 8)
    turned = [turn(vector.expand(1, 20, 8))[0] for vector in (query, key)]
    products = turned[0] @ turned[1].T
    for distance in range(-5, 6):
        along = products.diagonal(distance)
        torch.testing.assert_close(along, along[:1].expand_as(along), rtol=1e-4, atol=1e-5)


def test_learned_positions_are_added_from_the_first_on():
    layer = blocks.LearnedPositions(9, 4)
    assert layer.weight.shape == (9, 4)
    got = layer(torch.ones(2, 5, 4))
    torch.testing.assert_close(got, 1 + layer.weight[:5].expand(2, 5, 4))


def test_a_class_token_stands_first():
    layer = blocks.ClassToken(4)
    x = torch.randn(3, 5, 4)
    got = layer(x)
    assert got.shape == (3, 6, 4)
    assert torch.equal(got[:, 0], layer.weight.expand(3, 4))
    assert torch.equal(got[:, 1:], x)
    assert torch.equal(blocks.FirstStep()(got), got[:, 0])
