"""Layers put between others so that they fit."""

import pytest
from param_stacks import chain, entrance, stack

from workbench.build.check import check
from workbench.graph import Graph
from workbench.graph.mend import mend
from workbench.layers import CATALOGUE, Fix

MERGES = [
    name for name, kind in CATALOGUE.items() if kind.group == "merge" and name not in ("Concat", "Stack")
]


def offered(graph: Graph, action: str) -> list[Fix]:
    (problem,) = check(graph).errors
    return [fix for fix in problem.fixes if fix.action == action]


def mended(graph: Graph, action: str) -> tuple[str, Graph]:
    """The label of the first fix of this kind, and the stack after it, which has no problem left."""
    (problem,) = check(graph).errors
    fix = offered(graph, action)[0]
    after = mend(graph, problem.layer, fix)
    assert check(after).errors == ()
    return fix.label, after


def skip(merge: str, shape: tuple[int, ...], *trunk: tuple) -> Graph:
    """An Input and a ReLU, whose values go past some layers to a merge layer."""
    rows = [(f"l{n}", *row) for n, row in enumerate(trunk)]
    return stack(entrance(*shape), ("relu1", "ReLU"), *rows, ("join", merge, {}, ["relu1", rows[-1][0]]))


DOWN = ("Conv2d", {"out_channels": 64, "stride": 2, "padding": 1})


class TestProjection:
    @pytest.mark.parametrize("merge", ["Add", "Multiply", "Maximum", "Subtract"])
    def test_of_an_image(self, merge: str):
        label, after = mended(skip(merge, (16, 33, 20), DOWN), "insert_on_link")
        assert label == "Insert a 1×1 Conv2d 64 /2 on the skip from relu1"
        assert [node.type for node in after] == ["Input", "ReLU", "Conv2d", "Conv2d", merge]
        assert after.layers[3].inputs == ("relu1",)
        assert after.layers[4].inputs == (after.layers[3].id, "l0")
        assert check(after).rows[-1].output.shape == (64, 17, 10)

    def test_it_is_the_first_that_is_offered(self):
        (problem,) = check(skip("Add", (16, 33, 20), DOWN)).errors
        assert problem.fixes[0].action == "insert_on_link"

    def test_of_channels_only(self):
        label, _ = mended(skip("Add", (16, 8, 8), ("Conv2d", {"padding": "same"})), "insert_on_link")
        assert label == "Insert a 1×1 Conv2d 32 on the skip from relu1"

    def test_with_a_stride_a_direction(self):
        trunk = ("AvgPool2d", {"kernel_size": (2, 1)})
        label, _ = mended(skip("Add", (16, 8, 8), trunk), "insert_on_link")
        assert label == "Insert a 1×1 Conv2d 16 /2×1 on the skip from relu1"

    @pytest.mark.parametrize(
        ("shape", "trunk", "label"),
        [
            ((8,), ("Linear", {"out_features": 20}), "Insert a Linear 20 on the skip from relu1"),
            ((5, 8), ("Linear", {"out_features": 20}), "Insert a Linear 20 on the skip from relu1"),
            (
                (4, 20),
                ("Conv1d", {"stride": 2, "padding": 1}),
                "Insert a 1 Conv1d 32 /2 on the skip from relu1",
            ),
            (
                (2, 6, 6, 6),
                ("Conv3d", {"padding": "same"}),
                "Insert a 1×1×1 Conv3d 32 on the skip from relu1",
            ),
        ],
    )
    def test_of_other_shapes(self, shape: tuple[int, ...], trunk: tuple, label: str):
        graph = skip("Add", shape, trunk)
        assert mended(graph, "insert_on_link")[0] == label

    def test_of_the_skip_among_several(self):
        graph = stack(
            entrance(8), ("a", "Linear", {"out_features": 6}), ("b", "Tanh"),
            ("join", "Add", {}, ["a", "in1", "b"]),
        )  # fmt: skip
        assert mended(graph, "insert_on_link")[1].layers[-1].inputs == ("a", "linear1", "b")

    @pytest.mark.parametrize(
        "graph",
        [
            skip("Add", (16, 4, 4), ("Upsample", {})),
            skip("Add", (16, 6, 6), ("Flatten", {})),
            skip("Add", (2, 6, 6, 6), ("Conv3d", {})),
            stack(
                entrance(8), ("a", "Linear", {"out_features": 6}), ("b", "Linear", {"out_features": 5}),
                ("join", "Add", {}, ["a", "in1", "b"]),
            ),
            stack(entrance(5, 8), entrance(7, 8, name="in2"), ("join", "Add", {}, ["in1", "in2"])),
        ],
        ids=["smaller", "other rank", "between strides", "two skips", "lengths"],
    )  # fmt: skip
    def test_where_none_can_help(self, graph: Graph):
        assert offered(graph, "insert_on_link") == []


class TestInsertions:
    def test_a_vector_goes_back_to_the_image_it_was(self):
        graph = chain((3, 8, 4), "Flatten", "Conv2d")
        label, after = mended(graph, "insert_before")
        assert label == "Insert Unflatten to 3×8×4"
        assert check(after).rows[2].output.shape == (3, 8, 4)

    def test_a_vector_as_a_square(self):
        assert mended(chain((784,), "Conv2d"), "insert_before")[0] == "Insert Unflatten to 1×28×28"
        assert mended(chain((3 * 64,), "Conv2d"), "insert_before")[0] == "Insert Unflatten to 3×8×8"

    def test_a_vector_as_a_sequence(self):
        assert mended(chain((30,), "Conv1d"), "insert_before")[0] == "Insert Unflatten to 1×30"
        assert mended(chain((30,), "LSTM"), "insert_before")[0] == "Insert Unflatten to 30×1"

    def test_ids_as_numbers(self):
        graph = stack(entrance(12, dtype="int64"), ("a", "Linear"))
        labels = [fix.label for fix in offered(graph, "insert_before")]
        assert labels == ["Insert Embedding", "Insert Cast to float32"]
        (problem,) = check(graph).errors
        for fix in problem.fixes:
            assert check(mend(graph, "a", fix)).errors == (), fix.label

    def test_numbers_as_ids(self):
        assert [fix.type for fix in offered(chain((12,), "Embedding"), "insert_before")] == ["Cast"]

    def test_no_more_flattens_than_one(self):
        assert [fix.label for fix in offered(chain((3, 8, 4, 2), "BatchNorm1d"), "insert_before")] == [
            "Insert Flatten"
        ]
