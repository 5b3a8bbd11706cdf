"""What every layer type must keep. A new one is tested by its rows in layer_cases.py alone."""

from __future__ import annotations

import json
from typing import get_args

import pytest
import torch
from layer_cases import ALL_CASES, CASES, LayerCase
from torch import nn
from torch.func import functional_call

from workbench.build import blocks
from workbench.build.check import Report, built, check
from workbench.build.code import source
from workbench.build.modules import module
from workbench.graph import Graph, Node
from workbench.graph.mend import mend
from workbench.graph.names import why_not
from workbench.layers import CATALOGUE, Group, Layer, TensorSpec
from workbench.layers.params import params_of

every_type = pytest.mark.parametrize("layer_type", CATALOGUE.values(), ids=CATALOGUE)
every_case = pytest.mark.parametrize("case", ALL_CASES, ids=str)


def test_every_type_has_a_case():
    assert set(CASES) == set(CATALOGUE)


@every_type
def test_every_param_is_set_by_a_case(layer_type: type[Layer]):
    defaults = {name: field.default for name, field in layer_type.model_fields.items()}
    layers = [case.layer() for case in CASES[layer_type.__name__]]
    left = {n for n, default in defaults.items() if all(getattr(layer, n) == default for layer in layers)}
    assert left == set(), "params that no case of layer_cases.py sets"


@every_type
def test_describes_itself(layer_type: type[Layer]):
    assert layer_type.help().endswith((".", ":"))
    assert 10 < len(layer_type.help()) < 110
    assert layer_type.group in get_args(Group)
    for param in params_of(layer_type):
        assert param.help.endswith("."), param.name
    assert bool(layer_type.ranks) == bool(layer_type.expects), "ranks are told in words"


@every_type
def test_can_be_typed(layer_type: type[Layer]):
    assert layer_type.words
    for word in layer_type.words:
        assert word == word.lower()
        assert word.isalnum()
    assert why_not(f"{layer_type.words[0]}1") is None, "the first word starts ids"
    assert set(layer_type.typed) <= set(layer_type.model_fields)


def test_words_are_each_of_one_type_only():
    homes: dict[str, str] = {}
    for name, layer_type in CATALOGUE.items():
        for word in {*layer_type.words, name.lower()}:
            assert homes.setdefault(word, name) == name, word


@every_case
def test_json_round_trip(case: LayerCase):
    node = Node(id="a", layer=case.layer(), inputs=("b",))
    text = json.dumps(node.model_dump(mode="json"), allow_nan=False)
    again = Node.model_validate(json.loads(text))
    assert again == node
    assert type(again.layer) is type(node.layer)
    assert hash(again) == hash(node)


@every_case
def test_summary_is_short(case: LayerCase):
    assert len(case.layer().summary()) <= 28


@every_case
@pytest.mark.parametrize("batch", [1, 5])
def test_checked_shape_is_the_real_one(case: LayerCase, batch: int):
    report = clean(case.graph())
    model = built(case.graph()).eval()
    output = model(*case.tensors(batch))
    spec = report.rows[-1].output
    assert spec is not None
    assert tuple(output.shape) == (batch, *spec.shape)
    assert output.dtype == getattr(torch, spec.dtype)


@every_case
def test_checked_params_are_the_real_ones(case: LayerCase):
    model = built(case.graph())
    assert clean(case.graph()).rows[-1].params == sum(p.numel() for p in model.parameters())


@every_case
def test_weights_are_named_by_the_id(case: LayerCase):
    last = case.graph().layers[-1].id
    assert all(key.startswith(f"{last}.") for key in built(case.graph()).state_dict())


@every_case
def test_printed_call_makes_the_same_module(case: LayerCase):
    call = case.layer().call(*case.specs())
    own = {name: item for name, item in vars(blocks).items() if isinstance(item, type)}
    printed = eval(str(call), {"nn": nn, **own})
    evaluated = module(call)
    assert repr(printed) == repr(evaluated)
    shapes = [{key: value.shape for key, value in m.state_dict().items()} for m in (printed, evaluated)]
    assert shapes[0] == shapes[1]


