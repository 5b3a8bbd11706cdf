"""Blocks of the image and shape layers, against torch's own functions and what their papers say."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

from workbench.build import blocks

IMAGES = torch.randn(3, 4, 7, 10, generator=torch.Generator().manual_seed(0))


def test_separable_convolution_is_two():
    own = blocks.SeparableConv2d(4, 6, 3, 2, 1)
    depthwise = F.conv2d(IMAGES, own.depthwise.weight, stride=2, padding=1, groups=4)
    assert torch.equal(own(IMAGES), F.conv2d(depthwise, own.pointwise.weight, own.pointwise.bias))
    # Keras's SeparableConv2D(256, 3) on 128 channels
    assert sum(p.numel() for p in blocks.SeparableConv2d(128, 256, 3).parameters()) == 34_176


def test_patches_come_row_by_row():
    own = blocks.PatchEmbed(4, 5, (7, 5))
    weights = own.proj.weight.flatten(1).T
    first, second = IMAGES[..., :5].flatten(1), IMAGES[..., 5:].flatten(1)
    expected = torch.stack([first @ weights, second @ weights], 1) + own.proj.bias
    torch.testing.assert_close(own(IMAGES), expected)
    # ViT-Base/16 on 224 pixels: 196 patches, and 590,592 parameters to embed them
    vit = blocks.PatchEmbed(3, 768, 16)
    assert vit(torch.zeros(1, 3, 224, 224)).shape == (1, 196, 768)
    assert sum(p.numel() for p in vit.parameters()) == 590_592


def test_global_pools():
    torch.testing.assert_close(blocks.GlobalAvgPool()(IMAGES), IMAGES.mean((2, 3)))
    assert torch.equal(blocks.GlobalMaxPool()(IMAGES), IMAGES.amax((2, 3)))


@pytest.mark.parametrize(
    ("name", "size", "shape"),
    [
        ("AdaptiveAvgPool3d", (2, 3, 5), (2, 5, 7, 4)),
        ("AdaptiveMaxPool1d", 4, (2, 7)),
        ("AdaptiveMaxPool2d", (3, 9), (2, 7, 4)),
        ("AdaptiveMaxPool3d", 3, (2, 5, 7, 4)),
    ],
)
def test_adaptive_pools_are_torchs_own_spelled_out_or_not(name, size, shape, monkeypatch):
    x = torch.randn(2, *shape)
    expected = getattr(nn, name)(size)(x)
    own = getattr(blocks, name)(size)
    assert torch.equal(own(x), expected)
    monkeypatch.setattr(torch.compiler, "is_exporting", lambda: True)
    torch.testing.assert_close(own(x), expected)


def test_droppath_drops_samples_and_keeps_the_mean():
    torch.manual_seed(0)
    block = blocks.DropPath(0.25)
    x = torch.ones(4000, 2, 3)
    out = block(x)
    per_sample = out.flatten(1)
    assert sorted(per_sample.unique().tolist()) == [0.0, pytest.approx(4 / 3)]
    assert (per_sample == per_sample[:, :1]).all(), "a sample is dropped whole"
    assert out.mean().item() == pytest.approx(1, abs=0.03)
    assert torch.equal(block.eval()(x), x)


def test_noise_has_the_deviation_asked_for():
    torch.manual_seed(0)
    block = blocks.GaussianNoise(0.5)
    x = torch.full((200, 200), 3.0)
    assert block(x).std().item() == pytest.approx(0.5, rel=0.02)
    assert block(x).mean().item() == pytest.approx(3, abs=0.01)
    assert torch.equal(block.eval()(x), x)


def test_rrelu_is_torchs_own():
    own, plain = blocks.RReLU(0.1, 0.5), nn.RReLU(0.1, 0.5)
    torch.manual_seed(0)
    trained = own(IMAGES)
    torch.manual_seed(0)
    assert torch.equal(trained, plain(IMAGES))
    torch.testing.assert_close(own.eval()(IMAGES), plain.eval()(IMAGES))


def test_shapes():
    assert torch.equal(blocks.Reshape((2, -1))(IMAGES), IMAGES.reshape(3, 2, 140))
    assert torch.equal(blocks.Permute((2, 3, 1))(IMAGES), IMAGES.permute(0, 2, 3, 1))
    assert torch.equal(blocks.Transpose(1, -1)(IMAGES), IMAGES.transpose(1, 3))
    assert blocks.Squeeze(1)(IMAGES[:, :1]).shape == (3, 7, 10)
    assert blocks.Unsqueeze(-1)(IMAGES).shape == (3, 4, 7, 10, 1)
    assert torch.equal(blocks.Select(2, -1)(IMAGES), IMAGES[:, :, -1])
    assert torch.equal(blocks.Slice(1, dim=-2, stop=-1, step=2)(IMAGES), IMAGES[:, :, 1:-1:2])
    assert torch.equal(blocks.Repeat(2, dim=-1)(IMAGES), torch.cat([IMAGES, IMAGES], -1))
    assert torch.equal(blocks.Crop2d((5, 4))(IMAGES), IMAGES[:, :, 1:6, 3:7])
    assert blocks.Crop2d(2)(IMAGES).shape == (3, 4, 2, 2)


@pytest.mark.parametrize("order", [1.0, 2.0, 3.0])
def test_normalised_vectors_have_length_1(order):
    lengths = torch.linalg.vector_norm(blocks.Normalize(order, -1)(IMAGES), order, -1)
    torch.testing.assert_close(lengths, torch.ones(3, 4, 7))
