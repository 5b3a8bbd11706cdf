import inspect
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from effort import lines_run
from layer_cases import ALL_CASES

from workbench.build.blocks import Add
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
    text = source(graph, "Digits")
    assert inspect.getsource(Add) in text
    head, _, own = text.partition("\n\n\nclass Digits")
    assert head.endswith(inspect.getsource(Add).rstrip())
    assert (
        "class Digits" + own
        == '''class Digits(nn.Module):
    """6 layers, 5,794 parameters.

    Shapes:
        x: (batch, 1, 8, 8)
        returns: (batch, 10)
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding="same")
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(8, 8, 3, padding="same")
        self.add1 = Add()
        self.flat1 = nn.Flatten()
        self.fc1 = nn.Linear(512, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv1(x)  # 8×8×8
        relu1 = self.relu1(x)
        x = self.conv2(relu1)
        x = self.add1(relu1, x)
        x = self.flat1(x)  # 512
        x = self.fc1(x)  # 10
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
    """No unused import, no undefined name, no long line, whatever the layers are."""
    graphs = [*(case.graph() for case in ALL_CASES), *HARD.values(), blocks("Residual"), wide()]
    for number, graph in enumerate(graphs):
        (tmp_path / f"net{number}.py").write_text(source(graph), encoding="utf-8")
    found = ruff("check", "--select", "E,F,I", "--line-length", "110", ".", cwd=tmp_path)
    assert found.returncode == 0, found.stdout


def test_is_formatted_as_the_formatter_would(tmp_path: Path):
    """The stack's own class; the modules that torch lacks are as they stand in this program."""
    for number, graph in enumerate([blocks("Residual"), wide(), *HARD.values()]):
        text = source(graph)
        head = "from torch import Tensor, nn\n\n\n"
        (tmp_path / f"net{number}.py").write_text(head + text[text.index("class Model") :], encoding="utf-8")
    found = ruff("format", "--diff", "--line-length", "100", ".", cwd=tmp_path)
    assert found.returncode == 0, found.stdout


def ruff(*words: str, cwd: Path):
    command = [sys.executable, "-m", "ruff", words[0], "--isolated", *words[1:]]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def blocks(name: str) -> Graph:
    """Two copies of a block in an outer one, and layers before, between and after."""
    rows = [
        "a Input /",
        "b Linear /",
        "c Linear s/r1",
        "d Add s/r1 c b",
        "e ReLU s",
        "f Linear s/r2",
        "g Add s/r2 f e",
        "h Linear /",
    ]
    made = []
    for row in rows:
        layer, kind, block, *inputs = row.split()
        params = {"Input": {"shape": [4]}, "Linear": {"out_features": 4}}.get(kind, {})
        made.append({"id": layer, "type": kind, "params": params, "block": block.strip("/")})
        made[-1] |= {"inputs": inputs} if inputs else {}
    known = [{"id": "s", "name": "s"}, *({"id": i, "name": name} for i in ("r1", "r2"))]
    return Graph.model_validate({"layers": made, "blocks": known})


def wide() -> Graph:
    """Many inputs with long names, joined: more than a line holds."""
    names = [f"measurement_of_the_{n}th_sensor_at_noon" for n in range(6)]
    conv = "a_convolution_with_a_name_that_takes_most_of_a_line"
    return Graph.model_validate({"layers": [
        *({"id": name, "type": "Input", "params": {"shape": [4]}} for name in names),
        {"id": "join", "type": "Concat", "inputs": names},
        {"id": "image", "type": "Input", "params": {"shape": [3, 8, 8]}},
        {"id": conv, "type": "Conv2d", "params": {
            "out_channels": 6, "kernel_size": [5, 3], "stride": [2, 1], "groups": 3, "bias": False,
        }},
        {"id": "flat", "type": "Flatten"},
        {"id": "end", "type": "Concat", "inputs": ["join", "flat"]},
    ]})  # fmt: skip


def test_blocks_are_marked():
    text = source(blocks("Residual\n  64\x00"))
    assert text.rpartition("    def forward")[2].splitlines()[1:] == [
        "        b = self.b(x)",
        "",
        "        # s › Residual 64 (r1)",
        "        x = self.c(b)",
        "        x = self.d(x, b)",
        "",
        "        # s",
        "        e = self.e(x)",
        "",
        "        # s › Residual 64 (r2)",
        "        x = self.f(e)",
        "        x = self.g(x, e)",
        "",
        "        x = self.h(x)",
        "        return x",
    ]
    assert text.count("# s › Residual 64 (r2)") == 2


def test_several_answers():
    rows = [
        {"id": "a", "type": "Input", "params": {"shape": [4]}},
        {"id": "b", "type": "Linear", "params": {"out_features": 4}},
        {"id": "early", "type": "Output"},
        {"id": "c", "type": "Linear", "params": {"out_features": 3}},
        {"id": "d", "type": "Linear", "params": {"out_features": 2}, "inputs": ["b"]},
        {"id": "side", "type": "Output"},
        {"id": "e", "type": "ReLU", "inputs": ["c"]},
        {"id": "end", "type": "Output"},
    ]
    graph = Graph.model_validate({"layers": rows})
    text = source(graph)
    assert text.rpartition("    def forward")[2].splitlines() == [
        "(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:",
        "        early = self.b(x)",
        "        c = self.c(early)  # 3",
        "        side = self.d(early)  # 2",
        "        x = self.e(c)",
        "        return early, side, x",
    ]
    model = built(graph).eval()
    space: dict = {}
    exec(text, space)
    alone = space["Model"]()
    alone.load_state_dict(model.state_dict(), strict=True)
    batch = torch.randn(2, 4)
    for ours, its in zip(alone(batch), model.answers(batch), strict=True):
        assert torch.equal(ours, its)


def test_several_inputs_have_their_names():
    text = source(stack("image Input", "age Input", "b Add image age"))
    assert "def forward(self, image: Tensor, age: Tensor) -> Tensor:" in text


def test_bypassed_layers_are_left_out():
    graph = stack("a Input", "b Linear", "c ReLU", "d Linear")
    layers = [{**row, "bypass": row["id"] == "c"} for row in graph.model_dump(mode="json")["layers"]]
    text = source(Graph.model_validate({"layers": layers}))
    assert "self.c" not in text
    assert "2 layers" in text


def test_is_quick_enough_to_be_live():
    rows = ["a Input", *(f"l{n} {'ReLU' if n % 2 else 'Linear'}" for n in range(1000))]
    graph = stack(*rows)
    source(graph)  # the first call prepares
    assert lines_run(lambda: source(graph)) < 150 * 1000, "118 lines a layer: some 11 ms"
