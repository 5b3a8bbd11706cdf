"""Arithmetic, reductions and joins against NumPy."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

from workbench.build import blocks

X = torch.randn(4, 3, 5, generator=torch.Generator().manual_seed(0))
Y = torch.randn(4, 3, 1, generator=torch.Generator().manual_seed(1))

EACH = [
    (blocks.Scale(2.0, -1.0), lambda x: 2 * x - 1),
    (blocks.Clamp(-0.5, 0.25), lambda x: np.clip(x, -0.5, 0.25)),
    (blocks.Abs(), np.abs),
    (blocks.Neg(), np.negative),
    (blocks.Exp(), np.exp),
    (blocks.Log(0.1), lambda x: np.log(np.maximum(x, 0.1))),
    (blocks.Sqrt(0.1), lambda x: np.sqrt(np.maximum(x, 0.1))),
    (blocks.Pow(3.0), lambda x: x**3),
    (blocks.Reciprocal(), lambda x: 1 / x),
    (blocks.MeanOver(1), lambda x: x.mean(1)),
    (blocks.SumOver(-1, True), lambda x: x.sum(-1, keepdims=True)),
    (blocks.MaxOver(2), lambda x: x.max(2)),
    (blocks.MinOver(1, True), lambda x: x.min(1, keepdims=True)),
    (blocks.ArgMax(2), lambda x: x.argmax(2)),
    (blocks.MeanOverTime(), lambda x: x.mean(1)),
    (blocks.MaxOverTime(), lambda x: x.max(1)),
    (blocks.FirstStep(), lambda x: x[:, 0]),
    (blocks.LastStep(), lambda x: x[:, -1]),
    (blocks.ReverseTime(), lambda x: x[:, ::-1]),
]


@pytest.mark.parametrize(("block", "function"), EACH, ids=lambda item: type(item).__name__)
def test_of_one_input(block: nn.Module, function: Callable):
    np.testing.assert_allclose(block(X).numpy(), function(X.numpy()), rtol=1e-5, atol=1e-6)


TWO = [
    (blocks.Add(), np.add),
    (blocks.Multiply(), np.multiply),
    (blocks.Average(), lambda x, y: (x + y) / 2),
    (blocks.Maximum(), np.maximum),
    (blocks.Minimum(), np.minimum),
    (blocks.Subtract(), np.subtract),
    (blocks.Divide(), np.divide),
    (blocks.DotProduct(), lambda x, y: (x * y).sum(-1, keepdims=True)),
]


@pytest.mark.parametrize(("block", "function"), TWO, ids=lambda item: type(item).__name__)
@pytest.mark.parametrize("second", [Y, X.flip(0)], ids=["stretched", "alike"])
def test_of_two_inputs(block: nn.Module, function: Callable, second: torch.Tensor):
    got = block(X, second).numpy()
    np.testing.assert_allclose(got, function(X.numpy(), second.numpy()), rtol=1e-5, atol=1e-6)


def test_of_many_inputs():
    one, two, three = X.unbind(1)
    assert torch.equal(blocks.Maximum()(one, two, three), torch.stack([one, two, three]).amax(0))
    assert torch.equal(blocks.Minimum()(one, two, three), torch.stack([one, two, three]).amin(0))
    torch.testing.assert_close(blocks.Average()(one, two, three), X.mean(1))
    assert torch.equal(blocks.Stack(1)(one, two, three), X)
    assert torch.equal(blocks.Stack(-1)(one, two, three), X.transpose(1, 2))


def test_products_of_matrices_and_angles():
    other = X.flip(0)
    products = np.einsum("bij,bkj->bik", X.numpy(), other.numpy())
    np.testing.assert_allclose(blocks.MatMul(True)(X, other).numpy(), products, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(blocks.MatMul()(X, other.transpose(1, 2)), blocks.MatMul(True)(X, other))
    x, y = X.numpy(), other.numpy()
    cosine = (x * y).sum(-1) / np.linalg.norm(x, axis=-1) / np.linalg.norm(y, axis=-1)
    got = blocks.CosineSimilarity()(X, other).numpy()
    np.testing.assert_allclose(got[..., 0], cosine, rtol=1e-5, atol=1e-6)


def test_a_learned_scale_starts_where_it_was_set():
    layer = blocks.Scale(2.0, -1.0, learned=True)
    assert {name: value.tolist() for name, value in layer.named_parameters()} == {
        "factor": [2.0],
        "offset": [-1.0],
    }
    assert torch.equal(layer(X), blocks.Scale(2.0, -1.0)(X))
    assert list(blocks.Scale(2.0).parameters()) == []


def test_layer_scale_is_a_factor_a_channel():
    layer = blocks.LayerScale((3, 1), 0.5)
    nn.init.normal_(layer.weight)
    np.testing.assert_allclose(
        layer(X).detach().numpy(), X.numpy() * layer.weight.detach().numpy().reshape(1, 3, 1)
    )


def test_reparameterize_draws_while_training_and_gives_the_mean_otherwise():
    torch.manual_seed(0)
    mean, log_var = torch.full((200_000, 1), 3.0), torch.full((200_000, 1), 2 * float(np.log(0.5)))
    layer = blocks.Reparameterize()
    drawn = layer(mean, log_var)
    assert drawn.mean().item() == pytest.approx(3.0, abs=0.01)
    assert drawn.std().item() == pytest.approx(0.5, abs=0.01)
    assert torch.equal(layer.eval()(mean, log_var), mean)
