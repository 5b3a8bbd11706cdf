import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import IDS, graphs, layers

from workbench.errors import UserError
from workbench.graph import Graph, edit
from workbench.graph.names import why_not
from workbench.layers import CATALOGUE


def stack(*rows: str) -> Graph:
    """A stack from lines such as "b Linear" or "c Add a b": id, type, inputs."""
    made = []
    for line in rows:
        name, kind, *inputs = line.split()
        params = {"params": {"shape": [4]}} if kind == "Input" else {}
        made.append({"id": name, "type": kind, **params, **({"inputs": inputs} if inputs else {})})
    return Graph.model_validate({"layers": made})


def written(graph: Graph) -> list[str]:
    return [" ".join([node.id, node.type, *(node.inputs or ())]) for node in graph]


RELU, ADD = CATALOGUE["ReLU"](), CATALOGUE["Add"]()
BRANCH = stack("a Input", "b Linear", "c Linear a", "d Add b c", "e ReLU")


class TestInsert:
    def test_the_row_below_reads_the_new_layer(self):
        graph, name = edit.insert(stack("a Input", "b Linear"), 1, RELU)
        assert written(graph) == ["a Input", "relu1 ReLU", "b Linear"]
        assert name == "relu1"
        assert graph.inputs_of(2) == ("relu1",)

    def test_a_named_link_stays(self):
        graph, _ = edit.insert(stack("a Input", "b Linear a"), 1, RELU)
        assert graph.inputs_of(2) == ("a",)

    def test_a_merge_layer_is_whole_from_the_start(self):
        graph, _ = edit.insert(stack("a Input", "b Linear", "c ReLU"), 2, ADD)
        assert written(graph) == ["a Input", "b Linear", "add1 Add a b", "c ReLU"]

    @pytest.mark.parametrize(("row", "at"), [(-5, 0), (99, 2)])
    def test_a_row_out_of_range_is_an_end(self, row: int, at: int):
        graph, name = edit.insert(stack("a Input", "b Linear"), row, RELU)
        assert graph.index(name) == at

    def test_ids_are_the_types_word_and_the_next_number(self):
        graph = Graph()
        for _ in range(3):
            graph, _ = edit.insert(graph, len(graph), CATALOGUE["Conv2d"]())
        assert [node.id for node in graph] == ["conv1", "conv2", "conv3"]
        assert edit.new_id(edit.remove(graph, ["conv2"]), "Conv2d") == "conv2"

    @given(graphs(), layers(), st.integers(-2, 15))
    def test_any(self, graph: Graph, layer, row: int):
        after, name = edit.insert(graph, row, layer)
        assert valid(after)
        assert after.layers[after.index(name)].layer == layer
        assert [node for node in after if node.id != name] == list(graph)


class TestRemove:
    def test_who_read_it_by_place_reads_what_is_above(self):
        graph = edit.remove(stack("a Input", "b Linear", "c ReLU"), ["b"])
        assert written(graph) == ["a Input", "c ReLU"]

    def test_who_named_it_reads_what_it_read(self):
        graph = edit.remove(stack("a Input", "b Linear", "c ReLU", "d Add b c"), ["b"])
        assert written(graph) == ["a Input", "c ReLU", "d Add a c"]

    def test_who_read_it_by_place_reads_what_it_read_by_name(self):
        """Else e would come to read the row above, which it never had to do with."""
        graph = edit.remove(stack("a Input", "b Linear", "c Linear a", "e ReLU", "f Add b e"), ["c"])
        assert written(graph) == ["a Input", "b Linear", "e ReLU a", "f Add b e"]

    def test_a_chain(self):
        graph = edit.remove(stack("a Input", "b Linear", "c ReLU", "d ReLU", "e Add d a"), ["c", "d", "b"])
        assert written(graph) == ["a Input", "e Add a"]

    def test_what_reads_a_merge_layer_follows_the_trunk(self):
        assert written(edit.remove(BRANCH, ["d"])) == ["a Input", "b Linear", "c Linear a", "e ReLU"]
        below = edit.remove(stack(*written(BRANCH)[:4], "e Input", "f ReLU d"), ["d"])
        assert written(below)[-1] == "f ReLU c"

    def test_an_input(self):
        graph = edit.remove(stack("a Input", "b Input", "c ReLU", "d ReLU b", "e Add b a"), ["b"])
        assert written(graph) == ["a Input", "c ReLU", "d ReLU", "e Add a"]

    def test_nothing_and_everything(self):
        assert edit.remove(BRANCH, []) == BRANCH
        assert edit.remove(BRANCH, ["nobody"]) == BRANCH
        assert edit.remove(BRANCH, "abcde") == Graph()

    @given(graphs(), st.data())
    def test_any(self, graph: Graph, data: st.DataObject):
        ids = [node.id for node in graph]
        gone = set(data.draw(st.lists(st.sampled_from(ids)))) if ids else set()
        after = edit.remove(graph, gone)
        assert valid(after)
        assert [node.id for node in after] == [name for name in ids if name not in gone]
        for row, node in enumerate(after):
            before = graph.inputs_of(ids.index(node.id))
            if gone.isdisjoint(before):
                assert after.inputs_of(row) == before
            elif node.inputs is not None:
                assert set(after.inputs_of(row)) <= reached(graph, before, gone)


def reached(graph: Graph, names: tuple[str, ...], gone: set[str]) -> set[str]:
    """What is left when removed layers are followed upwards."""
    found: set[str] = set()
    for name in names:
        found |= reached(graph, graph.inputs_of(graph.index(name)), gone) if name in gone else {name}
    return found


