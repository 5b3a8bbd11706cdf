"""Warnings: each rule with stacks that it is about, its fix, and stacks that it leaves alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from param_stacks import chain, entrance, stack

from workbench.build.check import Problem, check
from workbench.build.rules import RULES
from workbench.data.samples import SAMPLES, sample_project
from workbench.graph import Graph, Project, TrainingSection
from workbench.graph.bypass import set_bypass
from workbench.graph.mend import mend_project
from workbench.templates.registry import TEMPLATES

SAME = ("Conv2d", {"out_channels": 8, "padding": "same"})


def found(graph: Graph, said: str, training: TrainingSection | None = None) -> list[Problem]:
    """The warnings that say so; whatever a rule says is whole sentences, at a layer, and can be mended."""
    report = check(graph, None, training)
    for problem in report.warnings:
        assert problem.layer in {node.id for node in graph}
        assert problem.message.endswith(".")
        for fix in problem.fixes:
            project = Project(model=graph, training=training or TrainingSection())
            after = mend_project(project, problem.layer, fix)
            again = check(after.model, None, training and after.training)
            assert (problem.layer, problem.message) not in [(p.layer, p.message) for p in again.problems]
            assert len(again.errors) <= len(report.errors), fix.label
    return [problem for problem in report.warnings if said in problem.message]


def quiet(graph: Graph, training: TrainingSection | None = None) -> None:
    assert check(graph, None, training).problems == ()


class TestUnread:
    def test_a_branch_that_leads_nowhere_goes_at_once(self):
        graph = stack(
            entrance(4), ("a", "Linear"), ("b", "ReLU"), ("c", "Linear"), ("d", "Linear", {}, ["a"])
        )  # fmt: skip
        (problem,) = found(graph, "Nothing reads")
        assert problem.message == "Nothing reads c, so it and b do no work. Connect c or remove them."
        assert problem.fixes[0].layers == ("b",)

    def test_layers_that_others_need_stay(self):
        """b leads to two ends: it goes with neither alone."""
        graph = stack(
            entrance(4), ("b", "ReLU"), ("c", "Tanh"), ("d", "Tanh", {}, ["b"]),
            ("e", "Linear", {}, ["in1"]),
        )  # fmt: skip
        assert [(p.layer, p.fixes[0].layers) for p in found(graph, "Nothing reads")] == [("c", ()), ("d", ())]

    def test_an_input_that_nothing_reads(self):
        graph = stack(entrance(4), entrance(3, name="in2"), ("a", "Linear", {}, ["in1"]))
        assert [problem.layer for problem in found(graph, "Nothing reads")] == ["in2"]

    def test_further_outputs_are_answers(self):
        quiet(stack(entrance(4), ("a", "Linear"), ("out", "Output"), ("b", "Linear", {}, ["in1"])))

    def test_a_bypassed_layer_is_not_missed(self):
        graph = stack(entrance(4), ("a", "ReLU"), ("b", "Linear"))
        quiet(set_bypass(graph, ["a"], True))


class TestMemory:
    def test_more_than_the_machine_has(self):
        graph = chain((1_000_000,), ("Linear", {"out_features": 1_000_000}))
        (problem,) = found(graph, "GiB")
        assert problem.layer == "l1"
        assert problem.message.startswith("Linear's 1,000,001,000,000 parameters take 3,725 GiB, but this")

    def test_in_many_layers(self, monkeypatch: pytest.MonkeyPatch):
        class Memory:
            total = 4 * 150

        monkeypatch.setattr("psutil.virtual_memory", lambda: Memory)
        layers = [part for _ in range(3) for part in (("Linear", {"out_features": 8}), "ReLU")]
        (problem,) = found(chain((8,), *layers), "memory")
        assert problem.message.startswith("The stack's 216 parameters")
        quiet(chain((8,), *layers[:4]))


class TestBottleneck:
    def test_a_linear_behind_a_large_map(self):
        graph = chain((1, 28, 28), SAME, "ReLU", "Flatten", "Dropout", ("Linear", {"out_features": 64}))
        (problem,) = found(graph, "parameters")
        assert problem.layer == "l5"
        assert "holds 100 % of the" in problem.message
        after = mend_project(Project(model=graph), "l5", problem.fixes[0]).model
        assert [node.type for node in after][3:5] == ["AdaptiveAvgPool2d", "Flatten"]

    @pytest.mark.parametrize(
        "graph",
        [
            chain((1, 28, 28), SAME, "Flatten", ("Linear", {"out_features": 8})),
            chain((64, 4, 4), "Flatten", ("Linear", {"out_features": 500})),
            chain((784,), ("Linear", {"out_features": 500})),
            chain((8, 28, 28), ("Conv2d", {"out_channels": 2000}), "GlobalAvgPool", "Linear"),
        ],
        ids=["few", "small map", "no map", "averaged"],
    )
    def test_is_left_alone(self, graph: Graph):
        quiet(graph)


class TestReach:
    def test_kernels_that_see_nothing_new(self):
        pools = [part for _ in range(3) for part in (SAME, "ReLU", "MaxPool2d")]
        (problem,) = found(chain((3, 16, 16), *pools, SAME, "ReLU", SAME), "depends on")
        assert problem.layer == "l12"
        assert "38×38 of an input of 16×16" in problem.message

    def test_worked_out_by_hand(self):
        convolutions = [
            ("Conv2d", {"stride": 2, "padding": 1}),
            ("Conv2d", {"padding": 1}),
            "MaxPool2d",
            ("Conv2d", {"padding": 2, "dilation": 2}),
        ]
        (problem,) = found(chain((1, 12, 12), *convolutions, SAME), "depends on")
        # 3, then steps of 2: + 2 · 2 = 7, + 1 · 2 = 9; then steps of 4, and a kernel that reaches 5: + 4 · 4
        assert "25×25" in problem.message
        quiet(chain((1, 14, 14), *convolutions, SAME))

    def test_a_skip_connection_carries_detail(self):
        rows = [entrance(8, 8, 8)]
        for number in range(12):
            above = f"add{number - 1}" if number else "in1"
            rows += [
                (f"conv{number}", *SAME, [above]),
                (f"relu{number}", "ReLU"),
                (f"add{number}", "Add", {}, [f"relu{number}", above]),
            ]
        quiet(stack(*rows))

    def test_sequences_too(self):
        deep = [
            part for _ in range(9) for part in (("Conv1d", {"padding": "same", "kernel_size": 5}), "ReLU")
        ]
        assert len(found(chain((4, 16), *deep), "depends on")) == 1

    def test_kernels_of_one_and_small_images_pooled_whole(self):
        one = ("Conv2d", {"kernel_size": 1})
        quiet(chain((3, 8, 8), SAME, "ReLU", "GlobalAvgPool", "Linear"))
        quiet(chain((3, 8, 8), *[SAME, "ReLU"] * 7, one, "ReLU", one))


class TestBatchOfOne:
    ONE, TWO = TrainingSection(batch_size=1), TrainingSection(batch_size=2)

    def test_of_images(self):
        graph = chain((3, 8, 8), ("Conv2d", {"out_channels": 12}), "BatchNorm2d")
        (problem,) = found(graph, "A batch holds 1 sample", self.ONE)
        assert [fix.label for fix in problem.fixes] == ["Set the batch size to 32", "Use GroupNorm 4"]
        quiet(graph, self.TWO)
        quiet(graph)

    def test_of_vectors_torch_refuses(self):
        report = check(chain((8,), "Linear", "BatchNorm1d"), None, self.ONE)
        (problem,) = report.errors
        assert "so batch norm has no statistics" in problem.message

    def test_other_norms_do_not_mind(self):
        quiet(chain((8,), "Linear", "LayerNorm"), self.ONE)


class TestActivations:
    @pytest.mark.parametrize(
        "layers", [("ReLU", "ReLU"), ("Sigmoid", "ReLU"), ("ReLU", "Dropout", "LeakyReLU")]
    )
    def test_idle(self, layers: tuple[str, ...]):
        graph = chain((8,), "Linear", *layers, "Linear")
        (problem,) = found(graph, "changes nothing")
        assert problem.layer == f"l{len(layers) + 1}"

    @pytest.mark.parametrize(
        "layers", [("ReLU", "Sigmoid"), ("Tanh", "ReLU"), ("LeakyReLU", "ReLU"), ("ReLU", "GELU")]
    )
    def test_busy(self, layers: tuple[str, ...]):
        quiet(chain((8,), "Linear", *layers, "Linear"))

    def test_linear_twice(self):
        (problem,) = found(chain((8,), "Linear", "Linear"), "no activation between")
        assert (problem.layer, problem.fixes[0].label) == ("l2", "Insert ReLU")
        assert len(found(chain((8,), *["Linear"] * 9), "no activation between")) == 3, "not eight of a kind"

    def test_a_linear_of_low_rank_is_meant(self):
        quiet(chain((64,), ("Linear", {"out_features": 8}), ("Linear", {"out_features": 64})))

    def test_a_linear_that_others_read_too(self):
        quiet(stack(entrance(8), ("a", "Linear"), ("b", "Linear"), ("c", "Add", {}, ["a", "b"])))

    def test_softmax_within(self):
        assert len(found(chain((8,), "Linear", "Softmax", "Linear"), "compete")) == 1
        assert len(found(chain((8,), "Linear", "Softmax", "Softmax"), "another Softmax")) == 1

    def test_softmax_at_the_end_or_as_a_gate(self):
        quiet(chain((8,), "Linear", "Softmax"))
        quiet(stack(entrance(8), ("a", "Softmax"), ("b", "Multiply", {}, ["in1", "a"]), ("c", "Linear")))

    @pytest.mark.parametrize(("activation", "most"), [("Sigmoid", 9), ("Tanh", 20)])
    def test_gradients_that_vanish(self, activation: str, most: int):
        quiet(chain((8,), *["Linear", activation] * most))
        (problem,) = found(chain((8,), *["Linear", activation] * (most + 6)), "hardly learn")
        assert problem.layer == f"l{2 * (most + 1)}"
        assert problem.fixes[0].label == "Insert LayerNorm"

    def test_gradients_that_norms_keep(self):
        quiet(chain((8,), *["Linear", "BatchNorm1d", "Sigmoid"] * 15))
        quiet(chain((8,), *["Linear", "ReLU"] * 15))


class TestSingleLayers:
    def test_dropout_at_the_end(self):
        assert len(found(chain((8,), "Linear", "Dropout"), "dropped at random")) == 1
        assert len(found(chain((8,), "Linear", "Dropout", "Output"), "dropped at random")) == 1
        quiet(chain((8,), "Dropout", "Linear"))

    def test_a_norm_of_one_value(self):
        graph = chain((8,), ("Linear", {"out_features": 1}), "LayerNorm")
        assert len(found(graph, "always 0")) == 1
        quiet(chain((8,), ("Linear", {"out_features": 2}), "LayerNorm"))

    def test_skipped_pixels(self):
        (problem,) = found(chain((3, 16, 16), ("Conv2d", {"kernel_size": 3, "stride": (4, 2)})), "never read")
        assert problem.fixes[0].params == (("stride", (3, 2)),)
        assert len(found(chain((3, 16), ("MaxPool1d", {"kernel_size": 2, "stride": 3})), "never read")) == 1
        quiet(chain((3, 16, 16), ("Conv2d", {"kernel_size": 1, "stride": 2})))
        quiet(chain((3, 16, 16), ("Conv2d", {"kernel_size": 5, "stride": 4}), "MaxPool2d"))


class TestLayout:
    IDS = entrance(20, dtype="int64")

    def test_a_convolution_of_words(self):
        graph = stack(self.IDS, ("emb", "Embedding"), ("drop", "Dropout"), ("conv", "Conv1d"))
        (problem,) = found(graph, "Put a Transpose")
        assert "reads 20×64 as channels × length, but emb gives time × features" in problem.message
        after = mend_project(Project(model=graph), "conv", problem.fixes[0]).model
        assert check(after).problems == ()
        assert check(after).rows[3].output.shape == (64, 20)

    def test_a_recurrent_layer_of_channels(self):
        (problem,) = found(chain((6, 50), "Conv1d", "ReLU", "LSTM"), "Put a Transpose")
        assert "but l1 gives channels × length" in problem.message

    def test_where_nothing_tells(self):
        quiet(chain((6, 50), "Conv1d"))
        quiet(chain((50, 6), "LSTM"))
        quiet(chain((6, 50), "Conv1d", "Transpose", "LSTM"))
        quiet(stack(self.IDS, ("emb", "Embedding"), ("lstm", "LSTM")))


def test_every_rule_says_why_it_is_one():
    assert all(rule.__doc__ and rule.__doc__.strip().splitlines()[0].endswith((".", ":")) for rule in RULES)


@pytest.mark.parametrize("name", [sample.name for sample in SAMPLES])
def test_shipped_samples_give_no_warnings(name: str):
    project = sample_project(name)
    assert check(project.model, None, project.training).problems == ()


@pytest.mark.parametrize("name", TEMPLATES)
def test_known_architectures_give_no_warnings(name: str):
    assert check(TEMPLATES[name].graph(), None, TrainingSection()).problems == ()


@settings(max_examples=40, deadline=None)
@given(
    st.integers(8, 40),
    st.lists(st.tuples(st.integers(1, 3), st.integers(1, 2), st.integers(1, 2)), min_size=1, max_size=6),
)
def test_receptive_fields_are_where_gradients_reach(size: int, convolutions: list[tuple[int, int, int]]):
    """The field, as counted, is as wide as the part of the input that a middle value's gradient reaches."""
    import torch

    from workbench.build.rules import receptive

    layers = [
        ("Conv1d", {"out_channels": 1, "kernel_size": k, "stride": s, "dilation": d, "padding": d * (k - 1)})
        for k, s, d in convolutions
    ]
    field = receptive.Field((1.0,), (1.0,), (size,), 1 / size, False)
    length = 401
    x = torch.zeros(1, 1, length, requires_grad=True)
    y = x
    for kind, params in layers:
        layer = chain((1, size), (kind, params)).layers[1].layer
        field = receptive._below(field, receptive._slide(layer))
        conv = torch.nn.Conv1d(
            1, 1, params["kernel_size"], params["stride"], params["padding"], params["dilation"]
        )
        torch.nn.init.ones_(conv.weight)
        y = conv(y)
    y[0, 0, y.shape[-1] // 2].backward()
    reached = x.grad[0, 0].nonzero()
    assert int(reached.max() - reached.min()) + 1 == field.reach[0]


COMMON = [
    *(
        "Linear",
        "Conv2d",
        "MaxPool2d",
        "Flatten",
        "ReLU",
        "Sigmoid",
        "Tanh",
        "Softmax",
        "Dropout",
        "LayerNorm",
    ),
    *(
        "BatchNorm1d",
        "BatchNorm2d",
        "Conv1d",
        "LSTM",
        "Add",
        "Concat",
        "Output",
        "GlobalAvgPool",
        "Embedding",
    ),
]


@st.composite
def plausible(draw: st.DrawFn) -> Graph:
    """Stacks of common layers with small params, most of which fit."""
    shape, dtype = draw(
        st.sampled_from([((3, 16, 16), "float32"), ((8,), "float32"), ((20, 8), "float32"), ((20,), "int64")])
    )
    rows = [entrance(*shape, dtype=dtype)]
    for number in range(draw(st.integers(1, 9))):
        kind = draw(st.sampled_from(COMMON))
        params = {}
        if kind in ("Conv1d", "Conv2d"):
            padding = draw(st.sampled_from([0, 1, 5]))
            params = {"stride": draw(st.integers(1, 4)), "padding": padding, "out_channels": 8}
        if kind == "Linear":
            params = {"out_features": draw(st.sampled_from([1, 8, 500]))}
        ids = [row[0] for row in rows]
        row = (f"l{number}", kind, params)
        if kind in ("Add", "Concat") or draw(st.integers(0, 4)) == 0:
            count = 2 if kind in ("Add", "Concat") else 1
            row = (*row, draw(st.lists(st.sampled_from(ids), min_size=count, max_size=count)))
        rows.append(row)
    return stack(*rows)


@settings(max_examples=100, deadline=None)
@given(plausible(), st.sampled_from([1, 32]))
def test_each_fix_removes_its_problem_and_makes_no_error_at_its_layer(graph: Graph, batch: int):
    training = TrainingSection(batch_size=batch)
    report = check(graph, None, training)
    for problem in report.problems:
        for fix in problem.fixes:
            after = mend_project(Project(model=graph, training=training), problem.layer, fix)
            again = check(after.model, None, after.training)
            assert (problem.layer, problem.message) not in [(p.layer, p.message) for p in again.problems]
            if problem.severity == "warning":
                fresh = [p.layer for p in again.errors if p not in report.errors]
                assert problem.layer not in fresh, fix.label
