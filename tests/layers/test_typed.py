import subprocess
import sys

import pytest
from effort import lines_run
from hypothesis import given
from hypothesis import strategies as st
from strategies import layers

from workbench.errors import UserError
from workbench.layers import CATALOGUE, Layer
from workbench.layers.params import params_of
from workbench.layers.typed import label, parse, suggestions

UNDERSTOOD = [
    ("conv 64 3", "Conv2d", {"out_channels": 64, "kernel_size": 3}),
    ("conv 64 3 s2 same", "Conv2d", {"out_channels": 64, "kernel_size": 3, "stride": 2, "padding": "same"}),
    ("conv2d 64 3x3 p1", "Conv2d", {"out_channels": 64, "kernel_size": 3, "padding": 1}),
    ("Conv2D 64 3×5", "Conv2d", {"out_channels": 64, "kernel_size": (3, 5)}),
    ("conv 3x3 64", "Conv2d", {"out_channels": 64, "kernel_size": 3}),
    ("conv k5 s2 p1 d2 g4", "Conv2d",
     {"kernel_size": 5, "stride": 2, "padding": 1, "dilation": 2, "groups": 4}),
    ("conv 8 stride=2 bias=false", "Conv2d", {"out_channels": 8, "stride": 2, "bias": False}),
    ("conv 8 stride = 2x1", "Conv2d", {"out_channels": 8, "stride": (2, 1)}),
    ("conv 8 stride 2 no bias", "Conv2d", {"out_channels": 8, "stride": 2, "bias": False}),
    ("conv 8 nobias valid", "Conv2d", {"out_channels": 8, "bias": False, "padding": "valid"}),
    ("conv 8 no-bias", "Conv2d", {"out_channels": 8, "bias": False}),
    ("conv 64 · 3×3 /2", "Conv2d", {"out_channels": 64, "kernel_size": 3, "stride": 2}),
    ("nn.Conv2d(64, 3, stride=(2, 1), padding='same')", "Conv2d",
     {"out_channels": 64, "kernel_size": 3, "stride": (2, 1), "padding": "same"}),
    ("conv1d 16 5", "Conv1d", {"out_channels": 16, "kernel_size": 5}),
    ("conv 1d 16 5", "Conv1d", {"out_channels": 16, "kernel_size": 5}),
    ("lstm 128 bi", "LSTM", {"hidden_size": 128, "bidirectional": True}),
    ("lstm 128 2 sequence", "LSTM", {"hidden_size": 128, "num_layers": 2, "returns": "sequence"}),
    ("lstm 128 ×2 bi · seq", "LSTM",
     {"hidden_size": 128, "num_layers": 2, "bidirectional": True, "returns": "sequence"}),
    ("gru 32 bidirectional last dropout .2", "GRU",
     {"hidden_size": 32, "bidirectional": True, "returns": "last", "dropout": 0.2}),
    ("conv 1", "Conv2d", {"out_channels": 1}),
    ("conv 2 1", "Conv2d", {"out_channels": 2, "kernel_size": 1}),
    ("max pool 2d 3", "MaxPool2d", {"kernel_size": 3}),
    ("fc 10", "Linear", {"out_features": 10}),
    ("fc10", "Linear", {"out_features": 10}),
    ("dense 1e3", "Linear", {"out_features": 1000}),
    ("drop .3", "Dropout", {"p": 0.3}),
    ("drop 30%", "Dropout", {"p": 0.3}),
    ("dropout p.1", "Dropout", {"p": 0.1}),
    ("relu", "ReLU", {}),
    ("leaky relu .2", "LeakyReLU", {"negative_slope": 0.2}),
    ("gelu tanh", "GELU", {"approximate": "tanh"}),
    ("pool", "MaxPool2d", {}),
    ("pool 3 s2", "MaxPool2d", {"kernel_size": 3, "stride": 2}),
    ("max pool 3x2", "MaxPool2d", {"kernel_size": (3, 2)}),
    ("avg-pool 3", "AvgPool2d", {"kernel_size": 3}),
    ("conv3d 8 3 p1 circular", "Conv3d",
     {"out_channels": 8, "kernel_size": 3, "padding": 1, "padding_mode": "circular"}),
    ("nn.MaxPool3d((1, 2, 2), stride=2)", "MaxPool3d", {"kernel_size": (1, 2, 2), "stride": 2}),
    ("pad 1x2x3x4", "ZeroPad2d", {"padding": (1, 2, 3, 4)}),
    ("constant pad 2 .5", "ConstantPad2d", {"padding": 2, "value": 0.5}),
    ("up 2 bilinear", "Upsample", {"scale_factor": 2, "mode": "bilinear"}),
    ("up nearest", "Upsample", {"mode": "nearest"}),
    ("reshape 4 -1", "Reshape", {"shape": (4, -1)}),
    ("reshape -1x8", "Reshape", {"shape": (-1, 8)}),
    ("nn.Unflatten(dim=2, unflattened_size=(2, -1))", "Unflatten", {"dim": 2, "unflattened_size": (2, -1)}),
    ("permute 2 3 1", "Permute", {"dims": (2, 3, 1)}),
    ("transpose 1 -1", "Transpose", {"dim0": 1, "dim1": -1}),
    ("crop 56", "Crop2d", {"size": 56}),
    ("patch 192 16", "PatchEmbed", {"embed_dim": 192, "patch_size": 16}),
    ("dwconv 3 s2 same", "DepthwiseConv2d", {"kernel_size": 3, "stride": 2, "padding": "same"}),
    ("layer norm", "LayerNorm", {}),
    ("gap", "GlobalAvgPool", {}),
    ("concat", "Concat", {}),
    ("cat dim=-1", "Concat", {"dim": -1}),
    ("gn 4", "GroupNorm", {"num_groups": 4}),
    ("batch norm", "BatchNorm2d", {}),
    ("input 1x28x28", "Input", {"shape": (1, 28, 28)}),
    ("input 3 32 32", "Input", {"shape": (3, 32, 32)}),
    ("input 30 int64", "Input", {"shape": (30,), "dtype": "int64"}),
    ("standardize invert", "Standardize", {"invert": True}),
    ("emb 5000 32", "Embedding", {"num_embeddings": 5000, "embedding_dim": 32}),
    ("emb 5000 32 pad 0", "Embedding", {"num_embeddings": 5000, "embedding_dim": 32, "padding_idx": 0}),
    ("bag 5000 32 sum", "EmbeddingBag", {"num_embeddings": 5000, "embedding_dim": 32, "mode": "sum"}),
    ("one hot 5", "OneHot", {"num_classes": 5}),
    ("cast float32", "Cast", {"dtype": "float32"}),
    ("rnn 32 relu bi", "RNN", {"hidden_size": 32, "nonlinearity": "relu", "bidirectional": True}),
    ("mean over time", "MeanOverTime", {}),
    ("last step", "LastStep", {}),
    ("attention 8", "MultiheadAttention", {"num_heads": 8}),
    ("cross attention 4 causal", "MultiheadAttention", {"num_heads": 4, "is_causal": True}),
    ("encoder 8 2048", "TransformerEncoderLayer", {"nhead": 8, "dim_feedforward": 2048}),
    ("transformer 8 gelu causal", "TransformerEncoderLayer",
     {"nhead": 8, "activation": "gelu", "is_causal": True}),
    ("decoder 4", "TransformerDecoderLayer", {"nhead": 4}),
    ("positions max 512", "LearnedPositions", {"max_length": 512}),
    ("class token", "ClassToken", {}),
    ("rope", "RotaryPositions", {}),
    ("add", "Add", {}),
    ("sub", "Subtract", {}),
    ("gate", "Multiply", {}),
    ("matmul transpose", "MatMul", {"transpose_b": True}),
    ("cosine", "CosineSimilarity", {}),
    ("vae", "Reparameterize", {}),
    ("scale .5 -1", "Scale", {"factor": 0.5, "offset": -1.0}),
    ("clip -1 1", "Clamp", {"min": -1.0, "max": 1.0}),
    ("pow 3", "Pow", {"exponent": 3.0}),
    ("mean", "MeanOver", {}),
    ("mean 1 keepdim", "MeanOver", {"dim": 1, "keepdim": True}),
    ("argmax 1", "ArgMax", {"dim": 1}),
    ("stft 512 log", "Spectrogram", {"n_fft": 512, "log": True}),
    ("mel 64", "MelSpectrogram", {"n_mels": 64}),
    ("mel 80 n_fft=512 hop=160 f_max 7600", "MelSpectrogram",
     {"n_mels": 80, "n_fft": 512, "hop_length": 160, "f_max": 7600.0}),
    ("mfcc 13", "MFCC", {"n_mfcc": 13}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name", "params"), UNDERSTOOD, ids=[row[0] for row in UNDERSTOOD])
def test_understands(text: str, name: str, params: dict):
    best = suggestions(text)[0]
    assert (best.type, best.params, best.rest, best.error) == (name, params, "", "")
    assert parse(text) == CATALOGUE[name].model_validate(params)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("conv 64 3 s2", "Conv2d  64 · 3×3 · stride 2"),
        ("conv 64", "Conv2d  64 · 3×3"),
        ("conv 64 3x5 same nobias", "Conv2d  64 · 3×5 · same · nobias"),
        ("conv1d 64", "Conv1d  64 · 3"),
        ("lstm 128 bi", "LSTM  128 · bidirectional"),
        ("lstm 128 2", "LSTM  128 · 2"),
        ("pool 3 s=2x1", "MaxPool2d  3×3 · stride 2×1"),
        ("drop .3", "Dropout  0.3"),
        ("relu", "ReLU"),
        ("conv3d 8", "Conv3d  8 · 3×3×3"),
        ("reshape -1 4", "Reshape  -1×4"),
        ("up 2 bilinear", "Upsample  2.0 · bilinear"),
        ("cat dim=2", "Concat  dim 2"),
        ("input 1x28x28 int64", "Input  1×28×28 · int64"),
        ("input", "Input"),
        ("conv 0", "Conv2d  0"),
    ],
)
def test_labels_as_the_stack_writes(text: str, expected: str):
    assert suggestions(text)[0].label == expected


