"""Blocks as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.templates.blocks.registry import BLOCKS
from workbench.templates.blocks.typed import block_suggestions

TYPED = {
    "res 64": ("Residual", {"out_channels": 64}),
    "res64": ("Residual", {"out_channels": 64}),
    "Residual(128, stride=2)": ("Residual", {"out_channels": 128, "stride": 2}),
    "bottleneck 64": ("Bottleneck", {"width": 64}),
    "bottle 128 s2": ("Bottleneck", {"width": 128, "stride": 2}),
    "inception 64 96 128 16 32 32": (
        "Inception",
        {"ch1x1": 64, "ch3x3red": 96, "ch3x3": 128, "ch5x5red": 16, "ch5x5": 32, "pool_proj": 32},
    ),
    "se 8": ("SqueezeExcitation", {"reduction": 8}),
    "squeeze-and-excitation": ("SqueezeExcitation", {}),
    "squeeze and excitation 4": ("SqueezeExcitation", {"reduction": 4}),
    "dense block 12 6": ("DenseBlock", {"growth_rate": 12, "num_layers": 6}),
    "inverted residual 24 2": ("InvertedResidual", {"out_channels": 24, "stride": 2}),
    "mbconv 32": ("InvertedResidual", {"out_channels": 32}),
    "transformer 8 is_causal": ("TransformerBlock", {"num_heads": 8, "is_causal": True}),
    "transformer block 4 drop .2": ("TransformerBlock", {"num_heads": 4, "dropout": 0.2}),
    "unet 32 3": ("UNet", {"width": 32, "depth": 3}),
    "u-net depth=2 nopadded": ("UNet", {"depth": 2, "padded": False}),
}


@pytest.mark.parametrize("text", TYPED)
def test_means(text):
    best = block_suggestions(text)[0]
    assert (best.type, best.params) == TYPED[text]
    assert (best.rest, best.error) == ("", "")


@pytest.mark.parametrize("text", TYPED)
def test_what_is_shown_can_be_typed(text):
    best = block_suggestions(text)[0]
    again = block_suggestions(best.label)[0]
    made = [BLOCKS[found.type].model_validate(found.params) for found in (best, again)]
    assert made[0] == made[1]
    assert again.label == best.label


def test_every_block_has_words_of_its_own():
    words = [word for block in BLOCKS.values() for word in {*block.words, block.__name__.lower()}]
    assert len(words) == len(set(words))


def test_nothing_typed_offers_all():
    assert [found.type for found in block_suggestions("")] == list(BLOCKS)
    assert all(not found.params for found in block_suggestions(" "))


def test_a_name_of_which_more_begin():
    assert {found.type for found in block_suggestions("in")} == {"Inception", "InvertedResidual"}
    assert len(block_suggestions("in", limit=1)) == 1
    assert block_suggestions("conv 64") == (block_suggestions("mbconv 64")[0],), "a part of a word"
    assert block_suggestions("lstm 64") == ()


def test_what_cannot_be_is_told():
    found = block_suggestions("res 0")[0]
    assert found.error == "out_channels must be 1 or more (it is 0)."
    (found,) = block_suggestions("dense block 8 65")
    assert "num_layers must be 64 or less" in found.error
    assert block_suggestions("res 64 green")[0].rest == "green"


@given(st.text(max_size=40))
def test_any_text_is_borne(text):
    for found in block_suggestions(text):
        if not found.error:
            BLOCKS[found.type].model_validate(found.params)
