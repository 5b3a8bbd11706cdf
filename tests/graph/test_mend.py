import pytest
from stacks import stack, written

from workbench.errors import UserError
from workbench.graph import Project
from workbench.graph.bypass import set_bypass
from workbench.graph.mend import mend, mend_project
from workbench.layers import Fix

BRANCH = stack("a Input", "b Linear", "c Linear a", "d Add b c", "e ReLU")


def test_each_action():
    graph = stack("a Input", "b Linear", "c ReLU")
    assert mend(graph, "b", Fix("", "set", params=(("bias", False),))).layers[1].layer.bias is False
    assert written(mend(graph, "b", Fix("", "remove"))) == ["a Input", "c ReLU"]
    assert written(mend(graph, "c", Fix("", "replace", "Tanh")))[2] == "c Tanh"
    assert written(mend(graph, "b", Fix("", "insert_before", "Tanh")))[1] == "tanh1 Tanh"
    assert written(mend(graph, "b", Fix("", "insert_after", "Tanh")))[2] == "tanh1 Tanh"


def test_a_layer_put_before_one_with_a_named_input_takes_that_input():
    graph = mend(BRANCH, "c", Fix("", "insert_before", "Tanh"))
    assert written(graph) == ["a Input", "b Linear", "tanh1 Tanh a", "c Linear", "d Add b c", "e ReLU"]


def test_at_another_layer_than_the_problems():
    assert written(mend(BRANCH, "e", Fix("", "replace", "Tanh", at="b")))[1] == "b Tanh"


def test_several_layers_go_at_once():
    graph = stack("a Input", "b Linear", "c ReLU", "d ReLU a")
    assert written(mend(graph, "c", Fix("", "remove", layers=("b",)))) == ["a Input", "d ReLU a"]


class TestOnALink:
    FIX = Fix("", "insert_on_link", "Linear", (("out_features", 4),), link="b")

    def test_the_reader_reads_the_new_layer_in_its_place(self):
        graph = mend(BRANCH, "d", self.FIX)
        assert written(graph)[3:] == ["linear1 Linear b", "d Add linear1 c", "e ReLU"]

    def test_every_reading_of_it(self):
        graph = mend(stack("a Input", "b Linear", "c Add b a b"), "c", self.FIX)
        assert written(graph)[2:] == ["linear1 Linear b", "c Add linear1 a linear1"]

    def test_other_readers_are_left_alone(self):
        graph = mend(stack("a Input", "b Linear", "c Tanh b", "d Add b c"), "d", self.FIX)
        assert written(graph)[2:] == ["c Tanh b", "linear1 Linear b", "d Add linear1 c"]

    def test_in_the_block_of_the_reader(self):
        graph = mend(stack("a Input", "b Linear", "res/c Linear a", "res/d Add b c"), "d", self.FIX)
        assert written(graph)[2:] == ["res/c Linear a", "res/linear1 Linear b", "res/d Add linear1 c"]

    def test_the_link_may_lead_through_bypassed_layers(self):
        graph = set_bypass(stack("a Input", "b Linear", "c Tanh", "d Linear a", "e Add c d"), ["c"], True)
        assert written(mend(graph, "e", self.FIX))[4:] == ["linear1 Linear c", "e Add linear1 d"]

    def test_a_link_that_is_gone(self):
        with pytest.raises(UserError, match="e no longer reads b"):
            mend(BRANCH, "e", self.FIX)


@pytest.mark.parametrize(
    "fix",
    [
        Fix("", "remove", at="gone"),
        Fix("", "set", params=(("out_features", 0),)),
        Fix("", "set", params=(("nothing", 1),)),
        Fix("", "replace", "Nothing"),
        Fix("", "training", params=(("loss", "mse"),)),
    ],
)
def test_what_no_longer_fits(fix: Fix):
    with pytest.raises(UserError):
        mend(BRANCH, "b", fix)


class TestProject:
    def test_in_the_stack(self):
        project = mend_project(Project(model=BRANCH), "e", Fix("", "replace", "Tanh"))
        assert project.model.layers[4].type == "Tanh"
        assert project.training == Project().training

    def test_in_training(self):
        before = Project(model=BRANCH)
        after = mend_project(before, "e", Fix("", "training", params=(("loss", "mse"), ("batch_size", 8))))
        assert (after.training.loss.name, after.training.batch_size) == ("mse", 8)
        assert after.model is before.model
        assert after.training.optimizer == before.training.optimizer

    def test_a_value_that_can_not_be(self):
        with pytest.raises(UserError, match=r"training\.batch_size: must be 1 or more"):
            mend_project(Project(model=BRANCH), "", Fix("", "training", params=(("batch_size", 0),)))
