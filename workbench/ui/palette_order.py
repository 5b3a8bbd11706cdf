"""In which order the palette shows the catalogue, and which layers it shows at first sight."""

from __future__ import annotations

from workbench.layers import CATALOGUE, Group

GROUPS: tuple[tuple[Group, str], ...] = (
    ("core", "Core"),
    ("convolution", "Convolution"),
    ("pooling", "Pooling"),
    ("normalisation", "Normalisation"),
    ("activation", "Activation"),
    ("regularisation", "Regularisation"),
    ("recurrent", "Recurrent"),
    ("attention", "Attention"),
    ("shape", "Shape"),
    ("merge", "Merge"),
    ("arithmetic", "Arithmetic"),
    ("signal", "Signal"),
    ("data", "Data"),
)

COMMON: dict[Group, tuple[str, ...]] = {
    "core": ("Linear", "Embedding"),
    "convolution": ("Conv2d", "Conv1d", "ConvTranspose2d", "DepthwiseConv2d", "Conv3d"),
    "pooling": ("MaxPool2d", "AvgPool2d", "GlobalAvgPool", "AdaptiveAvgPool2d", "MaxPool1d"),
    "normalisation": ("BatchNorm2d", "LayerNorm", "BatchNorm1d", "GroupNorm", "RMSNorm"),
    "activation": ("ReLU", "GELU", "Sigmoid", "Tanh", "Softmax", "SiLU", "LeakyReLU"),
    "regularisation": ("Dropout", "Dropout2d", "DropPath", "GaussianNoise"),
    "recurrent": ("LSTM", "GRU", "RNN", "LastStep", "MeanOverTime"),
    "attention": ("MultiheadAttention", "TransformerEncoderLayer", "SinusoidalPositions", "ClassToken"),
    "shape": ("Flatten", "Reshape", "Permute", "Upsample", "PatchEmbed", "ZeroPad2d", "PixelShuffle"),
    "merge": ("Add", "Concat", "Multiply", "MatMul", "Average", "Subtract"),
    "arithmetic": ("Scale", "Clamp", "Exp", "Log", "MeanOver", "SumOver"),
    "signal": ("MelSpectrogram", "Spectrogram", "MFCC"),
    "data": ("Input", "Output", "Standardize", "OneHot", "Cast"),
}
"""The types of each group that stacks are made of most often, the commonest first."""

BLOCKS = ("Residual", "Bottleneck", "TransformerBlock", "UNet", "DenseBlock")
"""The blocks that ship of which the same holds."""


def types_of(group: Group) -> tuple[str, ...]:
    """Return the layer types of a group, the commonest first."""
    listed = [name for name, kind in CATALOGUE.items() if kind.group == group]
    common = [name for name in COMMON.get(group, ()) if name in listed]
    return (*common, *(name for name in listed if name not in common))


def shown_of(group: Group) -> int:
    """Return how many types of a group are shown before it is unfolded: one more is no reason to fold."""
    common, every = len(COMMON.get(group, ())), len(types_of(group))
    return every if every <= common + 1 else common
