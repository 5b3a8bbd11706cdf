"""Rows of a stack as an importer finds them, each tried on the values that passed through the original."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from pydantic import ValidationError
from torch import Tensor

from workbench.build.modules import module
from workbench.importing.result import UnmappedError
from workbench.layers import CATALOGUE, DType, Layer, TensorSpec

_COUNTERS = "num_batches_tracked"
"""How many batches a norm has seen; files without it begin to count anew."""

Weights = Mapping[str, Tensor]


@dataclass(frozen=True)
class Proposal:
    """A layer that something may be: a type of the catalogue, if it has one of that name, and params."""

    type: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def layer(self) -> Layer | None:
        """The layer, or None where the catalogue has none like it."""
        kind = CATALOGUE.get(self.type)
        if kind is None:
            return None
        known = {name: value for name, value in self.params.items() if name in kind.model_fields}
        try:
            return kind.model_validate(known)
        except ValidationError:
            return None


@dataclass(frozen=True, eq=False)
class Value:
    """What a row gives: its number among the rows, and an example, shape (batch, *sample)."""

    row: int
    example: Tensor

    @property
    def spec(self) -> TensorSpec:
        """Shape and dtype of a sample."""
        dtype: DType = "int64" if self.example.dtype == torch.int64 else "float32"
        return TensorSpec(tuple(self.example.shape[1:]), dtype)


@dataclass(frozen=True)
class Row:
    """A layer in its place. ``path`` is where the original had it, outermost part first."""

    layer: Layer
    reads: tuple[int, ...]
    path: tuple[str, ...]
    weights: Weights
    owners: tuple[str, ...] = ()
    """Class names of all parts of ``path`` but the last."""


class Rows:
    """The rows found so far."""

    def __init__(self) -> None:
        self.found: list[Row] = []

    def input(self, name: str, example: Tensor) -> Value:
        """Add an Input for samples like the example's."""
        value = Value(len(self.found), example)
        layer = Proposal("Input", {"shape": value.spec.shape, "dtype": value.spec.dtype}).layer()
        if layer is None:
            raise UnmappedError(
                "input", f"{name} has the shape {tuple(example.shape)}, and no layer takes it"
            )
        self.found.append(Row(layer, (), (name,), {}))
        return value

    def add(
        self,
        proposals: Iterable[Proposal],
        reads: Sequence[Value],
        expected: Tensor,
        path: Sequence[str],
        *,
        weights: Weights | None = None,
        owners: Sequence[str] = (),
        kind: str = "operation",
        tried: bool = True,
    ) -> Value:
        """Add the first proposal that gives ``expected`` for the examples of ``reads``.

        ``weights`` are by the names of the proposed module's state_dict. Without ``tried`` the first
        proposal that can be built is taken. Raises `UnmappedError` saying why none fits.
        """
        why = "the layer catalogue has nothing like it"
        if any(value.example.shape[:1] != expected.shape[:1] for value in reads) or not expected.dim():
            raise UnmappedError(kind, "it doesn't keep the samples of a batch apart in the first dimension")
        for proposal in proposals:
            layer = proposal.layer()
            if layer is None:
                continue
            fault = misfit(layer, reads, expected, weights or {}, tried)
            if fault is None:
                row = Row(layer, tuple(v.row for v in reads), tuple(path), weights or {}, tuple(owners))
                self.found.append(row)
                return Value(len(self.found) - 1, expected)
            why = fault
        raise UnmappedError(kind, why)

    def unknown(self, expected: Tensor) -> Value:
        """A value that no row gives, so that what follows can be looked at too."""
        return Value(-1, expected)


def misfit(
    layer: Layer, reads: Sequence[Value], expected: Tensor, weights: Weights, tried: bool
) -> str | None:
    """Return why a layer with these weights doesn't do what the original did, or None."""
    specs = tuple(value.spec for value in reads)
    name = type(layer).__name__
    fewest, most = layer.arity
    if not fewest <= len(specs) <= (len(specs) if most is None else most):
        return f"{name} doesn't read {len(specs)} inputs"
    fault = layer.misfit(*specs)
    if fault:
        return fault.message
    try:
        built = module(layer.call(*specs)).eval()
    except (RuntimeError, ValueError, TypeError, IndexError, AssertionError) as error:
        return f"{name} refuses it ({str(error).partition(chr(10))[0].rstrip('.')})"
    own = built.state_dict()
    for key in [*own, *weights]:
        if key not in weights and key.rpartition(".")[2] == _COUNTERS:
            continue
        if key not in weights or key not in own or own[key].shape != weights[key].shape:
            return f"its weights aren't those of {name} ({key})"
    if not tried:
        return None
    if weights:
        built.load_state_dict(dict(weights), strict=False)
    try:
        with torch.no_grad():
            got = built(*(value.example for value in reads))
    except (RuntimeError, ValueError, TypeError, IndexError, AssertionError) as error:
        return f"{name} refuses it ({str(error).partition(chr(10))[0].rstrip('.')})"
    if not isinstance(got, Tensor) or got.shape != expected.shape:
        return f"{name} gives another shape"
    if (got.dtype == torch.int64) != (expected.dtype == torch.int64):
        return f"{name} gives another kind of numbers"
    scale = float(expected.double().abs().nan_to_num(0.0, posinf=0.0).max()) if expected.numel() else 0.0
    if not torch.allclose(
        got.double(), expected.double(), rtol=1e-4, atol=1e-5 + 1e-5 * scale, equal_nan=True
    ):
        return f"{name} gives other values"
    return None
