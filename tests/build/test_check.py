import pytest
import torch
from effort import lines_run
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import graphs, models

from workbench.build.check import Report, built, check
from workbench.errors import UserError
from workbench.graph import Graph, Project, edit
from workbench.graph.facts import Facts
from workbench.graph.mend import mend, mend_project
from workbench.layers import CATALOGUE, TensorSpec

DIGITS = Facts(TensorSpec((1, 8, 8)), "classification", 10)
IRIS = Facts(TensorSpec((4,)), "classification", 3)
CANCER = Facts(TensorSpec((30,)), "classification", 2)
HOUSES = Facts(TensorSpec((13,)), "regression")


def stack(*rows: tuple) -> Graph:
    """A stack from (id, type), (id, type, params) or (id, type, params, inputs)."""
    keys = ("id", "type", "params", "inputs")
    return Graph.model_validate({"layers": [dict(zip(keys, row, strict=False)) for row in rows]})


def vector(size: int) -> tuple:
    return ("in1", "Input", {"shape": [size]})


def only(report: Report, severity: str = "error"):
    (problem,) = report.problems
    assert problem.severity == severity
    assert problem.message.endswith(".")
    return problem


def mended(graph: Graph, facts: Facts | None = None, times: int = 1) -> Graph:
    """Apply the first fix of the first error, until there is none."""
    for _ in range(times):
        problem = check(graph, facts).errors[0]
        graph = mend(graph, problem.layer, problem.fixes[0])
    assert check(graph, facts).errors == ()
    return graph


def test_a_row_a_layer():
    graph = stack(
        ("in1", "Input", {"shape": [1, 8, 8]}),
        ("conv1", "Conv2d", {"out_channels": 4, "padding": "same"}),
        ("flat1", "Flatten"),
        ("fc1", "Linear", {"out_features": 10}),
    )
    report = check(graph, DIGITS)
    assert report.problems == report.errors == ()
    assert [(row.id, row.type) for row in report.rows] == [(node.id, node.type) for node in graph]
    assert [row.output.shape for row in report.rows if row.output] == [(1, 8, 8), (4, 8, 8), (256,), (10,)]
    assert [row.params for row in report.rows] == [0, 4 * 9 + 4, 0, 256 * 10 + 10]
    assert [row.flops for row in report.rows] == [0, 2 * 9 * 4 * 64, 0, 2 * 256 * 10]
    assert (report.params, report.flops) == (40 + 2570, 4608 + 5120)


def test_an_empty_stack():
    problem = only(check(Graph()))
    assert (problem.layer, problem.message) == ("", "The stack is empty. Add a layer.")


def test_a_stack_without_input():
    assert "Put an Input first" in only(check(stack(("fc1", "Linear")))).message
    graph = mended(stack(("fc1", "Linear", {"out_features": 3})), IRIS)
    assert [node.type for node in graph] == ["Input", "Linear"]


def test_what_depends_on_a_fault_has_no_shape_and_no_problem_of_its_own():
    graph = stack(
        vector(4), ("conv1", "Conv2d"), ("relu1", "ReLU"), ("fc1", "Linear", {}, ["in1"]),
        ("add1", "Add", {}, ["relu1", "fc1"]), ("fc2", "Linear"),
    )  # fmt: skip
    report = check(graph)
    assert only(report).layer == "conv1"
    assert [row.output is None for row in report.rows] == [False, True, True, False, True, True]
    assert report.rows[1].flops is None


def test_two_faults_apart_are_both_told():
    graph = stack(vector(4), ("c1", "Conv2d"), ("c2", "Conv1d", {}, ["in1"]), ("a1", "Add", {}, ["c1", "c2"]))
    assert [problem.layer for problem in check(graph).errors] == ["c1", "c2"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("b", "Add", {}, ["in1"]), "Add joins 2 or more inputs, but has 1"),
        (("b", "Add"), "Add joins 2 or more inputs, but has 1"),
        (("b", "Linear", {}, ["in1", "in1"]), "Linear takes 1 input, but has 2"),
        (("b", "Linear", {}, []), "Linear reads nothing"),
        (("b", "Input", {"shape": [1]}, ["in1"]), "Input takes 0 inputs, but has 1"),
    ],
)
def test_numbers_of_inputs(row: tuple, said: str):
    problem = check(stack(vector(4), row)).errors[0]
    assert said in problem.message
    assert [fix.action for fix in problem.fixes] == ["remove"]


