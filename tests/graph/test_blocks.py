"""Blocks: made, named, repeated, carried about, and edited once for all copies."""

import pytest
from stacks import called, stack, written

from workbench.errors import UserError
from workbench.graph import Graph, clipboard, edit, grouping
from workbench.graph.bypass import live, set_bypass
from workbench.graph.copies import spread
from workbench.graph.fragment import Fragment, place, take
from workbench.graph.pattern import BlockIndex, rows_of
from workbench.layers import CATALOGUE

RELU, ADD, LINEAR = CATALOGUE["ReLU"](), CATALOGUE["Add"](), CATALOGUE["Linear"]()
PLAIN = stack("a Input", "b Linear", "c ReLU", "d Add a c", "e Linear", "f ReLU")
TWO = stack(
    "a Input",
    "r1/b Linear",
    "r1/c ReLU",
    "r1/d Add a c",
    "r2/e Linear",
    "r2/f ReLU",
    "r2/g Add d f",
    "h Linear",
    r1="Res",
    r2="Res",
)


class TestGroup:
    def test_rows_become_a_block(self):
        graph, name = grouping.group(PLAIN, ["b", "c", "d"], "Residual 64")
        assert name == "residual1"
        assert called(graph) == {"residual1": "Residual 64"}
        assert written(graph)[1:4] == ["residual1/b Linear", "residual1/c ReLU", "residual1/d Add a c"]

    def test_an_equal_block_of_that_name_makes_it_a_copy(self):
        graph, _ = grouping.group(PLAIN, ["b", "c"], "Dense")
        graph, _ = grouping.group(graph, ["e", "f"], "Dense")
        assert called(graph) == {"dense1": "Dense", "dense2": "Dense"}

    def test_a_different_block_of_that_name_gets_a_number(self):
        graph, _ = grouping.group(PLAIN, ["b", "c"], "Dense")
        graph, _ = grouping.group(graph, ["f"], "Dense")
        assert called(graph) == {"dense1": "Dense", "dense2": "Dense 2"}

    def test_a_block_within_a_block_and_around_one(self):
        graph, outer = grouping.group(PLAIN, ["b", "c", "d"], "Outer")
        graph, inner = grouping.group(graph, ["b", "c"], "Inner")
        graph, around = grouping.group(graph, [outer, "e"], "Around")
        assert [node.block for node in graph][1:5] == [
            "around1/outer1/inner1", "around1/outer1/inner1", "around1/outer1", "around1"
        ]  # fmt: skip
        assert {inner, around} == {"inner1", "around1"}

    @pytest.mark.parametrize(
        ("ids", "said"),
        [([], "no layers"), (["b", "d"], "don't lie together"), (["r1", "e"], "of different blocks")],
    )
    def test_what_cant_be(self, ids, said):
        with pytest.raises(UserError, match=said):
            grouping.group(TWO, ids, "X")

    def test_ungroup(self):
        assert written(grouping.ungroup(TWO, "r1"))[1] == "b Linear"
        assert called(grouping.ungroup(TWO, "r1")) == {"r2": "Res"}


class TestRepeat:
    def test_more_copies_each_reading_the_one_above(self):
        graph = grouping.repeat(TWO, "r1", 4)
        assert len(graph) == 2 + 4 * 3
        assert grouping.run_of(graph, "r1") == tuple(block.id for block in graph.blocks)
        assert len({BlockIndex(graph).pattern(block.id) for block in graph.blocks}) == 1
        ends = [node for node in graph if node.type == "Add"]
        starts = [graph.inputs_of(rows_of(graph, block.id).start)[0] for block in graph.blocks]
        assert starts == ["a", *(node.id for node in ends[:-1])]
        assert graph.inputs_of(len(graph) - 1) == (ends[-1].id,)

    def test_fewer(self):
        graph = grouping.repeat(TWO, "r2", 1)
        assert written(graph) == [*written(TWO)[:4], "h Linear"]

    @pytest.mark.parametrize("times", [0, 1001])
    def test_out_of_bounds(self, times):
        with pytest.raises(UserError, match="1 to 1000"):
            grouping.repeat(TWO, "r1", times)


