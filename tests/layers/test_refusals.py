"""Whatever torch would refuse is a misfit told in our words, and nothing that torch takes is one."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from layer_rows import elements, images, shapes

from workbench.build.check import check
from workbench.build.cost import cost
from workbench.build.modules import module
from workbench.graph import Graph
from workbench.graph.mend import mend
from workbench.layers import CATALOGUE, Layer, TensorSpec
from workbench.layers.params import Param, params_of

TYPES = [*images.ROWS, *elements.ROWS, *shapes.ROWS]
STRICTER = {
    "ConvTranspose1d": "torch adds as much as the dilation allows, which ONNX Runtime doesn't",
    "ConvTranspose2d": "torch adds as much as the dilation allows, which ONNX Runtime doesn't",
    "ConvTranspose3d": "torch adds as much as the dilation allows, which ONNX Runtime doesn't",
    "GroupNorm": "of a group of one value nothing is left",
    "LayerNorm": "torch normalises over as many dimensions as there are",
    "RMSNorm": "torch normalises over as many dimensions as there are",
    "Squeeze": "torch hands on what it can't squeeze",
    "Select": "torch leaves a number without dimensions",
    "PatchEmbed": "torch leaves the last pixels out",
    "Slice": "Python slices what there is, and along the last dimension where there is none",
    "Crop2d": "torch crops what there is",
}
"""Types that refuse more than torch does, and what torch does instead."""


def small(param: Param) -> st.SearchStrategy[Any]:
    """Values of a param that may or may not fit shapes of a few positions."""
    if param.kind == "bool":
        return st.booleans()
    if param.kind == "choice":
        return st.sampled_from(param.choices)
    low = max(-4, math.ceil(param.minimum or 0))
    number = st.integers(low, max(low, min(5, int(param.maximum or 5))))
    if param.kind == "float":
        return number.map(lambda n: max(n, 0.5) if low == 0 else float(n))
    tuples = st.lists(
        number, min_size=1 if param.open else param.most, max_size=4 if param.open else param.most
    )
    kinds = [number] if not param.open else []
    kinds += [tuples.map(tuple)] if param.most > 1 else []
    kinds += [st.none()] if param.optional else []
    kinds += [st.sampled_from(param.choices)] if param.choices else []
    return st.one_of(kinds)


@st.composite
def tries(draw: st.DrawFn, name: str) -> tuple[Layer, TensorSpec]:
    layer_type = CATALOGUE[name]
    params = {}
    for param in params_of(layer_type):
        if draw(st.booleans()):
            params[param.name] = draw(small(param))
    if params.get("p") == 1:  # a probability is below 1
        del params["p"]
    rank = draw(st.sampled_from(layer_type.ranks or (1, 2, 3, 4)))
    shape = draw(st.lists(st.sampled_from([1, 2, 3, 4, 6, 7, 8, 9]), min_size=rank, max_size=rank))
    return layer_type.model_validate(params), TensorSpec(tuple(shape))


def mixes_samples(layer: Layer, spec: TensorSpec) -> bool:
    """Whether a param names the dimension of the batch, which torch would take as any other."""
    dims = [value for name, value in layer if name in {"dim", "dim0", "dim1", "start_dim", "end_dim"}]
    added = 1 if layer.type() == "Unsqueeze" else 0
    return any(dim in (0, -1 - len(spec.shape) - added) for dim in dims)


def runs(layer: Layer, spec: TensorSpec) -> bool:
    """Whether torch trains it on two samples, and leaves something of them."""
    try:
        output = module(layer.call(spec)).train()(torch.ones(2, *spec.shape))
    except (RuntimeError, ValueError, IndexError, AssertionError):
        return False
    return output.numel() > 0


@pytest.mark.parametrize("name", TYPES)
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_misfits_are_what_torch_refuses(name: str, data: st.DataObject):
    layer, spec = data.draw(tries(name))
    misfit = layer.misfit(spec)
    if misfit is None:
        assert runs(layer, spec) or 0 in cost(layer, (spec,)).output.shape
        return
    assert name in STRICTER or mixes_samples(layer, spec) or not runs(layer, spec), misfit.message
    rows = [
        {"id": "in1", "type": "Input", "params": {"shape": spec.shape}},
        {"id": "layer", "type": name, "params": layer.model_dump(mode="json")},
    ]
    graph = Graph.model_validate({"layers": rows})
    assert misfit.fixes
    for fix in misfit.fixes:
        left = [problem.message for problem in check(mend(graph, "layer", fix)).errors]
        assert misfit.message not in left, fix.label
