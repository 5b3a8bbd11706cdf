import subprocess
import sys
from pathlib import Path

import pytest
import torch
from layer_cases import ALL_CASES

from workbench.build.check import built
from workbench.build.code import source
from workbench.graph import Graph


def stack(*rows: str) -> Graph:
    """A stack from lines such as "b Linear" or "c Add a b": id, type, inputs."""
    made = []
    for line in rows:
        name, kind, *inputs = line.split()
        params = {"Input": {"shape": [4]}, "Linear": {"out_features": 4}}.get(kind)
        made.append({"id": name, "type": kind} | ({"params": params} if params else {}))
        made[-1] |= {"inputs": inputs} if inputs else {}
    return Graph.model_validate({"layers": made})


def test_reads_as_a_person_would_write_it():
    graph = Graph.model_validate({"layers": [
        {"id": "input1", "type": "Input", "params": {"shape": [1, 8, 8]}},
        {"id": "conv1", "type": "Conv2d", "params": {"out_channels": 8, "padding": "same"}},
        {"id": "relu1", "type": "ReLU"},
        {"id": "conv2", "type": "Conv2d", "params": {"out_channels": 8, "padding": "same"}},
        {"id": "add1", "type": "Add", "inputs": ["relu1", "conv2"]},
        {"id": "flat1", "type": "Flatten"},
        {"id": "fc1", "type": "Linear", "params": {"out_features": 10}},
    ]})  # fmt: skip
    assert (
        source(graph, "Digits")
        == '''from functools import reduce

import torch
from torch import Tensor, nn


class Add(nn.Module):
    """Sum of inputs of one shape."""

    def forward(self, *inputs: Tensor) -> Tensor:
        """Return the sum, in the inputs' shape."""
        return reduce(torch.add, inputs)


class Digits(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding='same')
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(8, 8, 3, padding='same')
        self.add1 = Add()
        self.flat1 = nn.Flatten()
        self.fc1 = nn.Linear(512, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv1(x)
        relu1 = self.relu1(x)
        x = self.conv2(relu1)
        x = self.add1(relu1, x)
        x = self.flat1(x)
        x = self.fc1(x)
        return x
'''
    )


def test_a_plain_stack_needs_no_more_than_torch_nn():
    assert source(stack("a Input", "b Linear")).startswith("from torch import Tensor, nn\n\n\nclass Model")


HARD = {
    "an input that several layers read": stack("a Input", "b Linear", "c Add a b"),
    "an input below layers that use x": stack(
        "a Input", "b Linear", "c Linear", "d Input", "e Linear", "f Add c e a"
    ),
    "an input that the next line reads, below others": stack(
        "a Input", "b ReLU a", "c Input", "d ReLU", "e Add a d b"
    ),
    "layers called as the locals are": stack(
        "a Input", "x Linear", "x_out Linear", "torch ReLU", "nn ReLU", "Tensor ReLU", "reduce ReLU",
        "z Add x x_out torch nn Tensor reduce", "y Add z x x_out",
    ),
    "a layer called like the name made for another": stack(
        "a Input", "x_out Linear", "x Linear", "b Add a x x_out"
    ),
    "layers that nothing reads": stack("a Input", "b Linear", "c Linear a", "d ReLU b"),
    "an input last": stack("a Input", "b Linear", "c Input"),
    "only an input": stack("a Input"),
    "one layer read twice by one": stack("a Input", "b Linear", "c Add b b"),
    "layers called as blocks are": stack(
        "Add Input", "Model Linear", "c Add Add Model", "d ReLU Model", "e Add c d"
    ),
}  # fmt: skip


@pytest.mark.parametrize("graph", HARD.values(), ids=HARD)
def test_hard_cases(graph: Graph):
    torch.manual_seed(0)
    model = built(graph).eval()
    space: dict = {}
    exec(source(graph), space)
    alone = space["Model"]()
    alone.load_state_dict(model.state_dict(), strict=True)
    inputs = [torch.randn(2, 4) for _ in model.input_ids]
    assert torch.equal(alone.eval()(*inputs), model(*inputs))


def test_stands_alone(tmp_path: Path):
    """It runs where this program isn't installed, from a file, and torch.save'd weights fit."""
    graph = Graph.model_validate({"layers": [
        {"id": "a", "type": "Input", "params": {"shape": [6, 3]}},
        {"id": "lstm1", "type": "LSTM", "params": {"hidden_size": 4, "bidirectional": True}},
        {"id": "std1", "type": "Standardize", "inputs": ["lstm1"]},
    ]})  # fmt: skip
    code = source(graph, "Net") + "\n\nprint(Net()(torch.zeros(2, 6, 3)).shape)\n"
    (tmp_path / "net.py").write_text(code)
    found = subprocess.run(
        [sys.executable, "-I", "-W", "error", "net.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout == "torch.Size([2, 8])\n"
    assert "workbench" not in code


def test_has_no_fault_that_a_linter_finds(tmp_path: Path):
    """No unused import, no undefined name, whatever the layers are."""
    for number, case in enumerate(ALL_CASES):
        (tmp_path / f"net{number}.py").write_text(source(case.graph()))
    found = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F,E7,E9,I", "."],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.returncode == 0, found.stdout