class TestSpread:
    def edited(self, graph: Graph) -> Graph:
        return spread(TWO, graph)

    def test_params(self):
        graph = self.edited(edit.set_params(TWO, "e", {"out_features": 7}))
        assert [node.layer.out_features for node in graph if node.type == "Linear"] == [7, 7, 64]

    def test_a_layer_put_in(self):
        graph = self.edited(edit.insert(TWO, 2, RELU)[0])
        assert written(graph)[1:9] == [
            "r1/b Linear", "r1/relu1 ReLU", "r1/c ReLU", "r1/d Add a c",
            "r2/e Linear", "r2/relu2 ReLU", "r2/f ReLU", "r2/g Add d f",
        ]  # fmt: skip

    @pytest.mark.parametrize(("row", "block"), [(4, "r1"), (7, "r2")])
    def test_a_layer_put_at_the_end_is_what_the_next_block_reads(self, row, block):
        three = grouping.repeat(TWO, "r1", 3)
        graph = spread(three, edit.insert(three, row, RELU, block)[0])
        ends = [graph.layers[rows_of(graph, b.id).stop - 1] for b in graph.blocks]
        assert [node.type for node in ends] == ["ReLU"] * 3
        adds = [graph.inputs_of(graph.index(node.id)) for node in graph if node.type == "Add"]
        assert [names[0] for names in adds] == ["a", ends[0].id, ends[1].id]
        assert len({BlockIndex(graph).pattern(b.id) for b in graph.blocks}) == 1

    def test_a_layer_taken_out(self):
        graph = self.edited(edit.remove(TWO, ["f"]))
        assert written(graph)[1:5] == ["r1/b Linear", "r1/d Add a b", "r2/e Linear", "r2/g Add d e"]

    def test_order_and_links(self):
        graph = self.edited(edit.move(TWO, ["b"], 3))
        assert written(graph)[1:7] == [
            "r1/c ReLU", "r1/b Linear", "r1/d Add a c", "r2/f ReLU", "r2/e Linear", "r2/g Add d f"
        ]  # fmt: skip
        graph = self.edited(edit.set_inputs(TWO, "d", ("a", "b")))
        assert written(graph)[6] == "r2/g Add d e"

    def test_bypass_and_a_block_within(self):
        assert [n.id for n in self.edited(set_bypass(TWO, ["c"], True)) if n.bypass] == ["c", "f"]
        graph = self.edited(grouping.group(TWO, ["e", "f"], "Dense")[0])
        assert called(graph) == {"r1": "Res", "r2": "Res", "dense1": "Dense", "dense2": "Dense"}
        assert graph.layers[1].block == "r1/dense2"

    def test_the_block_itself_can_go(self):
        assert written(self.edited(edit.remove(TWO, ["b", "c", "d"])))[1] == "r2/e Linear"

    def test_different_edits_part_the_copies(self):
        graph = edit.set_params(edit.set_params(TWO, "b", {"out_features": 5}), "e", {"out_features": 6})
        assert called(self.edited(graph)) == {"r1": "Res", "r2": "Res 2"}

    def test_a_name_of_its_own_parts_a_copy(self):
        apart = grouping.named(TWO, "r2", "Other")
        graph = spread(apart, edit.set_params(apart, "b", {"out_features": 5}))
        assert [n.layer.out_features for n in graph if n.type == "Linear"] == [5, 64, 64]

    def test_both_copies_alike_stay_copies(self):
        graph = edit.set_params(TWO, ["b", "e"], {"out_features": 5})
        assert self.edited(graph) == graph

    def test_a_link_that_a_copy_cant_reach(self):
        low = edit.insert(TWO, 4, LINEAR, "")[0]  # between the blocks, below r1
        with pytest.raises(UserError, match="r2 has copies, and r1 can't read d"):
            spread(low, edit.insert(edit.set_inputs(low, "e", ("d",)), 7, ADD)[0])

    def test_a_layer_between_copies_feeds_the_second_whole_and_changes_neither(self):
        low = self.edited(edit.insert(TWO, 4, LINEAR)[0])
        assert written(low)[4:8] == ["linear1 Linear", "r2/e Linear", "r2/f ReLU", "r2/g Add linear1 f"]
        assert called(low) == {"r1": "Res", "r2": "Res"}
        assert spread(low, edit.remove(low, ["linear1"])) == TWO

    def test_namesakes_that_were_no_copies_part_at_the_first_edit(self):
        one = edit.set_params(TWO, "b", {"out_features": 5})  # as in a file written by hand
        graph = spread(one, edit.set_params(one, "e", {"bias": False}))
        assert called(graph) == {"r1": "Res 2", "r2": "Res"}

    def test_a_copy_at_the_very_top_is_one_too(self):
        chain = ("r1/b Linear", "r1/c ReLU", "r2/d Linear", "r2/e ReLU")
        top = edit.remove(stack("a Input", *chain, r1="Res", r2="Res"), ["a"])
        graph = spread(top, edit.insert(top, 1, RELU)[0])
        assert [node.type for node in graph if node.block == "r2"].count("ReLU") == 2
        graph = spread(top, edit.insert(top, 3, RELU)[0])
        assert [node.type for node in graph if node.block == "r1"].count("ReLU") == 2

    def test_an_inner_block_that_is_renamed_alone_parts_what_is_around_it(self):
        graph, _ = grouping.group(TWO, ["r1"], "Outer")
        graph = grouping.repeat(graph, "outer1", 3)
        inner = next(block.id for block in graph.blocks if block.name == "Res" and block.id not in "r1 r2")
        alone = grouping.named(graph, inner, "Special")
        assert sorted(called(alone).values()).count("Outer") == 2
        assert "Outer 2" in called(alone).values()
        assert set(called(grouping.named(graph, inner, "Special", copies=True)).values()) == {
            "Outer", "Special"
        }  # fmt: skip

    def test_nested_copies(self):
        graph, _ = grouping.group(TWO, ["r1", "r2"], "Stage")
        graph = grouping.repeat(graph, "stage1", 2)
        after = spread(graph, edit.set_params(graph, "b", {"out_features": 5}))
        assert [n.layer.out_features for n in after if n.type == "Linear"] == [5, 5, 5, 5, 64]
        assert len({BlockIndex(after).pattern(b.id) for b in after.blocks if b.name == "Stage"}) == 1
        after = spread(graph, edit.remove(graph, ["b", "c", "d"]))
        assert [b.name for b in after.blocks].count("Res") == 2


