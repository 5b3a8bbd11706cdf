"""Inputs that each layer type of the catalogue takes, for the tests that every layer must pass.

A new layer type needs a row in one of the files of layer_rows: ``test_every_type_has_a_case`` of tests/layers
fails without one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from layer_rows import arithmetic, elements, images, sequences, shapes

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


CASES: Mapping[str, tuple[LayerCase, ...]] = {
    name: tuple(LayerCase(name, params, tuple(inputs)) for params, inputs in rows)
    for name, rows in {
        **images.ROWS,
        **elements.ROWS,
        **shapes.ROWS,
        **sequences.ROWS,
        **arithmetic.ROWS,
    }.items()
}
"""Layer type → its cases."""

ALL_CASES: tuple[LayerCase, ...] = tuple(case for cases in CASES.values() for case in cases)
