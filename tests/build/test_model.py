import gc
import weakref

import pytest
import torch
from torch import nn

from workbench.build.check import built, check
from workbench.build.model import StackModel
from workbench.graph import Graph


def model(*rows: dict) -> StackModel:
    return built(Graph.model_validate({"layers": rows}))


def vector(name: str = "in1", size: int = 4) -> dict:
    return {"id": name, "type": "Input", "params": {"shape": [size]}}


def linear(name: str, size: int, *inputs: str) -> dict:
    row = {"id": name, "type": "Linear", "params": {"out_features": size}}
    return {**row, "inputs": list(inputs)} if inputs else row


def test_layers_are_submodules_by_their_ids():
    made = model(vector(), linear("fc1", 3), {"id": "relu1", "type": "ReLU"})
    assert made.layer_ids == ("in1", "fc1", "relu1")
    assert made.input_ids == ("in1",)
    assert isinstance(made.fc1, nn.Linear)
    assert list(made.state_dict()) == ["fc1.weight", "fc1.bias"]


def test_computes_what_a_hand_written_network_computes():
    torch.manual_seed(0)
    made = model(vector(), linear("fc1", 4), {"id": "a", "type": "ReLU"}, linear("fc2", 4),
                 {"id": "add", "type": "Add", "inputs": ["a", "fc2", "in1"]}, linear("fc3", 2))  # fmt: skip
    x = torch.randn(5, 4)
    a = torch.relu(made.fc1(x))
    assert torch.equal(made(x), made.fc3(a + made.fc2(a) + x))


def test_several_inputs_go_in_by_their_order():
    made = model(vector("a", 2), vector("b", 3), {"id": "cat", "type": "Concat", "inputs": ["b", "a"]})
    a, b = torch.randn(1, 2), torch.randn(1, 3)
    assert torch.equal(made(a, b), torch.cat([b, a], 1))
    with pytest.raises(ValueError, match="zip"):
        made(a)


def test_hooks_work_on_every_layer():
    made = model(
        vector(), linear("a", 4), linear("b", 4, "in1"), {"id": "add", "type": "Add", "inputs": ["a", "b"]}
    )
    seen: list[str] = []
    for name in made.layer_ids:
        made.get_submodule(name).register_forward_hook(lambda *_, name=name: seen.append(name))
    made(torch.randn(1, 4))
    assert seen == list(made.layer_ids)


def test_values_are_let_go_when_nothing_reads_them_any_more():
    """Else the memory of a deep stack grows with its depth, even without gradients."""
    made = model(vector(), linear("a", 4), linear("b", 4), linear("c", 4))
    values: dict[str, weakref.ref] = {}
    alive: dict[str, list[str]] = {}

    def watch(name: str):
        def hook(_module: nn.Module, _inputs: tuple, output: torch.Tensor) -> None:
            gc.collect()
            alive[name] = [key for key, ref in values.items() if ref() is not None]
            values[name] = weakref.ref(output)

        return hook

    for name in ("a", "b", "c"):
        made.get_submodule(name).register_forward_hook(watch(name))
    with torch.no_grad():
        made(torch.randn(1, 4))
    assert alive == {"a": [], "b": ["a"], "c": ["b"]}


def test_fit_standardize_measures_both_ends():
    made = model(
        vector(), {"id": "std", "type": "Standardize"}, linear("fc", 1),
        {"id": "back", "type": "Standardize", "params": {"invert": True}},
    )  # fmt: skip
    inputs, targets = torch.randn(100, 4) * 3 + 1, torch.randn(100) * 7 - 2
    made.fit_standardize(inputs, targets)
    torch.testing.assert_close(made.std.mean, inputs.mean(0))
    torch.testing.assert_close(made.back.std, targets.std(correction=0).reshape(1))
    output = made(inputs)
    torch.testing.assert_close(
        output, made.fc((inputs - made.std.mean) / made.std.std) * made.back.std + made.back.mean
    )


def test_a_deep_stack_runs():
    """No recursion: a thousand layers are no problem."""
    made = model(vector(), *(linear(f"l{n}", 4) for n in range(1_000)))
    assert made(torch.randn(1, 4)).shape == (1, 4)


def output(name: str, *inputs: str) -> dict:
    return {"id": name, "type": "Output", **({"inputs": list(inputs)} if inputs else {})}


class TestAnswers:
    def test_all_outputs_in_order_and_the_main_answer_last(self):
        torch.manual_seed(0)
        made = model(vector(), linear("a", 3), output("first"), linear("b", 5, "in1"), output("second"),
                     linear("c", 2, "a"))  # fmt: skip
        assert made.output_ids == ("first", "second", "c")
        x = torch.randn(6, 4)
        first, second, main = made.answers(x)
        assert torch.equal(first, made.a(x))
        assert torch.equal(second, made.b(x))
        assert torch.equal(main, made.c(made.a(x)))
        assert torch.equal(made(x), main)

    def test_an_output_at_the_end_is_the_main_answer(self):
        made = model(vector(), linear("a", 3), output("out"))
        assert made.output_ids == ("out",)
        x = torch.randn(2, 4)
        assert torch.equal(made.answers(x)[0], made.a(x))

    def test_without_outputs(self):
        made = model(vector(), linear("a", 3))
        x = torch.randn(2, 4)
        assert [torch.equal(answer, made(x)) for answer in made.answers(x)] == [True]


class TestBypass:
    GRAPH = Graph.model_validate(
        {"layers": [vector(), {"id": "r", "type": "ReLU", "bypass": True}, linear("a", 3),
                    {**linear("b", 9), "bypass": True}, {"id": "t", "type": "Tanh", "inputs": ["b"]}]}
    )  # fmt: skip

    def test_bypassed_layers_are_left_out(self):
        made = built(self.GRAPH)
        assert made.layer_ids == ("in1", "a", "t")
        x = torch.randn(2, 4)
        assert torch.equal(made(x), made.a(x).tanh())

    def test_their_rows_show_what_they_read(self):
        report = check(self.GRAPH)
        assert report.problems == ()
        assert [(row.id, row.output and row.output.shape, row.params, row.flops) for row in report.rows] == [
            ("in1", (4,), 0, 0), ("r", (4,), 0, 0), ("a", (3,), 15, 24), ("b", (3,), 0, 0), ("t", (3,), 0, 0),
        ]  # fmt: skip

    def test_what_is_wrong_with_them_is_not_told(self):
        rows = [vector(), {"id": "c", "type": "Conv2d", "bypass": True}, linear("a", 3)]
        assert check(Graph.model_validate({"layers": rows})).problems == ()

    def test_a_bypassed_merge_gives_its_trunk(self):
        join = {"id": "j", "type": "Concat", "inputs": ["r", "in1"], "bypass": True}
        rows = [vector(), linear("a", 3), {"id": "r", "type": "ReLU"}, join, linear("b", 2)]
        report = check(Graph.model_validate({"layers": rows}))
        assert report.problems == ()
        assert report.rows[3].output.shape == (3,)

    def test_all_of_them(self):
        rows = [{"id": "a", "type": "ReLU", "bypass": True}]
        report = check(Graph.model_validate({"layers": rows}))
        assert [problem.message for problem in report.errors] == ["Every layer is bypassed. Let one work."]
        assert report.rows[0].output is None
