import pytest
from hypothesis import given
from pydantic import ValidationError
from strategies import graphs

from workbench.graph import Graph, Node, Project
from workbench.layers import CATALOGUE


def stack(*rows: dict) -> Graph:
    return Graph.model_validate({"layers": rows})


def test_without_inputs_a_layer_reads_the_one_above():
    graph = stack(
        {"id": "a", "type": "Input", "params": {"shape": [2]}},
        {"id": "b", "type": "ReLU"},
        {"id": "c", "type": "Input", "params": {"shape": [2]}},
        {"id": "d", "type": "Add", "inputs": ["c", "a"]},
    )
    assert [graph.inputs_of(row) for row in range(4)] == [(), ("a",), (), ("c", "a")]


def test_the_first_layer_reads_nothing():
    assert stack({"id": "b", "type": "ReLU"}).inputs_of(0) == ()


def test_index():
    graph = stack({"id": "a", "type": "ReLU"}, {"id": "b", "type": "ReLU"})
    assert graph.index("b") == 1
    with pytest.raises(KeyError):
        graph.index("c")


@given(graphs())
def test_inputs_are_above(graph: Graph):
    ids = [node.id for node in graph]
    assert len(graph) == len(ids)
    for row in range(len(graph)):
        assert set(graph.inputs_of(row)) <= set(ids[:row])


def test_parts_are_frozen():
    project = Project(model=stack({"id": "a", "type": "Linear"}))
    node = project.model.layers[0]
    for part, name in ((project, "name"), (project.model, "layers"), (node, "id"), (node.layer, "bias")):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(part, name, "x")


@given(graphs())
def test_equal_stacks_are_equal_by_value(graph: Graph):
    again = Graph.model_validate(graph.model_dump(mode="json"))
    assert again == graph
    assert hash(again) == hash(graph)


def test_numbers_that_are_none_are_refused_in_layers_too():
    for value in (float("nan"), float("inf")):
        with pytest.raises(ValidationError, match="finite"):
            CATALOGUE["LeakyReLU"].model_validate({"negative_slope": value})


def test_a_node_is_made_from_a_layer_or_from_json():
    layer = CATALOGUE["Linear"].model_validate({"out_features": 3})
    assert Node(id="a", layer=layer) == Node.model_validate(
        {"id": "a", "type": "Linear", "params": {"out_features": 3}}
    )