class TestFragment:
    def test_pasted_below_it_reads_what_is_above_it(self):
        graph, ids = place(TWO, 8, take(TWO, ["r1"]))
        assert ids == ("linear1", "relu1", "add1")
        assert written(graph)[8:] == ["r3/linear1 Linear", "r3/relu1 ReLU", "r3/add1 Add h relu1"]
        assert called(graph)["r3"] == "Res"

    def test_in_another_stack(self):
        graph, _ = place(stack("z Input"), 1, take(TWO, ["r1"]))
        assert written(graph) == ["z Input", "r1/b Linear", "r1/c ReLU", "r1/d Add z c"]

    def test_within_a_block_it_belongs_to_it(self):
        graph, _ = place(TWO, 2, Fragment(take(TWO, ["h"]).nodes))
        assert written(graph)[2] == "r1/linear1 Linear"

    def test_a_block_of_a_name_that_differs(self):
        other = edit.set_params(grouping.repeat(TWO, "r1", 1), "b", {"out_features": 3})
        graph, _ = place(TWO, 8, take(other, ["r1"]))
        assert called(graph)["r3"] == "Res 2"

    def test_as_text_and_back(self):
        copied = take(TWO, ["r1", "h"])
        assert clipboard.read(clipboard.written(copied)) == copied

    def test_a_line_a_layer(self):
        graph, _ = place(stack("a Input"), 1, clipboard.read("linear 7\n\nrelu\n"))
        assert written(graph) == ["a Input", "linear1 Linear", "relu1 ReLU"]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "nothing to paste"),
            ("linear 7\nhello world", "line 2: no layer is called"),
            ("{", "line 1, column 2: this is not JSON"),
            ("[]", "holds no layers"),
            ('{"layers": 3}', "holds no layers"),
            ('{"layers": [3]}', r"layers\[0\]"),
            ('{"layers": [{"id": "a", "type": "Nope"}]}', r"layers\[0\].type: no layer type"),
            ('[{"id": "a", "type": "ReLU"}, {"id": "a", "type": "ReLU"}]', "stands twice"),
            ('[{"id": "a", "type": "ReLU", "inputs": ["b"]}, {"id": "b", "type": "ReLU"}]', "no layer"),
            ('[{"id": "a", "type": "Linear", "params": {"out_features": 1e15}}]', "out_features"),
            ('{"layers": [{"id": "a", "type": "ReLU", "block": "x"}]}', "no block 'x'"),
            ('{"layers": [{"id": "a", "type": "ReLU"}], "blocks": 3}', "blocks"),
            ('{"layers": [{"id": "a", "type": "ReLU"}], "run": 3}', "'run' is not known"),
            ("[" * 100_000, "JSON"),
            (
                '{"layers": [{"id": "a", "type": "ReLU"}], "blocks": [{"id": "b", "name": "x"}]}',
                "no layer in",
            ),
            ('{"layers": [{"id": "a", "type": "ReLU"}], "blocks": [5]}', r"blocks\[0\]"),
            ('{"format": 99, "model": {"layers": []}}', "newer program"),
        ],
    )
    def test_rubbish(self, text, said):
        with pytest.raises(UserError, match=said):
            clipboard.read(text)


