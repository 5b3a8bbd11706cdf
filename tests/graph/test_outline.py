"""What is shown of a stack with blocks, open and folded."""

from hypothesis import given
from hypothesis import strategies as st
from stacks import stack
from strategies import graphs

from workbench.graph import Graph, grouping
from workbench.graph.lanes import lanes
from workbench.graph.outline import line_lanes, outline

NESTED = stack(
    "a Input",
    "s1/r1/b Linear",
    "s1/r1/c Add a b",
    "s1/r2/d Linear",
    "s1/r2/e Add c d",
    "s1/f ReLU",
    "g Concat f a",
    s1="Stage",
    r1="Res",
    r2="Res",
)


def shown(graph: Graph, *folded: str) -> list[str]:
    lines = outline(graph, frozenset(folded))
    return ["  " * line.depth + line.id + (f" ×{line.times}" if line.folded else "") for line in lines]


def test_open_blocks_have_a_line_above_their_layers():
    assert shown(NESTED) == [
        "a", "s1", "  r1", "    b", "    c", "  r2", "    d", "    e", "  f", "g"
    ]  # fmt: skip


def test_folded():
    assert shown(NESTED, "s1") == ["a", "s1 ×1", "g"]
    assert shown(NESTED, "r1") == ["a", "s1", "  r1 ×1", "  r2", "    d", "    e", "  f", "g"]


def test_folded_copies_share_a_line():
    assert shown(NESTED, "r1", "r2") == ["a", "s1", "  r1 ×2", "  f", "g"]


def test_lanes_go_to_folded_lines_and_past_heads():
    lines = outline(NESTED, frozenset({"r1", "r2"}))
    drawn = line_lanes(NESTED, lines)
    assert [(lane.trunk_in, lane.trunk_out) for lane in drawn] == [
        (False, True), (True, True), (True, True), (True, True), (True, False)
    ]  # fmt: skip
    assert [lane.passing for lane in drawn] == [(), (1,), (1,), (1,), ()]
    assert drawn[-1].ends == (1,)


@given(graphs(), st.data())
def test_any(graph: Graph, data: st.DataObject):
    if len(graph):
        ids = [node.id for node in graph]
        at = data.draw(st.integers(0, len(ids) - 1))
        graph, name = grouping.group(graph, ids[at : at + 3], "X")
        assert line_lanes(graph, outline(graph, {name}))[at].passing is not None
    lines = outline(graph)
    layers = [line.node for line in lines if line.node]
    assert layers == list(graph)
    drawn = line_lanes(graph, lines)
    assert tuple(lane for lane, line in zip(drawn, lines, strict=True) if line.node) == lanes(graph)