class TestRemoveInput:
    def test_who_read_it_reads_nothing_rather_than_another_layer(self):
        two = stack("a Input", "b Input", "c Linear", "d Linear a")
        assert written(edit.remove(two, ["a"])) == ["b Input", "c Linear", "d Linear"]
        assert edit.remove(two, ["a"]).layers[2].inputs == ()


class TestMove:
    def test_moves_a_block_in_its_order(self):
        graph = stack("a Input", "b Linear", "c ReLU", "d Tanh", "e Sigmoid")
        assert [n.id for n in edit.move(graph, ["b", "d"], 5)] == ["a", "c", "e", "b", "d"]
        assert [n.id for n in edit.move(graph, ["d", "c"], 1)] == ["a", "c", "d", "b", "e"]
        assert [n.id for n in edit.move(graph, ["e"], -3)] == ["e", "a", "b", "c", "d"]
        assert edit.move(graph, ["c"], 2) == edit.move(graph, ["c"], 3) == graph

    def test_links_follow_the_ids(self):
        graph = edit.move(stack("a Input", "b Linear a", "c ReLU a", "d Add b c"), ["c"], 1)
        assert written(graph) == ["a Input", "c ReLU a", "b Linear a", "d Add b c"]

    def test_a_link_that_would_point_down_is_refused(self):
        with pytest.raises(UserError, match=r"no layer .b. above this one .*Nothing was changed") as caught:
            edit.move(BRANCH, ["d"], 1)
        assert "layers[1].inputs" in str(caught.value)

    @given(graphs(), st.data())
    def test_any(self, graph: Graph, data: st.DataObject):
        ids = [node.id for node in graph]
        assume(ids)
        moved = data.draw(st.lists(st.sampled_from(ids), min_size=1, unique=True))
        row = data.draw(st.integers(-1, len(ids) + 1))
        try:
            after = edit.move(graph, moved, row)
        except UserError:
            return
        assert valid(after)
        assert sorted(after, key=lambda n: n.id) == sorted(graph, key=lambda n: n.id)
        order = [node.id for node in after]
        for chosen in (moved, [name for name in ids if name not in moved]):
            assert sorted(chosen, key=order.index) == sorted(chosen, key=ids.index)


class TestSet:
    def test_params(self):
        graph = edit.set_params(stack("a Input", "b Linear"), "b", {"out_features": 3})
        assert graph.layers[1].layer.out_features == 3
        assert graph.layers[1].layer.bias is True

    @pytest.mark.parametrize(
        ("params", "said"),
        [
            ({"out_features": 0}, "out_features: must be 1 or more"),
            ({"colour": 1}, "colour: this key is not known"),
        ],
    )
    def test_params_that_cannot_be(self, params: dict, said: str):
        with pytest.raises(UserError, match=said) as caught:
            edit.set_params(BRANCH, "b", params)
        assert caught.value.place == "b"

    def test_inputs(self):
        assert edit.set_inputs(BRANCH, "e", ("a",)).inputs_of(4) == ("a",)
        assert edit.set_inputs(BRANCH, "c", None).inputs_of(2) == ("b",)
        assert edit.set_inputs(BRANCH, "e", ["a"]) == edit.set_inputs(BRANCH, "e", ("a",))

    @pytest.mark.parametrize("name", ["e", "d", "nobody"])
    def test_inputs_that_are_not_above(self, name: str):
        with pytest.raises(UserError, match=f"no layer '{name}' above"):
            edit.set_inputs(BRANCH, "b", (name,))


class TestRename:
    def test_links_follow(self):
        graph = edit.rename(BRANCH, "a", "start")
        assert written(graph) == ["start Input", "b Linear", "c Linear start", "d Add b c", "e ReLU"]
        assert edit.rename(graph, "start", "a") == BRANCH
        assert edit.rename(BRANCH, "a", "a") == BRANCH

    @pytest.mark.parametrize(
        ("new", "said"),
        [("b", "stands twice"), ("1", "no layer id"), ("train", "PyTorch"), ("", "no layer id")],
    )
    def test_names_that_cannot_be(self, new: str, said: str):
        with pytest.raises(UserError, match=said):
            edit.rename(BRANCH, "a", new)

    def test_nobody(self):
        with pytest.raises(KeyError):
            edit.rename(BRANCH, "nobody", "z")

    @given(graphs(), IDS, st.data())
    def test_any(self, graph: Graph, new: str, data: st.DataObject):
        ids = [node.id for node in graph]
        assume(ids and new not in ids)
        old = data.draw(st.sampled_from(ids))
        after = edit.rename(graph, old, new)
        assert valid(after)
        for row in range(len(graph)):
            assert after.inputs_of(row) == tuple(new if n == old else n for n in graph.inputs_of(row))
        assert edit.rename(after, new, old) == graph


class TestMake:
    def test_unknown_type(self):
        with pytest.raises(UserError, match="no layer type is called 'Foo'"):
            edit.make("Foo", {})

    def test_the_path_is_of_the_value(self):
        with pytest.raises(UserError, match=r"x: kernel_size\[1\]: must be 1 or more"):
            edit.make("Conv2d", {"kernel_size": (1, 0)}, place="x")


def valid(graph: Graph) -> bool:
    return Graph.model_validate(graph.model_dump(mode="json")) == graph and not any(
        why_not(node.id) for node in graph
    )
