"""Inputs that each layer type of the catalogue takes, for the tests that every layer must pass.

A new layer type needs a row here: ``test_every_type_has_a_case`` of tests/layers fails without one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.graph import Graph
from workbench.layers import CATALOGUE, Layer, TensorSpec

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class LayerCase:
    """A layer type with params, and the inputs that it takes (none for Input itself)."""

    type: str
    params: Mapping[str, Any] = field(default_factory=dict)
    inputs: tuple[TensorSpec, ...] = ()

    def __str__(self) -> str:
        """What pytest shows: the type, what was set, and the first input."""
        parts = [self.type, *(f"{k}={v}" for k, v in self.params.items()), *map(str, self.inputs[:1])]
        return "-".join(parts).replace(" ", "")

    def layer(self) -> Layer:
        """The layer."""
        return CATALOGUE[self.type].model_validate(dict(self.params))

    def graph(self) -> Graph:
        """A stack of an Input for each input, and the layer, called ``layer``, at the end."""
        rows: list[dict[str, Any]] = [
            {"id": f"in{n}", "type": "Input", "params": {"shape": spec.shape, "dtype": spec.dtype}}
            for n, spec in enumerate(self.inputs)
        ]
        row: dict[str, Any] = {"id": "layer", "type": self.type, "params": dict(self.params)}
        if self.inputs:
            row["inputs"] = [f"in{n}" for n in range(len(self.inputs))]
        return Graph.model_validate({"layers": [*rows, row]})

    def specs(self) -> tuple[TensorSpec, ...]:
        """What the stack of `graph` takes: the inputs, or for Input itself what it declares."""
        if self.inputs:
            return self.inputs
        return (TensorSpec(tuple(self.params["shape"]), self.params.get("dtype", "float32")),)

    def tensors(self, batch: int = 3, seed: int = 0) -> tuple[torch.Tensor, ...]:
        """Random inputs: normal float32, or int64 ids below 10."""
        import torch

        random = torch.Generator().manual_seed(seed)
        return tuple(
            torch.randint(0, 10, (batch, *spec.shape), generator=random)
            if spec.dtype == "int64"
            else torch.randn((batch, *spec.shape), generator=random)
            for spec in self.specs()
        )


VECTOR = TensorSpec((8,))
SEQUENCE = TensorSpec((12, 6))
STEPS = TensorSpec((5, 6))
"""Few, because exporting a recurrent layer takes time for each."""
IMAGE = TensorSpec((4, 10, 9))
IDS = TensorSpec((12,), "int64")

_SHAPED: dict[str, list[tuple[dict[str, Any], list[TensorSpec]]]] = {
    "Input": [({"shape": (8,)}, []), ({"shape": (12,), "dtype": "int64"}, [])],
    "Linear": [({}, [VECTOR]), ({"out_features": 5, "bias": False}, [SEQUENCE])],
    "Flatten": [({}, [IMAGE]), ({}, [IDS])],
    "Dropout": [({}, [VECTOR]), ({"p": 0.0}, [IMAGE])],
    "Embedding": [({}, [IDS]), ({"num_embeddings": 10, "embedding_dim": 3}, [IDS])],
    "Standardize": [({}, [VECTOR]), ({"invert": True}, [TensorSpec((1,))]), ({"eps": 0.1}, [IMAGE])],
    "Conv1d": [
        ({}, [SEQUENCE]),
        ({"out_channels": 6, "kernel_size": 3, "padding": "same", "dilation": 2, "groups": 3}, [SEQUENCE]),
        ({"out_channels": 5, "kernel_size": 2, "stride": 2, "padding": 1, "bias": False}, [SEQUENCE]),
    ],
    "Conv2d": [
        ({}, [IMAGE]),
        ({"out_channels": 8, "kernel_size": (3, 5), "padding": "same"}, [IMAGE]),
        (
            {
                "out_channels": 6,
                "stride": (2, 1),
                "padding": (1, 0),
                "dilation": 2,
                "groups": 2,
                "bias": False,
            },
            [IMAGE],
        ),
        ({"out_channels": 3, "kernel_size": 1, "padding": "valid"}, [IMAGE]),
    ],
    "ConvTranspose2d": [
        ({"out_channels": 3}, [IMAGE]),
        ({"out_channels": 3, "kernel_size": 3, "stride": 2, "padding": 1, "output_padding": 1}, [IMAGE]),
        ({"out_channels": 2, "kernel_size": (2, 3), "bias": False}, [IMAGE]),
    ],
    "MaxPool1d": [({}, [SEQUENCE]), ({"kernel_size": 3, "stride": 1, "padding": 1}, [SEQUENCE])],
    "MaxPool2d": [({}, [IMAGE]), ({"kernel_size": (3, 2), "stride": 2, "padding": 1}, [IMAGE])],
    "AvgPool1d": [({}, [SEQUENCE]), ({"kernel_size": 3, "stride": 1, "padding": 1}, [SEQUENCE])],
    "AvgPool2d": [({}, [IMAGE]), ({"kernel_size": (3, 2), "stride": (1, 2), "padding": (1, 0)}, [IMAGE])],
    "AdaptiveAvgPool2d": [({}, [IMAGE]), ({"output_size": (5, 3)}, [IMAGE])],
    "BatchNorm1d": [({}, [VECTOR]), ({"affine": False, "momentum": 0.5, "eps": 0.01}, [SEQUENCE])],
    "BatchNorm2d": [({}, [IMAGE]), ({"affine": False, "momentum": 0.5, "eps": 0.01}, [IMAGE])],
    "LayerNorm": [({}, [VECTOR]), ({"elementwise_affine": False, "eps": 0.01}, [SEQUENCE])],
    "GroupNorm": [({}, [TensorSpec((16,))]), ({"num_groups": 2, "affine": False, "eps": 0.01}, [IMAGE])],
    "LeakyReLU": [({}, [VECTOR]), ({"negative_slope": 0.3}, [IMAGE])],
    "GELU": [({}, [VECTOR]), ({"approximate": "tanh"}, [SEQUENCE])],
    "ELU": [({}, [VECTOR]), ({"alpha": 2.0}, [IMAGE])],
    "LSTM": [
        ({}, [STEPS]),
        ({"hidden_size": 5, "returns": "sequence"}, [STEPS]),
        ({"hidden_size": 4, "num_layers": 2, "bidirectional": True, "dropout": 0.2}, [STEPS]),
        ({"hidden_size": 4, "bidirectional": True, "returns": "sequence"}, [STEPS]),
    ],
    "GRU": [
        ({}, [STEPS]),
        ({"hidden_size": 5, "returns": "sequence"}, [STEPS]),
        ({"hidden_size": 4, "num_layers": 2, "bidirectional": True, "dropout": 0.2}, [STEPS]),
        ({"hidden_size": 4, "bidirectional": True, "returns": "sequence"}, [STEPS]),
    ],
    "Add": [({}, [VECTOR, VECTOR]), ({}, [IMAGE, IMAGE, IMAGE])],
    "Multiply": [({}, [VECTOR, VECTOR]), ({}, [SEQUENCE, SEQUENCE])],
    "Concat": [
        ({}, [VECTOR, TensorSpec((3,))]),
        ({"dim": 2}, [SEQUENCE, TensorSpec((12, 2)), SEQUENCE]),
        ({"dim": -1}, [IMAGE, TensorSpec((4, 10, 2))]),
    ],
}
_ANY_SHAPE = ("ReLU", "SiLU", "Tanh", "Sigmoid", "Softmax")
"""Layers without params that take whatever comes."""

CASES: Mapping[str, tuple[LayerCase, ...]] = {
    **{
        name: tuple(LayerCase(name, params, tuple(inputs)) for params, inputs in rows)
        for name, rows in _SHAPED.items()
    },
    **{name: (LayerCase(name, {}, (VECTOR,)), LayerCase(name, {}, (IMAGE,))) for name in _ANY_SHAPE},
}
"""Layer type → its cases."""

ALL_CASES: tuple[LayerCase, ...] = tuple(case for cases in CASES.values() for case in cases)