def same(one: Layer, other: Layer) -> bool:
    """Whether two layers are alike, 3 and 3×3 being the same size."""
    lists = {param.name for param in params_of(type(one)) if param.open}
    plain = [
        {k: v[0] if isinstance(v, tuple) and k not in lists and len(set(v)) == 1 else v for k, v in layer}
        for layer in (one, other)
    ]
    return type(one) is type(other) and plain[0] == plain[1]


@given(layers())
def test_reads_its_own_labels(layer: Layer):
    assert same(parse(label(layer)), layer)


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("conv", ["Conv2d", "Conv1d", "Conv3d", "ConvTranspose2d"]),
        ("cnv", ["Conv2d", "Conv1d", "Conv3d", "ConvTranspose2d"]),
        (
            "pool",
            ["MaxPool2d", "MaxPool1d", "MaxPool3d", "AvgPool2d", "AvgPool1d", "AvgPool3d", "GlobalAvgPool"],
        ),
        ("drop", ["Dropout", "Dropout2d", "Dropout1d", "Dropout3d", "DropPath"]),
        ("norm", ["BatchNorm2d", "BatchNorm1d", "BatchNorm3d", "Normalize", "LayerNorm"]),
        ("pad", ["ZeroPad2d", "ZeroPad1d", "ZeroPad3d", "ConstantPad2d", "ReflectionPad2d"]),
        ("up", ["Upsample"]),
        ("soft", ["Softmax"]),
        ("flat", ["Flatten", "Unflatten"]),
        ("lin", ["Linear"]),
        ("relu", ["ReLU", "ReLU6", "LeakyReLU"]),
        ("grp", ["GroupNorm"]),
        ("min", ["Minimum"]),
        ("mean", ["MeanOver", "MeanOverTime"]),
        ("trans", ["Transpose", "TransformerEncoderLayer", "TransformerDecoderLayer"]),
        ("out", ["Output"]),
        ("zzz", []),
        ("§", []),
    ],
)
def test_order(text: str, types: list[str]):
    """The whole name, then its beginning, then a part, and only if there is none, letters in order."""
    assert [found.type for found in suggestions(text)][: len(types)] == types
    assert bool(suggestions(text)) == bool(types)


