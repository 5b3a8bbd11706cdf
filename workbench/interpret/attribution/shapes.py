"""What a stack's layers give out, and where in it attribution has something to hold on to."""

from __future__ import annotations

from math import prod

from workbench.build.cost import cost
from workbench.errors import UserError
from workbench.graph.project import Graph, Node
from workbench.layers import TensorSpec

MEMORY = 256 * 2**20
"""Bytes that the outputs of all layers may take together in a pass."""
MOST_ROWS = 64

_KEEPS_MAPS = ("normalisation", "activation", "regularisation", "merge", "arithmetic")
"""Groups of layers whose output is channels × positions where their inputs are."""
_MAPS = ("Identity", "Output", "Upsample", "PixelShuffle", "PixelUnshuffle", "ChannelShuffle", "Crop2d")


def specs_of(graph: Graph) -> dict[str, TensorSpec]:
    """Return what each layer gives out for one sample, by id. The graph has no bypassed layers."""
    specs: dict[str, TensorSpec] = {}
    for node, sources in zip(graph, graph.sources(), strict=True):
        specs[node.id] = cost(node.layer, tuple(specs[name] for name in sources)).output
    return specs


def rows_per_pass(specs: dict[str, TensorSpec]) -> int:
    """Return how many samples go through a network at once, forward and backward."""
    each = 4 * 2 * sum(prod(spec.shape) for spec in specs.values())
    return max(1, min(MOST_ROWS, MEMORY // max(1, each)))


def vectors_of_ids(graph: Graph, specs: dict[str, TensorSpec]) -> str:
    """Return the layer that turns whole-number ids into numbers. Raises `UserError` if it isn't one only.

    A vector an id, so that each id gets its share.
    """
    first = next(node.id for node in graph if node.type == "Input")
    ids, found = {first}, []
    for node, sources in zip(graph, graph.sources(), strict=True):
        if ids.isdisjoint(sources):
            continue
        if specs[node.id].dtype == "int64":
            ids.add(node.id)
        else:
            found.append(node.id)
    if len(found) != 1:
        raise UserError(
            f"{len(found)} layers read the ids, so there is no one place for gradients to end at.",
            place="model",
            remedy="Use occlusion or feature ablation, which change the ids themselves.",
        )
    if specs[found[0]].shape[:-1] != specs[first].shape:
        raise UserError(
            "it joins all ids into one, so gradients can't tell them apart.",
            place=f"layer {found[0]}",
            remedy="Use occlusion or feature ablation, which change the ids themselves.",
        )
    return found[0]


def padding_id(graph: Graph) -> int:
    """Return the id that stands for nothing: an Embedding's ``padding_idx``, or 0."""
    found = (getattr(node.layer, "padding_idx", None) for node in graph)
    return next((index for index in found if index is not None), 0)


def feature_maps(graph: Graph, specs: dict[str, TensorSpec]) -> tuple[str, ...]:
    """Return the layers whose output is channels, then positions, more than one; in the stack's order."""
    maps: set[str] = set()
    for node, sources in zip(graph, graph.sources(), strict=True):
        shape = specs[node.id].shape
        alike = bool(sources) and all(
            name in maps and len(specs[name].shape) == len(shape) for name in sources
        )
        if len(shape) >= 2 and (_makes_maps(node) or (alike and _keeps_maps(node))):
            maps.add(node.id)
    return tuple(node.id for node in graph if node.id in maps and prod(specs[node.id].shape[1:]) > 1)


def all_passes(graph: Graph, layer: str) -> bool:
    """Return whether what comes behind a layer reads nothing from before it: no way leads around it."""
    behind = {layer}
    for node, sources in zip(graph, graph.sources(), strict=True):
        if not behind.isdisjoint(sources):
            if not behind.issuperset(sources):
                return False
            behind.add(node.id)
    return True


def needed_of(graph: Graph) -> set[str]:
    """Return the layers that the last one depends on, itself among them."""
    rows = list(zip(graph, graph.sources(), strict=True))
    needed = {rows[-1][0].id}
    for node, sources in reversed(rows):
        if node.id in needed:
            needed.update(sources)
    return needed


def _makes_maps(node: Node) -> bool:
    return node.layer.group == "convolution" or (
        node.layer.group == "pooling" and not node.type.startswith("Global")
    )


def _keeps_maps(node: Node) -> bool:
    return node.layer.group in _KEEPS_MAPS or node.type in _MAPS or "Pad" in node.type
