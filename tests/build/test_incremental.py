"""Going on from the last report gives the same as checking from scratch, whatever was edited."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from param_stacks import chain
from strategies import graphs, layers

from workbench.build import rows
from workbench.build.check import Report, check
from workbench.errors import UserError
from workbench.graph import Graph, TrainingSection, edit
from workbench.graph.bypass import set_bypass
from workbench.graph.facts import Facts
from workbench.graph.mend import mend
from workbench.layers import TensorSpec

DIGITS = Facts(TensorSpec((1, 8, 8)), "classification", 10)


def edited(draw: st.DrawFn, graph: Graph, report: Report) -> Graph:
    """The stack after one edit of any kind."""
    ids = [node.id for node in graph] or ["none"]
    chosen = draw(st.sampled_from(ids))
    row = draw(st.integers(0, len(graph)))
    kind = draw(st.sampled_from(["insert", "remove", "move", "replace", "inputs", "bypass", "mend"]))
    if kind == "insert":
        return edit.insert(graph, row, draw(layers()))[0]
    if kind == "remove":
        return edit.remove(graph, [chosen])
    if kind == "move":
        return edit.move(graph, [chosen], row)
    if kind == "bypass":
        return set_bypass(graph, [chosen], draw(st.booleans()))
    if kind == "mend":
        fixes = [(problem.layer, fix) for problem in report.problems for fix in problem.fixes]
        return mend(graph, *draw(st.sampled_from(fixes))) if fixes else graph
    if kind == "replace":
        changed = [
            node.model_copy(update={"layer": draw(layers())}) if node.id == chosen else node for node in graph
        ]
        return Graph(layers=tuple(changed), blocks=graph.blocks)
    return edit.set_inputs(graph, chosen, draw(st.none() | st.lists(st.sampled_from(ids), max_size=2)))


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_edits_one_after_the_other(data: st.DataObject):
    graph = data.draw(graphs(8))
    report = check(graph)
    for _ in range(data.draw(st.integers(1, 6))):
        try:
            graph = edited(data.draw, graph, report)
        except (UserError, KeyError):
            continue
        facts = data.draw(st.sampled_from([None, DIGITS]))
        training = data.draw(st.sampled_from([None, TrainingSection(batch_size=1, loss="bce")]))
        report = check(graph, facts, training, report)
        assert report == check(graph, facts, training)


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The rows that are worked out."""
    seen: list[int] = []
    real = rows._row

    def watched(graph, index, *rest):
        seen.append(index)
        return real(graph, index, *rest)

    monkeypatch.setattr(rows, "_row", watched)
    return seen


def test_only_what_an_edit_changes_is_worked_out(worked_out: list[int]):
    graph = chain((8,), *["Linear", "ReLU"] * 20)
    report = check(graph)
    worked_out.clear()
    graph = edit.set_params(graph, "l11", {"bias": False})
    report = check(graph, None, None, report)
    assert worked_out == [0, 11], "the Input is always looked at: it may have to fit data"
    worked_out.clear()
    check(edit.set_params(graph, "l11", {"out_features": 32}), None, None, report)
    assert worked_out == [0, 11, 12, 13], "the next Linear gives what it gave"
    worked_out.clear()
    check(edit.insert(graph, 11, graph.layers[2].layer)[0], None, None, report)
    assert worked_out == [0, 11]


def test_the_same_stack_again_costs_nothing(worked_out: list[int]):
    graph = chain((8,), *["Linear", "ReLU"] * 20)
    report = check(graph)
    worked_out.clear()
    assert check(graph, None, None, report) == report
    assert worked_out == [0]
