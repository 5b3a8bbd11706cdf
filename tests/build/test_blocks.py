import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.preprocessing import StandardScaler
from torch import nn

from workbench.build import blocks


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
def test_recurrent_layers_are_torchs_own(kind: str, layers: int, bidirectional: bool):
    torch.manual_seed(0)
    options = {"num_layers": layers, "bidirectional": bidirectional, "batch_first": True}
    plain = getattr(nn, kind)(3, 4, **options)
    x = torch.randn(2, 6, 3)
    expected = plain(x)[0]
    for name in ("Sequence", "Last"):
        own = getattr(blocks, kind + name)(3, 4, **options)
        own.load_state_dict(plain.state_dict(), strict=True)
        if name == "Sequence":
            assert torch.equal(own(x), expected)
        else:
            # forwards the last step is the last state, backwards it is the first
            parts = [expected[:, -1, :4], expected[:, 0, 4:]] if bidirectional else [expected[:, -1]]
            assert torch.equal(own(x), torch.cat(parts, 1))


def test_merges():
    a, b, c = torch.randn(3, 2, 4).unbind()
    assert torch.equal(blocks.Add()(a, b, c), a + b + c)
    assert torch.equal(blocks.Multiply()(a, b, c), a * b * c)
    assert torch.equal(blocks.Concat(-1)(a, b), torch.cat([a, b], -1))


samples = arrays(
    np.float32, st.tuples(st.integers(1, 20), st.integers(1, 4)), elements=st.floats(-1e4, 1e4, width=32)
)


@given(samples)
def test_standardize_is_scikit_learns(values: np.ndarray):
    block = blocks.Standardize(values.shape[1:])
    block.fit(torch.from_numpy(values))
    scaler = StandardScaler().fit(values.astype(np.float64))
    spread = values.astype(np.float64).std(0)
    assume_clear = (spread > 1e-3) | (np.ptp(values, 0) == 0)
    expected = scaler.transform(values.astype(np.float64))
    got = block(torch.from_numpy(values)).numpy()
    scale = 1e-5 * (1 + np.abs(values).max(0) / np.maximum(spread, 1e-3))
    assert (np.abs(got - expected)[:, assume_clear] <= scale[assume_clear]).all()


@given(samples)
def test_standardize_and_back(values: np.ndarray):
    there, back = blocks.Standardize(values.shape[1:]), blocks.Standardize(values.shape[1:], invert=True)
    x = torch.from_numpy(values)
    there.fit(x)
    back.load_state_dict(there.state_dict())
    torch.testing.assert_close(back(there(x)), x, rtol=1e-4, atol=1e-2)


def test_a_constant_feature_is_only_shifted():
    block = blocks.Standardize((2,))
    block.fit(torch.tensor([[0.1, 1.0], [0.1, 3.0]]))
    assert block.std.tolist() == [1.0, 1.0]
    assert block(torch.tensor([[0.1, 1.0]])).tolist() == [[0.0, -1.0]]


def test_standardize_measures_uint8_and_images():
    block = blocks.Standardize((1, 2, 2))
    images = torch.randint(0, 256, (50, 1, 2, 2), dtype=torch.uint8)
    block.fit(images)
    torch.testing.assert_close(block.mean, images.float().mean(0))
    torch.testing.assert_close(block.std, images.float().std(0, correction=0))


def test_standardize_saves_its_figures_and_learns_none():
    block = blocks.Standardize((2,))
    assert set(block.state_dict()) == {"mean", "std"}
    assert list(block.parameters()) == []
