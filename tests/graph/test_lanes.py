import random
from itertools import pairwise

from effort import lines_run
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import graphs

from workbench.graph import Graph, Node
from workbench.graph.lanes import RowLanes, lanes
from workbench.layers import CATALOGUE

ADD, RELU, INPUT = CATALOGUE["Add"](), CATALOGUE["ReLU"](), CATALOGUE["Input"].model_validate({"shape": [1]})


def stack(links: dict[int, list[int]], size: int) -> Graph:
    """A stack in which row r reads ``links[r]``, else the row above."""
    nodes = []
    for row in range(size):
        inputs = tuple(f"l{source}" for source in links[row]) if row in links else None
        nodes.append(Node.model_construct(id=f"l{row}", layer=RELU if row else INPUT, inputs=inputs))
    return Graph(layers=tuple(nodes))


def linked(*links: tuple[int, int]) -> Graph:
    """A plain stack with these links, each from one row to another, on top."""
    reads: dict[int, list[int]] = {}
    for source, row in links:
        reads.setdefault(row, [row - 1]).append(source)
    return stack(reads, max(row for _, row in links) + 2)


def column_of(graph: Graph, source: int) -> int:
    (column,) = lanes(graph)[source].starts
    return column


def test_a_plain_stack_is_all_trunk():
    assert lanes(Graph()) == ()
    assert lanes(stack({}, 3)) == (
        RowLanes(False, True, (), (), ()),
        RowLanes(True, True, (), (), ()),
        RowLanes(True, False, (), (), ()),
    )


def test_a_skip_connection():
    assert lanes(linked((1, 3))) == (
        RowLanes(False, True, (), (), ()),
        RowLanes(True, True, (), (1,), ()),
        RowLanes(True, True, (1,), (), ()),
        RowLanes(True, True, (), (), (1,)),
        RowLanes(True, False, (), (), ()),
    )


def test_a_row_that_reads_past_the_row_above_interrupts_the_trunk():
    found = lanes(stack({2: [0], 3: [1, 2]}, 4))
    assert [(row.trunk_in, row.trunk_out) for row in found] == [
        (False, True), (True, False), (False, True), (True, False)
    ]  # fmt: skip
    assert (found[2].ends, found[3].ends) == ((1,), (2,))


def test_an_input_below_interrupts_the_trunk():
    nodes = [Node(id="a", layer=INPUT), Node(id="b", layer=INPUT), Node(id="c", layer=ADD, inputs=("a", "b"))]
    assert lanes(Graph(layers=tuple(nodes))) == (
        RowLanes(False, False, (), (1,), ()),
        RowLanes(False, True, (1,), (), ()),
        RowLanes(True, False, (), (), (1,)),
    )


def test_links_from_one_row_share_a_lane():
    found = lanes(linked((0, 2), (0, 4)))
    assert found[0].starts == (1,)
    assert [row.passing for row in found] == [(), (1,), (1,), (1,), (), ()]
    assert [row.ends for row in found] == [(), (), (1,), (), (1,), ()]


def test_a_link_named_twice_is_drawn_once():
    assert lanes(stack({3: [1, 1, 2, 2]}, 4)) == lanes(stack({3: [1, 2]}, 4))


def test_residual_blocks_one_below_the_other_use_one_lane():
    graph = linked((0, 3), (4, 7), (8, 11))
    assert {column_of(graph, source) for source in (0, 4, 8)} == {1}


def test_blocks_that_touch_in_a_row_keep_apart():
    graph = linked((0, 3), (3, 6), (6, 9))
    assert column_of(graph, 3) != column_of(graph, 0)
    assert max(column_of(graph, source) for source in (0, 3, 6)) == 2


def test_nested_links_the_shorter_the_nearer():
    graph = linked((0, 9), (1, 8), (3, 6), (10, 15), (11, 13))
    assert [column_of(graph, source) for source in (0, 1, 3, 10, 11)] == [3, 2, 1, 2, 1]


def touching(row: RowLanes) -> list[int]:
    """All lanes in a row, each once: one that passes and is read there is in two fields."""
    return sorted({*row.passing, *row.starts, *row.ends})


@given(graphs(25, st.just(RELU)))
@example(linked((0, 10), (2, 4), (8, 15), (12, 14)))
def test_lanes_lead_where_the_links_lead(graph: Graph):
    """Following the lanes down gives exactly the stack's links."""
    position = {node.id: row for row, node in enumerate(graph)}
    carried: dict[int, int] = {}  # column → the row that its lane comes from
    for row, found in enumerate(lanes(graph)):
        assert set(carried) == {*found.passing, *found.ends}
        sources = {carried[column] for column in found.ends} | ({row - 1} if found.trunk_in else set())
        assert sources == {position[name] for name in graph.inputs_of(row)}
        assert len(found.ends) == len(sources) - found.trunk_in, "a lane a link"
        carried = {column: carried[column] for column in found.passing}
        assert not set(found.starts) & {*found.passing, *found.ends}, "nothing overlaps"
        for column in found.starts:
            carried[column] = row
        for columns in found[2:]:
            assert list(columns) == sorted(set(columns))
            assert all(column >= 1 for column in columns)
    assert carried == {}


@given(graphs(25, st.just(RELU)))
@example(linked((0, 10), (2, 4), (8, 15), (12, 14)))
def test_no_more_columns_than_the_busiest_row_needs(graph: Graph):
    found = lanes(graph)
    busiest = max((len(touching(row)) for row in found), default=0)
    assert max((max(touching(row), default=0) for row in found), default=0) == busiest


@given(graphs(25, st.just(RELU)))
def test_the_trunk_joins_rows_that_read_the_row_above(graph: Graph):
    found = lanes(graph)
    for row, (above, below) in enumerate(pairwise(found)):
        assert above.trunk_out == below.trunk_in == (graph.layers[row].id in graph.inputs_of(row + 1))
    if found:
        assert not found[0].trunk_in
        assert not found[-1].trunk_out


@given(st.data())
def test_where_links_only_nest_the_shorter_is_nearer(data: st.DataObject):
    size = data.draw(st.integers(3, 30))
    spans: list[tuple[int, int]] = []

    def nest(low: int, high: int) -> None:
        while high - low >= 2 and data.draw(st.booleans()):
            start = data.draw(st.integers(low, high - 2))
            end = data.draw(st.integers(start + 2, high))
            spans.append((start, end))
            nest(start + 1, end - 1)
            low = end + 1

    nest(0, size - 1)
    if not spans:
        return
    graph = linked(*spans)
    for one in spans:
        for other in spans:
            if one[0] < other[0] and other[1] < one[1]:
                assert column_of(graph, other[0]) < column_of(graph, one[0])


def test_ten_thousand_layers_are_little_work():
    draw = random.Random(0)
    reads: dict[int, list[int]] = {}
    for _ in range(5_000):
        row = draw.randrange(2, 10_000)
        reads.setdefault(row, [row - 1]).append(draw.randrange(max(0, row - 50), row - 1))
    graph = stack(reads, 10_000)
    assert lines_run(lambda: lanes(graph)) < 50 * 10_000, "44 lines a layer: some 35 ms"