def test_a_layer_that_nothing_reads():
    graph = stack(vector(4), ("a", "ReLU"), ("b", "Linear", {}, ["in1"]))
    problem = only(check(graph), "warning")
    assert (problem.layer, problem.message) == (
        "a", "Nothing reads a, so it does no work. Connect it or remove it."
    )  # fmt: skip
    assert check(graph).errors == ()
    assert check(mend(graph, "a", problem.fixes[0])).problems == ()


def test_pooled_to_nothing():
    graph = stack(("in1", "Input", {"shape": [1, 2, 2]}), *((f"p{n}", "MaxPool2d") for n in range(2)))
    assert "The 2×2 kernel is larger than the 1×1" in only(check(graph)).message


@pytest.mark.parametrize("kind", ["Embedding", "EmbeddingBag"])
def test_an_embedding_knows_all_ids_of_the_data(kind: str):
    graph = stack(
        ("in1", "Input", {"shape": [5], "dtype": "int64"}),
        ("emb1", kind, {"num_embeddings": 7, "embedding_dim": 4}),
        *([("mean1", "MeanOverTime")] if kind == "Embedding" else []),
        ("fc1", "Linear", {"out_features": 3}),
    )
    ids = Facts(TensorSpec((5,), "int64"), "classification", 3, 8)
    problem = only(check(graph, ids))
    assert (problem.layer, problem.severity) == ("emb1", "error")
    assert "ids of 0 to 7, but there are vectors for 7 only" in problem.message
    (fix,) = problem.fixes
    assert fix.params == (("num_embeddings", 8),)
    assert not check(graph, ids._replace(ids=7)).problems


class TestInput:
    def test_of_another_shape(self):
        graph = stack(
            ("in1", "Input", {"shape": [64]}), ("flat1", "Flatten"), ("fc1", "Linear", {"out_features": 10})
        )
        assert (
            "samples of 1×8×8 (float32), but the Input is 64 (float32)" in only(check(graph, DIGITS)).message
        )
        assert mended(graph, DIGITS).layers[0].layer.shape == (1, 8, 8)

    def test_of_another_dtype(self):
        ids = Facts(TensorSpec((5,), "int64"), "regression")
        graph = stack(
            vector(5), ("emb", "Embedding"), ("flat", "Flatten"), ("fc", "Linear", {"out_features": 1})
        )
        problems = check(graph, ids).errors
        assert {problem.layer for problem in problems} == {"in1", "emb"}
        fix = next(problem for problem in problems if problem.layer == "in1").fixes[0]
        assert check(mend(graph, "in1", fix), ids).problems == ()

    def test_more_than_one(self):
        graph = stack(
            vector(4), ("in2", "Input", {"shape": [4]}), ("a", "Add", {}, ["in1", "in2"]),
            ("fc", "Linear", {"out_features": 3}),
        )  # fmt: skip
        assert check(graph).errors == ()
        assert only(check(graph, IRIS)).layer == "in2"


