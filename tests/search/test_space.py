"""Settings by their paths, values put into a project, and a space that is suggested."""

import pytest

from workbench.build.check import check as check_stack
from workbench.data.samples import SAMPLES, sample_project
from workbench.errors import UserError
from workbench.graph import Project
from workbench.graph.search import Choices, FloatRange, IntRange, SearchSection
from workbench.search.settings import apply_values, settings
from workbench.search.space import check, parse_assignment, settle
from workbench.search.suggest import suggest


def test_every_setting_takes_the_value_that_it_has():
    project = sample_project("digits-cnn")
    for path, setting in settings(project).items():
        if setting.value is not None:
            assert apply_values(project, {path: setting.value}) == project, path


def test_values_are_put_in_sections_first(project):
    values = {"optimizer.momentum": 0.5, "optimizer": "SGD", "hidden.out_features": 5, "batch_size": 7}
    changed = apply_values(project, values)
    assert changed.training.optimizer.name == "SGD"
    assert changed.training.optimizer.momentum == 0.5
    assert changed.training.batch_size == 7
    assert changed.model.layers[1].layer.out_features == 5


def test_choosing_the_section_that_is_there_keeps_its_settings(make_project):
    project = make_project(optimizer={"name": "Adam", "lr": 0.5, "weight_decay": 0.25})
    changed = apply_values(project, {"optimizer": "Adam", "optimizer.lr": 0.1})
    assert (changed.training.optimizer.lr, changed.training.optimizer.weight_decay) == (0.1, 0.25)


def test_copies_of_a_block_change_together():
    layers = [{"id": "input", "type": "Input", "params": {"shape": [4]}}]
    for name in ("one", "two"):
        layers.append({"id": f"{name}_a", "type": "Linear", "params": {"out_features": 8}, "block": name})
        layers.append({"id": f"{name}_b", "type": "Linear", "params": {"out_features": 4}, "block": name})
    blocks = [{"id": "one", "name": "Pair"}, {"id": "two", "name": "Pair"}]
    project = Project.model_validate({"model": {"layers": layers, "blocks": blocks}})
    changed = apply_values(project, {"one_a.out_features": 16})
    assert [node.layer.out_features for node in changed.model.layers[1::2]] == [16, 16]


def test_a_chosen_optimiser_lacks_what_others_have(project):
    space = {
        "optimizer": Choices(values=("SGD", "Adam")),
        "optimizer.momentum": FloatRange(low=0, high=0.9),
        "optimizer.lr": FloatRange(low=0.1, high=1),
    }
    check(project, space)
    for name, settled in (("SGD", True), ("Adam", False)):
        _, values = settle(project, space, lambda path, r, n=name: n if path == "optimizer" else r.high)
        assert ("optimizer.momentum" in values) == settled
        assert values["optimizer.lr"] == 1


@pytest.mark.parametrize(
    ("path", "values", "said"),
    [
        ("optimizer.lrr", FloatRange(low=0, high=1), "Did you mean optimizer.lr"),
        ("data.split.seed", IntRange(low=0, high=4), "nothing that can be searched for"),
        ("epochs", IntRange(low=1, high=4), "nothing that can be searched for"),
        ("optimizer.lr", FloatRange(low=-1, high=1), "optimizer.lr"),
        ("drop.p", FloatRange(low=0, high=2), "drop.p"),
        ("hidden.out_features", Choices(values=(8, "many")), "hidden.out_features"),
        ("optimizer", Choices(values=("Adam", "Lion")), "optimizer"),
    ],
)
def test_a_range_that_cannot_be_is_refused(project, path, values, said):
    with pytest.raises(UserError) as error:
        check(project, {path: values})
    assert said in str(error.value)


def test_assignments_are_read_as_for_set(project):
    path, values = parse_assignment(project, "lr=1e-5..1e-1 log", {})
    assert (path, values) == ("optimizer.lr", FloatRange(low=1e-5, high=0.1, log=True))
    assert parse_assignment(project, "model.hidden.out_features=4..8", {})[0] == "hidden.out_features"
    space = {"optimizer": Choices(values=("SGD", "Adam"))}
    assert parse_assignment(project, "momentum=0..0.9", space)[0] == "optimizer.momentum"
    for text in ("lr", "lr=", "lr=9..1", "speed=1..2"):
        with pytest.raises(UserError):
            parse_assignment(project, text, {})


@pytest.mark.parametrize("name", [sample.name for sample in SAMPLES])
def test_what_is_suggested_fits(name):
    project = sample_project(name)
    space = suggest(project, None, 1000)
    check(project, space)
    SearchSection(space=space)
    assert isinstance(space["optimizer.lr"], FloatRange)
    assert space["optimizer.lr"].low < project.training.optimizer.lr < space["optimizer.lr"].high
    last = project.model.layers[-1].id
    assert not any(path.startswith(f"{last}.") for path in space)
    for end in (min, max):
        ends = {p: end(r.values) for p, r in space.items() if isinstance(r, Choices) and "." in p}
        assert not check_stack(apply_values(project, ends).model, None).errors


def test_a_width_that_others_add_up_with_is_not_suggested():
    layers = [
        {"id": "input", "type": "Input", "params": {"shape": [8]}},
        {"id": "fixed", "type": "Linear", "params": {"out_features": 8}},
        {"id": "add", "type": "Add", "inputs": ["input", "fixed"]},
        {"id": "free", "type": "Linear", "params": {"out_features": 16}},
        {"id": "out", "type": "Linear", "params": {"out_features": 3}},
    ]
    space = suggest(Project.model_validate({"model": {"layers": layers}}))
    assert space["free.out_features"] == Choices(values=(8, 16, 32))
    assert "fixed.out_features" not in space
    assert "out.out_features" not in space