class TestBypass:
    def test_readers_get_what_it_reads(self):
        graph = set_bypass(PLAIN, ["c"], True)
        assert written(live(graph)) == ["a Input", "b Linear", "d Add a b", "e Linear", "f ReLU"]
        assert written(graph) == written(PLAIN)
        assert live(PLAIN) is PLAIN

    def test_an_input_cant_be(self):
        with pytest.raises(UserError, match="an Input can't be bypassed"):
            set_bypass(PLAIN, ["a"], True)


class TestMove:
    CHAIN = stack("a Input", "r1/b Linear", "r1/c ReLU", "r1/d ReLU", "e Linear", "f ReLU")

    @pytest.mark.parametrize(
        ("moved", "row", "blocks"),
        [
            (["c"], 1, ["", "r1", "r1", "r1", "", ""]),  # to the top of its block
            (["b"], 4, ["", "r1", "r1", "r1", "", ""]),  # to its bottom
            (["c"], 5, ["", "r1", "r1", "", "", ""]),  # out of it
            (["f"], 2, ["", "r1", "r1", "r1", "r1", ""]),  # into it
            (["b", "c", "d"], 6, ["", "", "", "r1", "r1", "r1"]),  # as a whole
            (["b", "f"], 6, ["", "r1", "r1", "", "", ""]),
        ],
    )
    def test_blocks_are_left_entered_and_kept(self, moved, row, blocks):
        assert [node.block for node in edit.move(self.CHAIN, moved, row)] == blocks


class TestFile:
    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda raw: raw["blocks"].pop(), "no block 'r2'"),
            (lambda raw: raw["blocks"].append({"id": "a", "name": "X"}), "the id 'a' stands twice"),
            (lambda raw: raw["layers"][7].update(block="r1"), "don't lie together"),
            (lambda raw: raw["layers"][2].update(block="r2/r1"), "two places"),
            (lambda raw: raw["blocks"].append({"id": "x", "name": "X"}), "no layer in block 'x'"),
            (lambda raw: raw["blocks"][0].update(name="  "), "spaces only"),
            (lambda raw: raw["layers"][0].update(bypass=True), "can't be bypassed"),
            (lambda raw: raw["layers"][1].update(bypass="yes"), "valid boolean"),
        ],
    )
    def test_refused(self, change, said):
        raw = TWO.model_dump(mode="json")
        change(raw)
        with pytest.raises(ValueError, match=said):
            Graph.model_validate(raw)

    def test_nothing_is_written_of_blocks_that_arent(self):
        assert set(PLAIN.model_dump(mode="json")) == {"layers"}