class TestOutput:
    @pytest.mark.parametrize(("facts", "width", "last"), [
        (IRIS, 3, None), (IRIS, 3, "Softmax"), (CANCER, 2, None), (CANCER, 2, "Softmax"),
        (CANCER, 1, None), (CANCER, 1, "Sigmoid"), (HOUSES, 1, None), (HOUSES, 1, "ReLU"),
    ])  # fmt: skip
    def test_that_fits(self, facts: Facts, width: int, last: str | None):
        rows = [vector(facts.sample.shape[0]), ("fc", "Linear", {"out_features": width})]
        assert check(stack(*rows, *([("last", last)] if last else [])), facts).problems == ()

    @pytest.mark.parametrize(("facts", "width", "said"), [
        (IRIS, 4, "a score for each of 3 classes (3), but the stack gives 4"),
        (IRIS, 1, "a score for each of 3 classes (3), but the stack gives 1"),
        (HOUSES, 2, "one value a sample (1), but the stack gives 2"),
    ])  # fmt: skip
    def test_of_another_width(self, facts: Facts, width: int, said: str):
        graph = stack(vector(facts.sample.shape[0]), ("fc", "Linear", {"out_features": width}))
        assert said in only(check(graph, facts)).message
        assert len(mended(graph, facts)) == 2

    def test_of_another_width_behind_an_activation(self):
        """It is the Linear that decides the width: one more behind a Softmax would help nobody."""
        graph = stack(
            vector(4), ("fc", "Linear", {"out_features": 7}), ("drop", "Dropout"), ("soft", "Softmax")
        )
        assert only(check(graph, IRIS)).layer == "fc"
        assert mended(graph, IRIS).layers[1].layer.out_features == 3

    def test_of_another_width_behind_a_linear_that_others_read(self):
        graph = stack(
            vector(4),
            ("fc", "Linear", {"out_features": 4}),
            ("relu", "ReLU"),
            ("add", "Add", {}, ["relu", "fc"]),
        )
        assert [node.type for node in mended(graph, IRIS)] == ["Input", "Linear", "ReLU", "Add", "Linear"]

    def test_of_more_dimensions(self):
        graph = mended(stack(("in1", "Input", {"shape": [1, 8, 8]}), ("conv", "Conv2d")), DIGITS, times=2)
        assert [node.type for node in graph] == ["Input", "Conv2d", "Flatten", "Linear"]

    def test_of_ids(self):
        ids = Facts(TensorSpec((3,), "int64"), "classification", 3)
        graph = stack(("in1", "Input", {"shape": [3], "dtype": "int64"}))
        assert only(check(graph, ids)).layer == "in1"

    def test_softmax_of_one_value(self):
        graph = stack(vector(30), ("fc", "Linear", {"out_features": 1}), ("soft", "Softmax"))
        assert "always 1" in only(check(graph, CANCER)).message
        assert mended(graph, CANCER).layers[2].type == "Sigmoid"
        graph = stack(vector(13), ("fc", "Linear", {"out_features": 1}), ("soft", "Softmax"))
        assert len(mended(graph, HOUSES)) == 2

    def test_sigmoid_of_several_classes_is_a_warning(self):
        graph = stack(vector(4), ("fc", "Linear", {"out_features": 3}), ("sig", "Sigmoid"))
        problem = only(check(graph, IRIS), "warning")
        assert check(mend(graph, "sig", problem.fixes[0]), IRIS).problems == ()


class TestStandardize:
    def test_at_both_ends(self):
        graph = stack(
            vector(13), ("std", "Standardize"), ("fc", "Linear", {"out_features": 1}),
            ("back", "Standardize", {"invert": True}),
        )  # fmt: skip
        assert check(graph, HOUSES).problems == ()

    @pytest.mark.parametrize("facts", [HOUSES, CANCER])
    def test_in_the_middle(self, facts: Facts):
        graph = stack(
            vector(facts.sample.shape[0]), ("a", "ReLU"), ("std", "Standardize"),
            ("fc", "Linear", {"out_features": 1}),
        )  # fmt: skip
        assert "must read the Input" in only(check(graph, facts)).message
        assert mended(graph, facts).layers[2].type == "LayerNorm"

    def test_inverted_for_classes(self):
        graph = stack(
            vector(4), ("fc", "Linear", {"out_features": 3}), ("back", "Standardize", {"invert": True})
        )
        assert "classes have none" in only(check(graph, IRIS)).message
        mended(graph, IRIS)

    def test_inverted_before_the_end(self):
        graph = stack(
            vector(13), ("back", "Standardize", {"invert": True}), ("fc", "Linear", {"out_features": 1})
        )
        assert "must be the last layer" in only(check(graph, HOUSES)).message
        mended(graph, HOUSES)


class TestBuilt:
    def test_raises_the_first_error(self):
        with pytest.raises(UserError, match="layer conv1: Conv2d reads an image"):
            built(stack(vector(4), ("conv1", "Conv2d")))
        with pytest.raises(UserError, match="model: The stack is empty"):
            built(Graph())
        with pytest.raises(UserError, match="layer fc1: The task needs"):
            built(stack(vector(4), ("fc1", "Linear")), IRIS)

    def test_warnings_stop_nothing(self):
        built(stack(vector(4), ("a", "ReLU"), ("b", "Linear", {}, ["in1"])))

    def test_weights_that_no_memory_can_hold(self):
        wide = {"out_features": 1_000_000}
        graph = stack(vector(1_000_000), ("a", "Linear", wide), ("b", "Linear", {"out_features": 2}))
        assert check(graph).params == 10**12 + 10**6 + 2 * 10**6 + 2
        with pytest.raises(
            UserError, match=r"layer a: The stack's 1,000,003,000,002 parameters take 3,725 GiB"
        ):
            built(graph)


