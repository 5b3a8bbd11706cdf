"""Torch modules of many architectures as stacks: the answers are those of the module itself."""

import importlib.util
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from workbench.build.check import check
from workbench.graph.pattern import BlockIndex
from workbench.importing.convert import convert
from workbench.importing.parity import filled
from workbench.importing.stack import stack
from workbench.importing.trace import TraceError

_FILE = Path(__file__).with_name("architectures.py")
_SPEC = importlib.util.spec_from_file_location("importing_architectures", _FILE)
architectures = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = architectures
_SPEC.loader.exec_module(architectures)


def imported(model, examples, file=str(_FILE)):
    found = convert(model, examples, file)
    assert not found.faults, [str(fault) for fault in found.faults]
    return stack(found.rows.found, found.outputs)


def faults(model, examples):
    return [str(fault) for fault in convert(model, examples, __file__).faults]


def worked_in(model):
    """A model whose norms have seen something."""
    for part in model.modules():
        for name, buffer in part.named_buffers(recurse=False):
            if buffer.is_floating_point():
                buffer.uniform_(0.5, 1.5)
            del name
    return model.eval()


@pytest.mark.parametrize("name", architectures.ARCHITECTURES)
def test_answers_as_the_module_does(name):
    torch.manual_seed(1)
    kind, examples = architectures.ARCHITECTURES[name]
    model, inputs = worked_in(kind()), examples()
    graph, weights = imported(model, inputs)

    assert not check(graph).problems
    rebuilt = filled(graph, weights)
    others = tuple(torch.cat((item.flip(0), item)) for item in inputs)
    with torch.no_grad():
        torch.testing.assert_close(rebuilt(*inputs), model(*inputs), rtol=1e-5, atol=1e-5)
        torch.testing.assert_close(rebuilt(*others), model(*others), rtol=1e-5, atol=1e-5)
    trained = sum(p.numel() for p in model.parameters())
    assert sum(p.numel() for p in rebuilt.parameters()) == trained


def test_ids_and_blocks_come_from_the_module():
    graph, weights = imported(architectures.ResNet().eval(), architectures.image(3, 16))
    nodes = {node.id: node for node in graph}
    assert nodes["layer1_0_conv1"].block == "layer1/layer1_0"
    assert weights["layer1_0_conv1.weight"].shape == (4, 4, 3, 3)
    names = {block.id: block.name for block in graph.blocks}
    assert names["layer1_0"] == names["layer1_1"] == "BasicBlock"
    assert names["layer2_0"] != names["layer2_1"]
    assert BlockIndex(graph).pattern("layer1_1") == BlockIndex(graph).pattern("layer1_2")


def test_params_are_read_off_the_modules():
    model = nn.Sequential(nn.Conv2d(3, 4, (3, 5), stride=2), nn.Dropout(0.3), nn.PReLU(4), nn.MaxPool2d(2))
    graph, _ = imported(model.eval(), architectures.image(3, 12))
    assert [node.type for node in graph] == ["Input", "Conv2d", "Dropout", "PReLU", "MaxPool2d"]
    conv, drop, prelu, pool = (node.layer for node in graph.layers[1:])
    assert (conv.kernel_size, conv.stride, drop.p, prelu.per_channel, pool.stride) == (
        (3, 5),
        2,
        0.3,
        True,
        None,
    )


def test_two_inputs_and_two_outputs():
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(3, 4), nn.Linear(5, 4)

        def forward(self, x, y):
            both = self.a(x) * self.b(y)
            return both.tanh(), both

    model, inputs = Two().eval(), (torch.randn(3, 3), torch.randn(3, 5))
    graph, _ = imported(model, inputs)
    assert [node.type for node in graph].count("Input") == 2
    assert graph.layers[-1].type == "Output"


class Typed(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(20, 3)

    def forward(self, x):
        return self.table(x.abs().clamp(0, 9).long()).sum(1)


def test_dtypes_and_reductions():
    model, inputs = Typed().eval(), (torch.randn(3, 4) * 5,)
    graph, weights = imported(model, inputs)
    assert [node.type for node in graph] == ["Input", "Abs", "Clamp", "Cast", "Embedding", "SumOver"]
    torch.testing.assert_close(filled(graph, weights)(*inputs), model(*inputs))


class Shared(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc, self.act = nn.Linear(4, 4), nn.ReLU()

    def forward(self, x):
        return self.act(self.fc(self.act(self.fc(x))))


class Strange(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.randn(4, 4))

    def forward(self, x):
        x = torch.fft.fft(x).real
        return torch.cumsum(x, 1) + self.scale[0]


class TimeFirst(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(4, 5)

    def forward(self, x):
        return self.lstm(x)[0]


class ByValue(nn.Module):
    def forward(self, x):
        return x if x.sum() > 0 else -x


def test_shared_weights_are_refused_by_name():
    found = faults(Shared(), (torch.randn(3, 4),))
    assert found[0].startswith("Linear")
    assert "fc is used 2 times" in found[0]


def test_all_that_is_unknown_is_named_with_its_line():
    found = faults(Strange(), (torch.randn(3, 4),))
    assert len(found) >= 2
    assert all("test_convert.py, line " in fault for fault in found)
    assert any(fault.startswith("cumsum") for fault in found)


def test_control_flow_by_values_is_refused_with_its_line():
    with pytest.raises(TraceError) as caught:
        convert(ByValue(), (torch.randn(3, 4),), __file__)
    assert "x.sum() > 0" in Path(__file__).read_text().splitlines()[caught.value.line - 1]


@pytest.mark.parametrize(
    ("model", "shape", "says"),
    [
        (TimeFirst(), (3, 6, 4), "batch_first"),
        (nn.Sequential(nn.Flatten(0)), (3, 4), "batch"),
        (nn.Sequential(nn.Linear(4, 4), nn.FractionalMaxPool2d(2, 2)), (3, 1, 4, 4), "no such layer"),
        (nn.Sequential(nn.BatchNorm1d(4, momentum=None)), (3, 4), "momentum"),
    ],
)
def test_what_has_no_counterpart_is_refused(model, shape, says):
    assert any(says in fault for fault in faults(model, (torch.randn(*shape),)))