@every_case
def test_generated_code_computes_the_same(case: LayerCase):
    torch.manual_seed(1)
    model = built(case.graph()).eval()
    space: dict[str, type[nn.Module]] = {}
    exec(source(case.graph(), "Net"), space)
    alone = space["Net"]()
    alone.load_state_dict(model.state_dict(), strict=True)
    inputs = case.tensors(3)
    assert torch.equal(alone.eval()(*inputs), model(*inputs))


@every_case
def test_gradient_flows(case: LayerCase):
    torch.manual_seed(2)
    model = built(case.graph()).double().eval()
    inputs = tuple(t if t.dtype == torch.int64 else t.double().requires_grad_() for t in case.tensors(2))
    names = [name for name, _ in model.named_parameters()]
    weights = [p.detach().requires_grad_() for p in model.parameters()]

    def run(*values: torch.Tensor) -> torch.Tensor:
        own = dict(zip(names, values[len(inputs) :], strict=True))
        return functional_call(model, own, values[: len(inputs)])

    if not any(value.requires_grad for value in (*inputs, *weights)):
        assert all(value.dtype == torch.int64 for value in inputs), "only ids are without gradient"
        return
    assert torch.autograd.gradcheck(run, (*inputs, *weights), fast_mode=True)


@every_case
def test_runs_in_training(case: LayerCase):
    model = built(case.graph()).train()
    output = model(*case.tensors(4))
    if output.requires_grad:
        output.sum().backward()
        assert all(p.grad is not None and p.grad.isfinite().all() for p in model.parameters())


WRONG = [TensorSpec((8,) * rank, dtype) for rank in range(1, 6) for dtype in ("float32", "int64")]


@every_type
@pytest.mark.parametrize("spec", WRONG, ids=lambda spec: f"{spec}-{spec.dtype}")
def test_misfits_are_told_and_mended(layer_type: type[Layer], spec: TensorSpec):
    """Of a wrong rank or dtype people read what is wrong; what is offered in one click mends it."""
    fits = spec.dtype in layer_type.dtypes and (not layer_type.ranks or len(spec.shape) in layer_type.ranks)
    if layer_type.arity == (0, 0) or fits:
        return
    case = CASES[layer_type.__name__][0]
    graph = LayerCase(case.type, case.params, (spec,) * len(case.inputs)).graph()
    (problem,) = check(graph).errors
    assert problem.layer == "layer"
    assert layer_type.__name__ in problem.message
    assert str(spec) in problem.message
    assert problem.message.endswith(".")
    mended(graph, problem.fixes)


def mended(graph: Graph, fixes: tuple) -> None:
    assert fixes
    for fix in fixes:
        after = check(mend(graph, "layer", fix))
        assert [p for p in after.errors if p.layer == "layer"] == [], fix.label