def test_what_torch_alone_refuses_is_told_at_its_layer(monkeypatch: pytest.MonkeyPatch):
    """Should a layer's own checks miss something, torch's first line is shown, not a traceback."""
    graph = stack(("in1", "Input", {"shape": [1, 3, 3]}), ("c", "Conv2d", {"kernel_size": 5}), ("d", "ReLU"))
    monkeypatch.setattr(CATALOGUE["Conv2d"], "misfit", lambda *_: None)
    report = check(graph)
    problem = only(report)
    assert (problem.layer, report.rows[1].output) == ("c", None)
    assert problem.message.startswith("Conv2d can't run on 1×3×3: ")
    assert "\n" not in problem.message


small = st.sampled_from(list(CATALOGUE.values())).flatmap(models)


@settings(max_examples=60, deadline=None)
@given(graphs(8, small), st.sampled_from([None, DIGITS, IRIS, HOUSES]))
def test_any_stack_can_be_checked_and_each_fix_applied(graph: Graph, facts: Facts | None):
    report = check(graph, facts)
    assert [row.id for row in report.rows] == [node.id for node in graph]
    for problem in report.problems:
        for fix in problem.fixes:
            try:
                after = mend_project(Project(model=graph), problem.layer, fix).model
            except UserError:
                continue
            left = [(p.layer, p.message) for p in check(after, facts).problems]
            assert (problem.layer, problem.message) not in left, fix.label


KINDS = [
    "Linear",
    "ReLU",
    "BatchNorm1d",
    "Add",
    "Multiply",
    "Concat",
    "LayerNorm",
    "Softmax",
    "Flatten",
    "Input",
]
SET = {"Linear": {"out_features": 4}, "Input": {"shape": [4]}}


@st.composite
def sound(draw: st.DrawFn) -> Graph:
    """Stacks of layers on vectors of four that can be built: faulty rows are taken out again."""
    rows: list[dict] = [{"id": "in0", "type": "Input", "params": {"shape": [4]}}]
    for number in range(draw(st.integers(1, 10))):
        ids = [row["id"] for row in rows]
        kind = draw(st.sampled_from(KINDS))
        merge = CATALOGUE[kind].arity[0] == 2
        name = draw(st.sampled_from(["x", "x_out", "torch", "self_", "nn"]))
        row = {"id": name, "type": kind, "params": SET.get(kind, {})}
        if row["id"] in ids:
            row["id"] = f"l{number}"
        if merge or (kind != "Input" and draw(st.booleans())):
            count = draw(st.integers(2, 3)) if merge else 1
            row["inputs"] = draw(st.lists(st.sampled_from(ids), min_size=count, max_size=count))
        if not check(Graph.model_validate({"layers": [*rows, row]})).errors:
            rows.append(row)
    return Graph.model_validate({"layers": rows})


@settings(max_examples=60, deadline=None)
@given(sound())
def test_a_sound_stack_computes_what_its_layers_compute_one_by_one(graph: Graph):
    from workbench.build.code import source

    torch.manual_seed(0)
    model = built(graph).eval()
    inputs = [torch.randn(3, 4) for _ in model.input_ids]
    values = dict(zip(model.input_ids, inputs, strict=True))
    for row, node in enumerate(graph):
        if node.type != "Input":
            values[node.id] = getattr(model, node.id)(*(values[name] for name in graph.inputs_of(row)))
    output = model(*inputs)
    assert torch.equal(output, values[graph.layers[-1].id])
    for row, checked in zip(graph, check(graph).rows, strict=True):
        assert checked.output is not None
        assert tuple(values[row.id].shape[1:]) == checked.output.shape

    space: dict = {}
    exec(source(graph), space)
    alone = space["Model"]().eval()
    alone.load_state_dict(model.state_dict(), strict=True)
    assert torch.equal(alone(*inputs), output), "the generated code too"


def test_a_large_stack_is_checked_in_time():
    """An edit of a stack of 2,000 layers is little work to check: only what changed is worked out."""
    rows = [vector(16)]
    for number in range(0, 2_000, 2):
        rows += [(f"fc{number}", "Linear", {"out_features": 16}), (f"relu{number}", "ReLU")]
    graph = stack(*rows)
    report = check(graph)
    assert report.errors == ()
    for number in range(0, 200, 20):
        graph = edit.set_params(graph, f"fc{number}", {"bias": False})
        reports = [report]
        spent = lines_run(lambda: reports.append(check(graph, None, None, reports[0])))  # noqa: B023
        assert spent < 45 * 2_000, "34 lines a layer: 3 ms"
        report = reports[1]
