"""The summary table of a stack: a row a layer, subtotals of blocks, totals.

How things are counted, and how that differs from what the package torchinfo prints:

- **FLOPs** are those of one sample's forward pass as torch's ``FlopCounterMode`` counts them: two for each
  multiply-add of convolutions, matrix products and attention, none for biases, normalisation, activations,
  pooling and additions. **Multiply-adds** are half of that. torchinfo multiplies parameters with output
  positions instead: it adds one for each bias and each parameter of a normalisation layer, counts a Linear on
  a sequence once rather than at every time step, and nothing for products without parameters.
- **Parameters' size** is four bytes each (float32), in MB of 10⁶ bytes, as torchinfo has it.
- **Activations' size** is what training keeps for one sample, at most: every layer's output forward (four
  bytes an element, eight for whole numbers), and as much again for the gradients of decimal numbers.
  torchinfo counts only layers that have parameters, so it says less.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, cast

from workbench.graph.bypass import live
from workbench.graph.project import Graph, Node
from workbench.layers import Layer, TensorSpec

if TYPE_CHECKING:
    from workbench.build.check import Report, Row

BYTES = {"float32": 4, "int64": 8}


@dataclass(frozen=True)
class SummaryRow:
    """A layer, or a block with the sums of its layers; a block's row stands above them.

    ``type`` is a layer's type or a block's name. ``output`` is None, and so is ``flops``, where checking
    couldn't tell. ``share`` is of all parameters, 0 to 1. ``depth`` is the number of blocks around it,
    ``block`` their path.
    """

    kind: Literal["layer", "block"]
    id: str
    type: str
    settings: str
    inputs: tuple[TensorSpec | None, ...]
    output: TensorSpec | None
    params: int
    trainable: int
    flops: int | None
    share: float
    depth: int
    block: str

    @property
    def mult_adds(self) -> int | None:
        """Multiply-adds of one sample's forward pass: half the FLOPs."""
        return None if self.flops is None else self.flops // 2


@dataclass(frozen=True)
class Summary:
    """The rows, and totals. Sizes are in bytes."""

    rows: tuple[SummaryRow, ...]
    layers: int
    params: int
    trainable: int
    flops: int
    forward_bytes: int
    """Outputs of all layers, one sample."""
    backward_bytes: int
    """Gradients of those outputs that are decimal numbers."""

    @property
    def mult_adds(self) -> int:
        """Multiply-adds of one sample's forward pass: half the FLOPs."""
        return self.flops // 2

    @property
    def params_bytes(self) -> int:
        """The parameters as float32."""
        return BYTES["float32"] * self.params


def summary(graph: Graph, report: Report) -> Summary:
    """Return a stack's summary, from what checking it found; bypassed layers are left out.

    Rows that checking gave no shape have None there, and count as nothing in the sums.
    """
    graph = live(graph)
    found = {row.id: row for row in report.rows}
    layers = tuple(_layers(graph, found, report.params))
    outputs = [row.output for row in layers if row.output]
    floats = [spec for spec in outputs if spec.dtype == "float32"]
    return Summary(
        rows=tuple(_with_blocks(graph, layers, report.params)),
        layers=len(layers),
        params=sum(row.params for row in layers),
        trainable=sum(row.trainable for row in layers),
        flops=sum(row.flops or 0 for row in layers),
        forward_bytes=sum(map(_bytes, outputs)),
        backward_bytes=sum(map(_bytes, floats)),
    )


def _layers(graph: Graph, found: dict[str, Row], whole: int) -> Iterator[SummaryRow]:
    for node, reads in zip(graph, graph.sources(), strict=True):
        row = found[node.id]
        inputs = tuple(found[read].output for read in reads)
        yield SummaryRow(
            kind="layer",
            id=node.id,
            type=node.type,
            settings=node.layer.summary(),
            inputs=inputs,
            output=row.output,
            params=row.params,
            trainable=_trained(node, inputs) if row.params else 0,
            flops=row.flops,
            share=row.params / whole if whole else 0.0,
            depth=len(node.path),
            block=node.block,
        )


def _with_blocks(graph: Graph, layers: Sequence[SummaryRow], whole: int) -> Iterator[SummaryRow]:
    """The layers, with a row for each block above its first."""
    names = {block.id: block.name for block in graph.blocks}
    within: dict[str, list[SummaryRow]] = {}
    reads: dict[str, dict[str, TensorSpec | None]] = {}
    path_of = {node.id: node.path for node in graph}
    for node, sources, row in zip(graph, graph.sources(), layers, strict=True):
        for part in node.path:
            within.setdefault(part, []).append(row)
            outside = reads.setdefault(part, {})
            for name, spec in zip(sources, row.inputs, strict=True):
                if part not in path_of[name]:
                    outside[name] = spec
    shown: tuple[str, ...] = ()
    for node, row in zip(graph, layers, strict=True):
        for depth, part in enumerate(node.path):
            if part in shown:
                continue
            own = within[part]
            yield SummaryRow(
                kind="block",
                id=part,
                type=names[part],
                settings="",
                inputs=tuple(reads[part].values()),
                output=own[-1].output,
                params=(params := sum(item.params for item in own)),
                trainable=sum(item.trainable for item in own),
                flops=sum(item.flops or 0 for item in own),
                share=params / whole if whole else 0.0,
                depth=depth,
                block="/".join(node.path[:depth]),
            )
        shown = node.path
        yield row


def _trained(node: Node, inputs: tuple[TensorSpec | None, ...]) -> int:
    return _trainable(node.layer, cast("tuple[TensorSpec, ...]", inputs))


@lru_cache(maxsize=65_536)
def _trainable(layer: Layer, inputs: tuple[TensorSpec, ...]) -> int:
    import torch

    from workbench.build.modules import module

    with torch.device("meta"):
        built = module(layer.call(*inputs))
    return sum(p.numel() for p in built.parameters() if p.requires_grad)


def _bytes(spec: TensorSpec) -> int:
    return BYTES[spec.dtype] * math.prod(spec.shape)
