"""The blocks that ship: they fit where they are put, and compute what their papers say."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional

from workbench.build.check import built, check
from workbench.graph.fragment import OUTSIDE, place
from workbench.graph.names import why_not
from workbench.graph.pattern import BlockIndex
from workbench.graph.project import Graph, Node
from workbench.layers import TensorSpec
from workbench.layers.core import Input, Linear
from workbench.layers.params import params_of
from workbench.templates.blocks.base import LayerBlock
from workbench.templates.blocks.registry import BLOCKS
from workbench.templates.blocks.unet import shrunk

every = pytest.mark.parametrize("block_type", BLOCKS.values(), ids=BLOCKS)

IMAGES = [(64, 32, 32), (3, 28, 28), (1, 8, 8), (32, 7, 5), (16, 1, 1), (256, 2, 4)]
STEPS = [(10, 64), (1, 6), (7, 1), (50, 7)]


def specs(block_type: type[LayerBlock]) -> list[TensorSpec]:
    return list(map(TensorSpec, STEPS if block_type.__name__ == "TransformerBlock" else IMAGES))


def put(block: LayerBlock, spec: TensorSpec, known: bool = True) -> Graph:
    """The block behind an Input, in a block of its own."""
    graph = Graph(layers=(Node(id="input", layer=Input(shape=spec.shape)),))
    return place(graph, 1, block.fragment(spec if known else None, block.words[0]))[0]


def parameters(block: LayerBlock, *shape: int) -> int:
    return check(put(block, TensorSpec(shape))).params


@every
def test_fits_where_it_is_put(block_type):
    for spec in specs(block_type):
        assert check(put(block_type(), spec)).errors == (), spec


@every
def test_fits_its_own_output(block_type):
    """Blocks are put below each other: the second one is a copy, or named apart."""
    spec = specs(block_type)[0]
    block = block_type()
    graph = put(block, spec)
    after = check(graph).rows[-1].output
    graph, ids = place(graph, len(graph), block.fragment(after, f"{block.words[0]}2"))
    assert check(graph).errors == ()
    assert all(name.startswith(f"{block.words[0]}2_") for name in ids)
    names = [found.name for found in graph.blocks if "_" not in found.id]
    same = BlockIndex(graph).pattern(block.words[0]) == BlockIndex(graph).pattern(f"{block.words[0]}2")
    assert (names[0] == names[1]) == same


@every
def test_is_put_where_the_shape_is_not_known(block_type):
    """Then it takes its own defaults for the shape, which is right for the commonest one."""
    usual = {
        "TransformerBlock": (10, 64),
        "InvertedResidual": (32, 16, 16),
        "Bottleneck": (256, 16, 16),
        "UNet": (1, 64, 64),
    }
    spec = TensorSpec(usual.get(block_type.__name__, (64, 16, 16)))
    assert put(block_type(), spec, known=False) == put(block_type(), spec)


@every
def test_links_stay_within(block_type):
    nodes = block_type().nodes(specs(block_type)[0])
    own = {node.id for node in nodes}
    assert nodes[0].inputs in (None, (OUTSIDE,))
    assert {name for node in nodes for name in node.inputs or ()} <= {*own, OUTSIDE}


@every
def test_describes_itself(block_type):
    assert 20 < len(block_type.help()) <= 110
    assert block_type.help().endswith(".")
    assert any(mark.isdigit() for mark in block_type.source)
    assert why_not(f"{block_type.words[0]}1") is None
    assert set(block_type.typed) <= set(block_type.model_fields)
    for param in params_of(block_type):
        assert param.help.endswith("."), param.name
        assert param.kind != "int" or None not in (param.minimum, param.maximum), param.name


def test_parameters():
    """Worked out from the papers' figures."""
    norm = 2 * 64
    assert parameters(BLOCKS["Residual"](), 64, 8, 8) == 2 * (9 * 64 * 64 + norm)
    halved = BLOCKS["Residual"](out_channels=128, stride=2)
    assert parameters(halved, 64, 8, 8) == 9 * 64 * 128 + 9 * 128 * 128 + 64 * 128 + 3 * 2 * 128
    narrow = BLOCKS["Bottleneck"](width=64)
    assert parameters(narrow, 256, 8, 8) == 256 * 64 + 9 * 64 * 64 + 64 * 256 + 2 * norm + 2 * 256
    plain = BLOCKS["Inception"](batch_norm=False)
    widths = ((192, 64), (192, 96), (9 * 96, 128), (192, 16), (25 * 16, 32), (192, 32))
    assert parameters(plain, 192, 28, 28) == sum(a * b + b for a, b in widths) == 163_696
    gate = BLOCKS["SqueezeExcitation"](reduction=16)
    assert parameters(gate, 64, 8, 8) == 64 * 4 + 4 + 4 * 64 + 64
    layers = BLOCKS["DenseBlock"](growth_rate=32, num_layers=6)
    entering = range(64, 64 + 6 * 32, 32)
    assert parameters(layers, 64, 8, 8) == sum(2 * c + c * 128 + 2 * 128 + 9 * 128 * 32 for c in entering)
    wide = BLOCKS["InvertedResidual"](out_channels=24, expand_ratio=6)
    assert parameters(wide, 24, 8, 8) == 24 * 144 + 288 + 9 * 144 + 288 + 144 * 24 + 48
    attends = BLOCKS["TransformerBlock"]()
    reference = nn.TransformerEncoderLayer(64, 4, 256)
    assert parameters(attends, 10, 64) == sum(p.numel() for p in reference.parameters())