IMAGE = TensorSpec((4, 6, 5))
SEQUENCE = TensorSpec((4, 6))
VOLUME = TensorSpec((4, 3, 6, 5))
MISFITS = [
    ("Conv2d", {"kernel_size": 7}, [IMAGE], "The 7×7 kernel is larger than the 6×5"),
    ("Conv2d", {"kernel_size": (1, 6), "padding": "valid"}, [IMAGE], "larger than the 6×5"),
    ("Conv2d", {"kernel_size": 3, "dilation": 3}, [IMAGE], "The 7×7 kernel is larger"),
    ("Conv2d", {"padding": "same", "stride": (1, 2)}, [IMAGE], "stride 1"),
    ("Conv2d", {"groups": 3}, [IMAGE], "3 groups don't divide 4 input and 32 output"),
    ("Conv2d", {"groups": 4, "out_channels": 6}, [IMAGE], "4 groups don't divide 4 input and 6 output"),
    ("Conv1d", {"kernel_size": 7}, [SEQUENCE], "The 7 kernel is larger than the 6"),
    ("Conv1d", {"kernel_size": 7, "padding": "valid"}, [SEQUENCE], "The 7 kernel is larger than the 6"),
    ("Conv1d", {"padding": "same", "stride": 2}, [SEQUENCE], "stride 1"),
    ("Conv1d", {"groups": 3}, [SEQUENCE], "3 groups don't divide"),
    ("ConvTranspose2d", {"output_padding": 1}, [IMAGE], "smaller than the stride"),
    ("ConvTranspose2d", {"stride": (1, 2), "output_padding": 1}, [IMAGE], "smaller than the stride"),
    ("ConvTranspose2d", {"padding": 4}, [IMAGE], "cuts away the whole output"),
    ("MaxPool2d", {"kernel_size": 7}, [IMAGE], "The 7×7 kernel is larger"),
    ("MaxPool2d", {"kernel_size": 2, "padding": 2}, [IMAGE], "more than half"),
    ("MaxPool2d", {"kernel_size": (2, 4), "padding": (2, 1)}, [IMAGE], "more than half"),
    ("AvgPool2d", {"kernel_size": 3, "padding": 2}, [IMAGE], "more than half"),
    ("MaxPool1d", {"kernel_size": 7}, [SEQUENCE], "The 7 kernel is larger"),
    ("AvgPool1d", {"kernel_size": 2, "padding": 2}, [SEQUENCE], "more than half"),
    ("GroupNorm", {"num_groups": 3}, [IMAGE], "3 groups don't divide 4 channels"),
    ("GroupNorm", {"num_groups": 8}, [IMAGE], "Use 4"),
    ("GroupNorm", {"num_groups": 8}, [TensorSpec((8,))], "single value"),
    ("GroupNorm", {"num_groups": 1}, [TensorSpec((1,))], "single value"),
    (
        "Conv2d",
        {"padding": 5, "padding_mode": "circular"},
        [TensorSpec((4, 6, 4))],
        "takes more than the 6×4",
    ),
    ("Conv2d", {"padding": 6, "padding_mode": "reflect"}, [IMAGE], "Pad with zeros"),
    ("Conv3d", {"kernel_size": (1, 7, 1)}, [VOLUME], "The 1×7×1 kernel is larger than the 3×6×5"),
    ("ConvTranspose1d", {"groups": 3}, [SEQUENCE], "3 groups don't divide"),
    ("ConvTranspose3d", {"padding": 4}, [VOLUME], "cuts away the whole output"),
    ("DepthwiseConv2d", {"padding": "same", "stride": 2}, [IMAGE], "stride 1"),
    ("SeparableConv2d", {"kernel_size": 7}, [IMAGE], "The 7×7 kernel is larger than the 6×5"),
    ("AvgPool3d", {"kernel_size": 4, "padding": 1}, [VOLUME], "larger than the 3×6×5"),
    ("LPPool1d", {"kernel_size": 7}, [SEQUENCE], "The 7 kernel is larger"),
    ("InstanceNorm2d", {}, [TensorSpec((4, 1, 1))], "single position"),
    ("LayerNorm", {"dims": 4}, [IMAGE], "Use 3"),
    ("Normalize", {"dim": 0}, [IMAGE], "0 is the batch"),
    ("Softmax", {"dim": 4}, [IMAGE], "the input has 3 dimensions"),
    ("GLU", {}, [IMAGE], "Use dimension 1"),
    ("GLU", {}, [TensorSpec((3,))], "odd side"),
    ("RReLU", {"lower": 0.5, "upper": 0.25}, [IMAGE], "Swap them"),
    ("Hardtanh", {"min_val": 1.0}, [IMAGE], "must be below"),
    ("Flatten", {"start_dim": 3, "end_dim": 2}, [IMAGE], "in that order"),
    ("Unflatten", {"unflattened_size": (3, -1)}, [IMAGE], "can't lay 4 values out as 3×-1"),
    ("Unflatten", {"dim": 5}, [IMAGE], "the input has 3 dimensions"),
    ("Reshape", {"shape": (-1, -1)}, [IMAGE], "Use 1×-1"),
    ("Reshape", {"shape": (4, 31)}, [IMAGE], "can't lay 120 values out as 4×31. Use 4×-1"),
    ("Reshape", {"shape": (0, -1)}, [IMAGE], "Use 1×-1"),
    ("Permute", {}, [IMAGE], "no order of the 3 dimensions"),
    ("Transpose", {}, [TensorSpec((3,))], "no second dimension"),
    ("Transpose", {"dim1": 0}, [IMAGE], "0 is the batch"),
    ("Squeeze", {}, [TensorSpec((4, 1, 5))], "Use dimension 2"),
    ("Squeeze", {}, [TensorSpec((1,))], "no other would be left"),
    ("Unsqueeze", {"dim": 5}, [IMAGE], "the output has 4 dimensions"),
    ("Select", {"index": 4}, [IMAGE], "no index 4. Use 3"),
    ("Select", {}, [TensorSpec((3,))], "Use Slice"),
    ("Slice", {"start": 4}, [IMAGE], "there is nothing in dimension 1"),
    ("Repeat", {"dim": 4}, [IMAGE], "the input has 3 dimensions"),
    ("Crop2d", {"size": (7, 2)}, [IMAGE], "Keep 6×2"),
    ("Upsample", {"mode": "linear"}, [IMAGE], "Use bilinear"),
    ("Upsample", {"align_corners": True}, [IMAGE], "no corners to align"),
    ("PixelShuffle", {"upscale_factor": 3}, [IMAGE], "a multiple of 9 channels, but gets 4. Make it 2"),
    ("PixelUnshuffle", {}, [IMAGE], "2 doesn't divide 6×5"),
    ("ChannelShuffle", {"groups": 3}, [IMAGE], "Use 2"),
    ("PatchEmbed", {}, [IMAGE], "Patches of 4×4 don't divide 6×5 evenly. Use 3×1"),
    ("Unfold", {"kernel_size": 7}, [IMAGE], "larger than the 6×5"),
    ("ReflectionPad2d", {"padding": (5, 0, 0, 0)}, [IMAGE], "Use 4×0×0×0"),
    ("CircularPad1d", {"padding": 7}, [SEQUENCE], "Use 6"),
    ("Add", {}, [IMAGE, TensorSpec((2, 6, 5))], "4×6×5 and 2×6×5"),
    ("Add", {}, [IMAGE, SEQUENCE], "4×6×5 and 4×6"),
    ("Multiply", {}, [TensorSpec((3,)), TensorSpec((4,))], "one shape"),
    ("Concat", {}, [IMAGE, TensorSpec((4, 6, 2))], "alike but for dimension 1"),
    ("Concat", {"dim": 4}, [IMAGE, IMAGE], "not one of the 3"),
    ("Concat", {"dim": 0}, [IMAGE, IMAGE], "not one of the 3"),
    ("Concat", {"dim": -4}, [IMAGE, IMAGE], "not one of the 3"),
    ("Concat", {}, [IMAGE, SEQUENCE], "as many dimensions"),
    ("Concat", {}, [IMAGE, TensorSpec((2, 1, 5))], "Choose other inputs"),
]


