"""Attention blocks against torch's own modules, whose weights they hold."""

import pytest
import torch
from torch import nn

from workbench.build import blocks


def hidden(rows: int, columns: int) -> torch.Tensor:
    """The mask of causal attention, as torch's guides write it: -inf where a step may not look."""
    return torch.full((rows, columns), float("-inf")).triu(1)


def sequences(*widths: int) -> list[torch.Tensor]:
    torch.manual_seed(1)
    return [torch.randn(3, 6 if not at else 4, width) for at, width in enumerate(widths)]


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("widths", [(8,), (8, 8), (8, 3), (8, 3, 5)])
def test_multihead_attention(widths: tuple[int, ...], causal: bool):
    inputs = sequences(*widths)
    sides = {"kdim": widths[1 % len(widths)], "vdim": widths[-1]}
    own = blocks.MultiheadAttention(8, 2, **sides, is_causal=causal)
    plain = nn.MultiheadAttention(8, 2, batch_first=True, **sides)
    plain.load_state_dict(own.state_dict(), strict=True)
    query, key, value = (inputs[0], inputs[min(1, len(inputs) - 1)], inputs[-1])
    mask = hidden(query.shape[1], key.shape[1]) if causal else None
    wanted = plain(query, key, value, attn_mask=mask)[0]
    torch.testing.assert_close(own(*inputs), wanted)
    with torch.inference_mode():
        torch.testing.assert_close(own.eval()(*inputs), wanted)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("norm_first", [False, True])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_encoder_layer(activation: str, norm_first: bool, causal: bool):
    (x,) = sequences(8)
    options = {"activation": activation, "norm_first": norm_first}
    own = blocks.TransformerEncoderLayer(8, 2, 12, 0.0, **options, is_causal=causal)
    plain = nn.TransformerEncoderLayer(8, 2, 12, 0.0, **options, batch_first=True)
    plain.load_state_dict(own.state_dict(), strict=True)
    wanted = plain(x, src_mask=hidden(6, 6) if causal else None)
    torch.testing.assert_close(own(x), wanted)
    with torch.inference_mode():
        torch.testing.assert_close(own.eval()(x), wanted)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("norm_first", [False, True])
def test_decoder_layer(norm_first: bool, causal: bool):
    target, memory = sequences(8, 8)
    own = blocks.TransformerDecoderLayer(8, 2, 12, 0.0, norm_first=norm_first, is_causal=causal)
    plain = nn.TransformerDecoderLayer(8, 2, 12, 0.0, norm_first=norm_first, batch_first=True)
    plain.load_state_dict(own.state_dict(), strict=True)
    wanted = plain(target, memory, tgt_mask=hidden(6, 6) if causal else None)
    torch.testing.assert_close(own(target, memory), wanted)
    with torch.inference_mode():
        torch.testing.assert_close(own.eval()(target, memory), wanted)


@pytest.mark.parametrize("make", [blocks.MultiheadAttention, blocks.TransformerEncoderLayer])
def test_causal_attention_sees_no_later_step(make: type[nn.Module]):
    (x,) = sequences(8)
    layer = make(8, 2, is_causal=True).eval()
    changed = x.clone()
    changed[:, 4:] += 1
    before, after = layer(x), layer(changed)
    torch.testing.assert_close(before[:, :4], after[:, :4])
    assert not torch.allclose(before[:, 4:], after[:, 4:])


def test_parts_are_called_when_not_training_too():
    """What is looked into hangs on the parts; torch's shortcut would pass them by."""
    layer = blocks.TransformerEncoderLayer(8, 2).eval()
    seen = []
    for name in ("self_attn", "linear1", "linear2", "norm1", "norm2"):
        layer.get_submodule(name).register_forward_hook(lambda *_, name=name: seen.append(name))
    with torch.inference_mode():
        layer(torch.randn(2, 5, 8))
    assert sorted(seen) == ["linear1", "linear2", "norm1", "norm2", "self_attn"]


def test_published_parameter_counts():
    """BERT base and ViT-B/16: 7,087,872 in each of twelve layers; the base model of Vaswani et al."""

    def count(module: nn.Module) -> int:
        return sum(p.numel() for p in module.parameters())

    assert count(blocks.TransformerEncoderLayer(768, 12, 3072)) == 7_087_872
    assert count(blocks.TransformerEncoderLayer(512, 8, 2048)) == 3_152_384
    assert count(blocks.TransformerDecoderLayer(512, 8, 2048)) == 4_204_032