class Basic(nn.Module):
    """He et al. 2015, figure 2, with a projection (section 3.3, option B)."""

    def __init__(self, a: int, b: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(a, b, 3, stride, 1, bias=False),
            nn.BatchNorm2d(b),
            nn.ReLU(),
            nn.Conv2d(b, b, 3, 1, 1, bias=False),
            nn.BatchNorm2d(b),
        )
        project = nn.Sequential(nn.Conv2d(a, b, 1, stride, bias=False), nn.BatchNorm2d(b))
        self.skip = nn.Identity() if (a, stride) == (b, 1) else project

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(self.body(x) + self.skip(x))


class Squeeze(nn.Module):
    """Hu et al. 2018, figure 3, of dense layers."""

    def __init__(self, a: int, r: int) -> None:
        super().__init__()
        self.down, self.up = nn.Linear(a, a // r), nn.Linear(a // r, a)

    def forward(self, x: Tensor) -> Tensor:
        gate = torch.sigmoid(self.up(functional.relu(self.down(x.mean((2, 3))))))
        return x * gate[:, :, None, None]


class Inverted(nn.Module):
    """Sandler et al. 2018, table 1, with a skip where shapes agree."""

    def __init__(self, a: int, b: int, stride: int, t: int) -> None:
        super().__init__()
        self.skips = (a, stride) == (b, 1)
        self.body = nn.Sequential(
            nn.Conv2d(a, a * t, 1, bias=False),
            nn.BatchNorm2d(a * t),
            nn.ReLU6(),
            nn.Conv2d(a * t, a * t, 3, stride, 1, groups=a * t, bias=False),
            nn.BatchNorm2d(a * t),
            nn.ReLU6(),
            nn.Conv2d(a * t, b, 1, bias=False),
            nn.BatchNorm2d(b),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.body(x) + x if self.skips else self.body(x)


class Growing(nn.Module):
    """Huang et al. 2017, equation 2 with bottlenecks: a layer reads what all before it made."""

    def __init__(self, a: int, k: int, layers: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Sequential(
                nn.BatchNorm2d(a + n * k),
                nn.ReLU(),
                nn.Conv2d(a + n * k, 4 * k, 1, bias=False),
                nn.BatchNorm2d(4 * k),
                nn.ReLU(),
                nn.Conv2d(4 * k, k, 3, 1, 1, bias=False),
            )
            for n in range(layers)
        )

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = torch.cat((x, layer(x)), 1)
        return x


def encoder() -> nn.Module:
    return nn.TransformerEncoderLayer(12, 3, 48, 0.0, "gelu", batch_first=True, norm_first=True)


COMPUTES = [
    ("Residual", {"out_channels": 6}, (6, 7, 5), lambda: Basic(6, 6, 1)),
    ("Residual", {"out_channels": 8, "stride": 2}, (6, 7, 5), lambda: Basic(6, 8, 2)),
    ("SqueezeExcitation", {"reduction": 2}, (6, 7, 5), lambda: Squeeze(6, 2)),
    ("InvertedResidual", {"out_channels": 6}, (6, 7, 5), lambda: Inverted(6, 6, 1, 6)),
    ("InvertedResidual", {"out_channels": 9, "stride": 2}, (6, 7, 5), lambda: Inverted(6, 9, 2, 6)),
    ("DenseBlock", {"growth_rate": 3, "num_layers": 3}, (6, 7, 5), lambda: Growing(6, 3, 3)),
    ("TransformerBlock", {"num_heads": 3, "dropout": 0.0}, (5, 12), encoder),
]


@pytest.mark.parametrize(("name", "params", "shape", "make"), COMPUTES)
def test_computes_what_a_module_written_by_hand_does(name, params, shape, make):
    torch.manual_seed(3)
    model = built(put(BLOCKS[name](**params), TensorSpec(shape))).eval()
    reference = make().eval()
    weights = list(model.parameters())
    # both list their weights in the order of the layers, but the reference's norms of a Transformer come last
    theirs = list(reference.named_parameters())
    if name == "TransformerBlock":
        order = ("norm1", "self_attn", "norm2", "linear1", "linear2")
        theirs.sort(key=lambda pair: order.index(pair[0].split(".")[0]))
    assert [w.numel() for w in weights] == [w.numel() for _, w in theirs]
    with torch.no_grad():
        for mine, (_, other) in zip(weights, theirs, strict=True):
            mine.normal_(std=0.3)
            other.copy_(mine.reshape(other.shape))
        x = torch.randn(4, *shape)
        assert torch.allclose(model(x), reference(x), atol=1e-5)


def test_a_residual_block_of_zeros_passes_what_comes_in():
    model = built(put(BLOCKS["Residual"](out_channels=3), TensorSpec((3, 4, 4)))).eval()
    x = torch.randn(2, 3, 4, 4)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "norm2" in name:
                weight.zero_()
        assert torch.equal(model(x), x.relu())


def test_the_u_has_nested_levels():
    graph = put(BLOCKS["UNet"](width=4, depth=3), TensorSpec((1, 64, 48)))
    assert [(b.id, b.name) for b in graph.blocks] == [
        ("unet", "U-Net 4"),
        ("unet_level2", "U-Net level 8"),
        ("unet_level2_level3", "U-Net level 16"),
        ("unet_level2_level3_level4", "U-Net level 32"),
    ]
    assert max(len(node.path) for node in graph) == 4
    assert check(graph).rows[-1].output == TensorSpec((4, 64, 48))
    shallow = put(BLOCKS["UNet"](width=4, depth=3), TensorSpec((1, 12, 40)))
    assert [b.id for b in shallow.blocks] == ["unet", "unet_level2"], "12 is halved once"


def test_the_unpadded_u_shrinks_as_in_the_paper():
    assert shrunk(572, 4) == 388
    graph = put(BLOCKS["UNet"](width=2, padded=False), TensorSpec((1, 572, 572)))
    assert check(graph).rows[-1].output == TensorSpec((2, 388, 388))
    odd = put(BLOCKS["UNet"](width=2, depth=1, padded=False), TensorSpec((1, 21, 30)))
    assert check(odd).rows[-1].output == TensorSpec((2, 17, 26)), "21 - 4 can't be halved"


sides = st.integers(1, 40)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([name for name in BLOCKS if name != "TransformerBlock"]),
    st.tuples(st.integers(1, 70), sides, sides),
    st.integers(1, 3),
)
def test_any_image_fits(name, shape, number):
    block = BLOCKS[name]
    extra = {"stride": number} if "stride" in block.model_fields else {}
    if name == "UNet":
        extra = {"width": 4, "padded": bool(number % 2)}
    assert check(put(block(**extra), TensorSpec(shape))).errors == ()


def test_can_stand_between_layers():
    graph = Graph(
        layers=(
            Node(id="input", layer=Input(shape=(9, 16))),
            Node(id="wider", layer=Linear(out_features=32)),
            Node(id="scores", layer=Linear(out_features=3)),
        )
    )
    block = BLOCKS["TransformerBlock"](num_heads=5)
    between, _ = place(graph, 2, block.fragment(TensorSpec((9, 32)), "block"))
    report = check(between)
    assert report.problems == ()
    assert report.rows[-1].output == TensorSpec((9, 3))
    heads = {n.layer.num_heads for n in between if n.type == "MultiheadAttention"}
    assert heads == {4}, "5 don't divide 32"