@pytest.mark.parametrize(("name", "params", "specs", "message"), MISFITS)
def test_what_torch_would_refuse_is_told_in_plain_words(name, params, specs, message):
    graph = LayerCase(name, params, tuple(specs)).graph()
    (problem,) = check(graph).errors
    assert message in problem.message
    assert "can't run" not in problem.message
    mended(graph, problem.fixes)


TAKEN = [
    ("MaxPool2d", {"kernel_size": (2, 4), "padding": (0, 2)}, [IMAGE]),
    ("MaxPool2d", {"kernel_size": (2, 6), "padding": (1, 3), "stride": 1}, [IMAGE]),
    ("Conv2d", {"kernel_size": 9, "padding": "same"}, [IMAGE]),
    ("Conv2d", {"kernel_size": 7, "padding": 1}, [IMAGE]),
    ("ConvTranspose2d", {"stride": 2, "output_padding": 1}, [IMAGE]),
    ("GroupNorm", {"num_groups": 4}, [TensorSpec((8,))]),
    ("MaxPool2d", {"kernel_size": 7, "ceil_mode": True}, [IMAGE]),
    ("Conv2d", {"padding": 5, "padding_mode": "replicate"}, [IMAGE]),
    ("CircularPad2d", {"padding": (5, 5, 6, 6)}, [IMAGE]),
    ("Input", {"shape": (160_000,)}, []),
]


@pytest.mark.parametrize(("name", "params", "specs"), TAKEN)
def test_what_torch_takes_is_not_refused(name, params, specs):
    clean(LayerCase(name, params, tuple(specs)).graph())


def clean(graph: Graph) -> Report:
    report = check(graph)
    assert report.errors == ()
    return report