def test_limit():
    assert len(suggestions("o", limit=3)) == 3


def test_an_empty_text_suggests_the_whole_catalogue_group_by_group():
    for text in ("", "  \t"):
        found = [item.type for item in suggestions(text, limit=2)]
        assert sorted(found) == sorted(CATALOGUE)
        groups = [CATALOGUE[name].group for name in found]
        assert list(dict.fromkeys(groups)) == sorted(set(groups), key=groups.index)
        assert found[0] == "Linear"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("conv 0", "out_channels must be 1 or more (it is 0)."),
        ("conv 6.5", "out_channels must be a whole number (it is 6.5)."),
        ("conv 64 3x0", "kernel_size[1] must be 1 or more (it is 0)."),
        ("conv stride=0", "stride must be 1 or more (it is 0)."),
        ("drop 1", "p must be less than 1 (it is 1)."),
        ("drop -1", "p must be 0 or more (it is -1)."),
        ("drop 1e999", "p must be a finite number (it is Infinity)."),
        ("fc 99999999999999999999999999", "out_features must be 1,000,000 or less."),
        ("input", "shape is needed. Shape of one sample, such as 1×28×28 or 30."),
    ],
)
def test_values_out_of_bounds_are_told(text: str, error: str):
    assert suggestions(text)[0].error == error
    with pytest.raises(UserError, match="Type '"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("conv 64 foo", "foo"),
        ("conv 64 3 5 7", "5 7"),
        ("conv1d 64 3x3", "3x3"),
        ("lstm 64 nobias", "nobias"),
        ("relu 5", "5"),
        ("conv colour=2", "colour=2"),
        ("conv bias=7", "bias=7"),
        ("input 1 2 3 4 5 6 7", "7"),
        ("fc " + "9" * 5000, "9" * 5000),
    ],
)
def test_what_is_not_understood_is_told(text: str, rest: str):
    assert suggestions(text)[0].rest == rest
    with pytest.raises(UserError, match="not understood"):
        parse(text)


