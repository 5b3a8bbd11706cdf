import pytest
import torch
from torch import nn

from workbench.build import blocks


@pytest.mark.parametrize("padding_idx", [None, 0, 3])
@pytest.mark.parametrize("mode", ["mean", "sum", "max"])
def test_a_bag_is_torchs_own(mode: str, padding_idx: int | None):
    torch.manual_seed(0)
    ids = torch.randint(0, 10, (6, 5))
    ids[0] = 3  # nothing but padding, for one of them
    own = blocks.EmbeddingBag(10, 4, mode=mode, padding_idx=padding_idx)
    plain = nn.EmbeddingBag(10, 4, mode=mode, padding_idx=padding_idx)
    plain.load_state_dict(own.state_dict(), strict=True)
    torch.testing.assert_close(own(ids), plain(ids))
    weights = torch.randn(6, 4)
    for layer in (own, plain):
        (layer(ids) * weights).sum().backward()
    torch.testing.assert_close(own.weight.grad, plain.weight.grad)


def test_one_hot():
    ids = torch.tensor([[0, 2], [1, 7]])
    got = blocks.OneHot(3)(ids)
    assert got.dtype == torch.float32
    assert got[:, 0].tolist() == [[1, 0, 0], [0, 1, 0]]
    assert got[1, 1].tolist() == [0, 0, 0], "an id out of range"
    inside = torch.randint(0, 3, (4, 5))
    assert torch.equal(blocks.OneHot(3)(inside), nn.functional.one_hot(inside, 3).float())


def test_cast_cuts_decimals_off():
    numbers = torch.tensor([[2.9, -2.9, 0.0, 7.0]])
    ids = blocks.Cast("int64")(numbers)
    assert ids.dtype == torch.int64
    assert ids.tolist() == [[2, -2, 0, 7]]
    assert blocks.Cast("float32")(ids).dtype == torch.float32
    assert blocks.Cast("float32")(numbers) is numbers
