"""Layers of several inputs, of sequences and of signals: a misfit is what torch would refuse."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layer_cases import LayerCase
from layer_rows import arithmetic, sequences

from workbench.build.check import check
from workbench.build.cost import RefusedError, cost
from workbench.graph.mend import mend
from workbench.layers import CATALOGUE, Layer, TensorSpec
from workbench.layers.params import Param, params_of

STRICTER = {
    **dict.fromkeys(["Add", "Multiply", "Average", "Maximum", "Minimum"], "torch takes the batch for a side"),
    **dict.fromkeys(["Subtract", "Divide", "MatMul"], "torch takes the batch for a side"),
    **dict.fromkeys(["DotProduct", "CosineSimilarity", "Reparameterize"], "torch repeats sides of 1"),
    **dict.fromkeys(["MeanOver", "SumOver", "MaxOver", "MinOver", "ArgMax"], "torch mixes samples"),
    **dict.fromkeys(["Concat", "Stack", "LayerScale"], "torch mixes samples"),
    **dict.fromkeys(["MelSpectrogram", "MFCC"], "torch makes empty bands"),
    "LearnedPositions": "torch repeats a single position",
    "RotaryPositions": "the last feature would be lost",
    "Clamp": "torch gives one value for all",
}
"""Types that refuse more than torch does, and what torch does instead."""

TYPES = [name for name in (*sequences.ROWS, *arithmetic.ROWS) if CATALOGUE[name].arity != (0, 0)]


def small(param: Param) -> st.SearchStrategy[Any]:
    """Values of a param that may or may not fit inputs of a few positions."""
    low, high = max(-4, param.minimum or 0), min(9, param.maximum or 9)
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "bool": st.booleans(),
        "choice": st.sampled_from(param.choices or ("",)),
        "float": st.floats(low, high, exclude_min=param.minimum == 0, exclude_max=param.maximum == 1),
    }
    found = kinds.get(param.kind, st.integers(int(low), int(high)))
    return st.none() | found if param.optional else found


@st.composite
def tries(draw: st.DrawFn, name: str) -> tuple[Layer, tuple[TensorSpec, ...]]:
    kind = CATALOGUE[name]
    params = {p.name: draw(small(p)) for p in params_of(kind) if draw(st.booleans())}
    if kind.group == "signal":
        params["sample_rate" if "sample_rate" in kind.model_fields else "n_fft"] = 12
    sides = st.sampled_from([1, 2, 3, 4, 6, 8])
    rank = draw(st.sampled_from(kind.ranks or (1, 2, 3)))
    shape = draw(st.tuples(*[sides] * rank))
    shapes = [shape]
    while len(shapes) < draw(st.integers(kind.arity[0], kind.arity[1] or 3)):
        other = st.sampled_from(kind.ranks or (1, 2, 3)).flatmap(lambda rank: st.tuples(*[sides] * rank))
        mixed = st.tuples(*[st.sampled_from([side, side, 1, 2]) for side in shape])
        shapes.append(draw(st.just(shape) | mixed | other))
    specs = tuple(TensorSpec(one, draw(st.sampled_from(kind.dtypes))) for one in shapes)
    return kind.model_validate(params), specs


@pytest.mark.parametrize("name", TYPES)
@settings(max_examples=80, deadline=None)
@given(st.data())
def test_misfits_are_what_torch_refuses(name: str, data: st.DataObject):
    layer, specs = data.draw(tries(name))
    misfit = layer.misfit(*specs)
    try:
        cost(layer, specs)
        refused = ""
    except RefusedError as error:
        refused = str(error)
    if misfit is None:
        assert not refused
        return
    assert refused or name in STRICTER, misfit.message
    assert misfit.message.endswith(".")
    graph = LayerCase(name, layer.model_dump(mode="json"), specs).graph()
    assert misfit.fixes
    for fix in misfit.fixes:
        left = [problem.message for problem in check(mend(graph, "layer", fix)).errors]
        assert misfit.message not in left, fix.label


STEPS = TensorSpec((5, 6))
MISFITS = [
    ("Add", {}, [STEPS, TensorSpec((5,))], "one shape"),
    ("Add", {}, [TensorSpec((4, 1, 1)), TensorSpec((3, 8, 8))], "4×1×1 and 3×8×8"),
    ("Subtract", {}, [STEPS, TensorSpec((5, 3))], "or use Concat"),
    ("Stack", {}, [STEPS, TensorSpec((5, 3))], "one shape"),
    ("Stack", {"dim": 4}, [STEPS, STEPS], "dimension 4"),
    ("MatMul", {}, [STEPS, STEPS], "Swap rows and columns"),
    ("MatMul", {}, [STEPS, TensorSpec((4, 3))], "as the first has columns (6), but it has 4"),
    ("MatMul", {}, [STEPS, TensorSpec((2, 6, 3))], "stacks of as many"),
    ("DotProduct", {}, [STEPS, TensorSpec((5, 1))], "one shape"),
    ("Reparameterize", {}, [STEPS, TensorSpec((6,))], "one shape"),
    ("Bilinear", {}, [STEPS, TensorSpec((4, 6))], "alike but for their last dimension"),
    ("Embedding", {"num_embeddings": 5, "padding_idx": 5}, [TensorSpec((3,), "int64")], "0 to 4"),
    ("Embedding", {}, [TensorSpec((3,))], "Put a Cast before it"),
    ("OneHot", {}, [TensorSpec((3,))], "Put a Cast before it"),
    ("MultiheadAttention", {}, [STEPS], "8 heads can't share 6 features evenly. Use 6 heads, or 8 features"),
    ("MultiheadAttention", {"num_heads": 2}, [STEPS, STEPS, TensorSpec((4, 6))], "The key has 5 steps"),
    ("TransformerEncoderLayer", {"nhead": 4}, [STEPS], "Use 3 heads"),
    ("TransformerDecoderLayer", {"nhead": 2}, [STEPS, TensorSpec((5, 4))], "the memory 4"),
    ("RotaryPositions", {}, [TensorSpec((5, 3))], "3 is odd"),
    ("LearnedPositions", {"max_length": 4}, [STEPS], "5 steps, more than the 4 positions"),
    ("MeanOver", {"dim": 3}, [STEPS], "dimension 3"),
    ("MeanOver", {"dim": 0}, [STEPS], "the batch"),
    ("LayerScale", {"dim": 3}, [STEPS], "dimension 3"),
    ("Clamp", {"min": 2.0}, [STEPS], "min 2 is not below max 1"),
    ("Clamp", {"min": 1.0}, [STEPS], "min 1 is not below max 1"),
    ("Spectrogram", {}, [TensorSpec((200,))], "Use n_fft 399 or less"),
    ("Spectrogram", {"center": False}, [TensorSpec((200,))], "Use n_fft 200 or less"),
    ("Spectrogram", {"n_fft": 16}, [TensorSpec((64,), "int64")], "Put a Cast before it"),
    ("MelSpectrogram", {"f_max": 9000.0}, [TensorSpec((1000,))], "above half the sample rate (8000 Hz)"),
    ("MelSpectrogram", {"f_min": 9000.0}, [TensorSpec((1000,))], "not below half the sample rate"),
    ("MelSpectrogram", {"f_min": 500.0, "f_max": 400.0}, [TensorSpec((1000,))], "not above f_min 500 Hz"),
    ("MFCC", {"n_mfcc": 65}, [TensorSpec((1000,))], "Use 64"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "params", "specs", "message"), MISFITS)
def test_is_told_in_plain_words_and_mended(
    name: str, params: dict[str, Any], specs: list[TensorSpec], message: str
):
    graph = LayerCase(name, params, tuple(specs)).graph()
    (problem,) = check(graph).errors
    assert problem.layer == "layer"
    assert message in problem.message
    assert problem.fixes
    for fix in problem.fixes:
        left = [p.message for p in check(mend(graph, "layer", fix)).errors if p.layer == "layer"]
        assert left == [], fix.label
