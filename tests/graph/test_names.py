import keyword

import pytest

from workbench.build.check import built
from workbench.graph import Graph
from workbench.graph.names import PATTERN, RESERVED, why_not


def model_with(name: str):
    rows = [{"id": name, "type": "Input", "params": {"shape": [2]}}, {"id": "a", "type": "ReLU"}]
    return built(Graph.model_validate({"layers": rows}))


def test_reserved_names_are_the_attributes_of_the_module():
    """Torch refuses a submodule called like an attribute; a new release of torch may have more of them."""
    model = model_with("free")
    own = {name for name in (*dir(model), *vars(model)) if PATTERN.fullmatch(name)}
    assert own - {"free", "a"} | {"self"} == RESERVED


@pytest.mark.parametrize("name", ["a", "Z9_", "conv1", "x", "torch", "nn", "match", "type_", "a" * 64])
def test_free_names(name: str):
    assert why_not(name) is None
    assert name in model_with(name if name != "a" else "b").layer_ids


@pytest.mark.parametrize(
    "name", ["", "1a", "_a", "a b", "a.b", "é", "a\n", "a-b", "a" * 65, *sorted(RESERVED)]
)
def test_names_that_cannot_be(name: str):
    assert why_not(name)


def test_keywords_cannot_be():
    assert all(why_not(word) for word in keyword.kwlist)


def test_a_long_name_is_not_told_whole():
    assert len(why_not("a" * 10_000) or "") < 200
