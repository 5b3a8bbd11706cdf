"""How skip connections are drawn beside the rows, as a version-control log draws branches."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from heapq import heappop, heappush
from typing import NamedTuple

from workbench.graph.project import Graph


class RowLanes(NamedTuple):
    """What is drawn beside one row. Column 0 is the trunk; the lanes of other links are columns from 1.

    A lane that several rows read passes through all of them but the last, and is in ``ends`` of each.
    """

    trunk_in: bool
    """Whether the row reads the row above it."""
    trunk_out: bool
    """Whether the row below reads it."""
    passing: tuple[int, ...]
    """Lanes that come from above and go on below, ascending."""
    starts: tuple[int, ...]
    """Lanes that leave this row downwards."""
    ends: tuple[int, ...]
    """Lanes that this row reads, ascending."""


class _Lane(NamedTuple):
    """All links from one row that skip rows: from ``start`` to the last row that reads it, inclusive."""

    start: int
    end: int


def lanes(graph: Graph) -> tuple[RowLanes, ...]:
    """Return what to draw beside each row of a stack, in O(n log n) and the size of the answer.

    A row that reads the row above it hangs on the trunk. All other links from one row share a lane. Lanes
    that touch a common row get different columns, and there are no more columns than the busiest row needs.
    Where lanes only nest, the shorter lies nearer the trunk.
    """
    position = {node.id: row for row, node in enumerate(graph)}
    return lanes_of([{position[name] for name in names} for names in graph.sources()])


def lanes_of(reads: Sequence[AbstractSet[int]]) -> tuple[RowLanes, ...]:
    """Return what `lanes` does, for rows of which each reads these rows further up."""
    trunk = [row - 1 in sources for row, sources in enumerate(reads)] + [False]
    skips = [tuple(sources - {row - 1}) for row, sources in enumerate(reads)]
    last = {source: row for row, sources in enumerate(skips) for source in sources}
    columns = _columns(sorted(_Lane(start, end) for start, end in last.items()))

    rows: list[RowLanes] = []
    active: list[int] = []
    passing: tuple[int, ...] = ()
    for row, sources in enumerate(skips):
        ends: tuple[int, ...] = ()
        if sources:
            ends = tuple(sorted([columns[source] for source in sources]))
            for source in sources:
                if last[source] == row:
                    del active[bisect_left(active, columns[source])]
            passing = tuple(active)
        starts = (columns[row],) if row in columns else ()
        rows.append(RowLanes(trunk[row], trunk[row + 1], passing, starts, ends))
        if starts:
            insort(active, starts[0])
            passing = tuple(active)
    return tuple(rows)


def _columns(spans: list[_Lane]) -> dict[int, int]:
    """Give each lane, by its start, a column; ``spans`` are sorted by start.

    Sweeping down, any free column of the cluster will do to need no more than its busiest row has. Taking
    the first that is as far out as the lanes nested in this one are deep puts short ones near the trunk.
    """
    wish = _depths(spans)
    columns: dict[int, int] = {}
    for cluster in _clusters(spans):
        free = list(range(1, _busiest(cluster) + 1))
        busy: list[tuple[int, int]] = []
        for span in cluster:
            while busy and busy[0][0] < span.start:
                insort(free, heappop(busy)[1])
            column = free.pop(min(bisect_left(free, wish[span.start]), len(free) - 1))
            columns[span.start] = column
            heappush(busy, (span.end, column))
    return columns


def _clusters(spans: list[_Lane]) -> Iterable[list[_Lane]]:
    """Split lanes where a row has none."""
    cluster: list[_Lane] = []
    reach = -1
    for span in spans:
        if cluster and span.start > reach:
            yield cluster
            cluster = []
        cluster.append(span)
        reach = max(reach, span.end)
    if cluster:
        yield cluster


def _busiest(cluster: list[_Lane]) -> int:
    """The most lanes that touch one row."""
    ends: list[int] = []
    most = 0
    for span in cluster:
        while ends and ends[0] < span.start:
            heappop(ends)
        heappush(ends, span.end)
        most = max(most, len(ends))
    return most


def _depths(spans: list[_Lane]) -> dict[int, int]:
    """For each lane, by its start: 1 and the longest chain of lanes nested in one another within it."""
    order = {span.start: len(spans) - index for index, span in enumerate(spans)}
    best = [0] * (len(spans) + 1)  # a Fenwick tree of maxima: a lane starting later has a lower place in it
    depths: dict[int, int] = {}
    for span in sorted(spans, key=lambda span: (span.end, -span.start)):
        place, depth = order[span.start], 1
        while place:
            if best[place] >= depth:
                depth = best[place] + 1
            place &= place - 1
        depths[span.start] = depth
        place = order[span.start]
        while place <= len(spans) and best[place] < depth:
            best[place] = depth
            place += place & -place
    return depths