def test_a_name_that_is_none_is_told_with_what_can_be_typed():
    with pytest.raises(UserError, match=r"no layer is called 'covn 3'.* 'conv 64 3'"):
        parse("covn 3")
    with pytest.raises(UserError, match="Did you mean conv"):
        parse("cnv 3")
    with pytest.raises(UserError, match="no layer was typed"):
        parse(" ")


@given(st.text() | st.from_regex(r"[a-z]{1,8}( ?[a-z0-9.=x×%/-]{1,6}){0,4}", fullmatch=True))
def test_any_text_can_be_typed(text: str):
    """No text breaks it; a suggestion without error or rest is a layer."""
    for found in suggestions(text):
        if not found.error:
            layer = CATALOGUE[found.type].model_validate(found.params)
            assert found.label == label(layer)


def test_suggestions_are_little_work_whatever_is_typed():
    texts = ["conv 64 3 s2 same", "", "o", "cnv 64", "lstm 128 bi", "input 1x28x28", "z" * 500, "x" * 10_000]
    for text in texts:
        suggestions(text)  # the first call prepares
        most = 400 if len(text) > 100 else 9_000  # lines: within a millisecond
        assert lines_run(lambda text=text: suggestions(text)) < most, text[:20]


def test_needs_no_torch():
    code = "import sys; from workbench.layers import typed; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
