import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import UserError
from workbench.graph import DataSection, Graph, Project
from workbench.graph.overrides import override


@pytest.fixture
def project() -> Project:
    rows = [
        {"id": "x", "type": "Input", "params": {"shape": [1, 8, 8]}},
        {"id": "conv1", "type": "Conv2d"},
        {"id": "epochs", "type": "Dropout"},
        {"id": "data", "type": "Linear"},
    ]
    return Project(data=DataSection(format="csv", path="a.csv"), model=Graph.model_validate({"layers": rows}))


@pytest.mark.parametrize(
    ("assignment", "path", "value"),
    [
        ("epochs=3", "training.epochs", 3),
        ("training.epochs=3", "training.epochs", 3),
        (" batch_size = 64 ", "training.batch_size", 64),
        ("lr=0.01", "training.optimizer.lr", 0.01),
        ("learning_rate=1e-2", "training.optimizer.lr", 0.01),
        ("optimizer.learning_rate=1e-2", "training.optimizer.lr", 0.01),
        ("optimizer.weight_decay=0.5", "training.optimizer.weight_decay", 0.5),
        ("training.optimizer.lr=0.01", "training.optimizer.lr", 0.01),
        ("optimizer=SGD", "training.optimizer", {"name": "SGD", "lr": 0.01, "momentum": 0.9}),
        ('optimizer={"name": "SGD", "lr": 2}', "training.optimizer", {"name": "SGD", "lr": 2.0}),
        ("training.optimizer.name=SGD", "training.optimizer", {"name": "SGD", "lr": 0.01, "momentum": 0.9}),
        ("schedule=cosine", "training.schedule", {"name": "cosine", "warmup": 0.0}),
        ("loss=huber", "training.loss", {"name": "huber", "delta": 1.0}),
        ('loss={"name": "huber", "delta": 2}', "training.loss", {"name": "huber", "delta": 2.0}),
        ("loss.name=mse", "training.loss", {"name": "mse"}),
        ("seed=7", "training.seed", 7),
        ("data.split.seed=7", "data.split.seed", 7),
        ("split.seed=7", "data.split.seed", 7),
        ("validation=0.2", "data.split.validation", 0.2),
        ("stratify=false", "data.split.stratify", False),
        ("stratify=False", "data.split.stratify", False),
        ("data.path=b=c.csv", "data.path", "b=c.csv"),
        ("target=null", "data.target", None),
        ("target=1", "data.target", "1"),
        ("name=2024", "name", "2024"),
        ("name=two words", "name", "two words"),
    ],
)
def test_sets_one_value(project, assignment, path, value):
    before = project.model_dump(mode="json")
    changed = override(project, [assignment]).model_dump(mode="json")
    *way, last = path.split(".")
    place, was = changed, before
    for step in way:
        place, was = place[step], was[step]
    if isinstance(value, dict):
        assert value.items() <= place[last].items()
    else:
        assert place[last] == value
        assert type(place[last]) is type(value)
    place[last] = was[last]
    assert changed == before
    assert project.model_dump(mode="json") == before


@pytest.mark.parametrize(
    ("assignment", "layer", "param", "value"),
    [
        ("conv1.out_channels=64", "conv1", "out_channels", 64),
        ("model.conv1.bias=false", "conv1", "bias", False),
        ("conv1.kernel_size=5", "conv1", "kernel_size", 5),
        ("conv1.kernel_size=3x5", "conv1", "kernel_size", (3, 5)),
        ("conv1.kernel_size=[3, 5]", "conv1", "kernel_size", (3, 5)),
        ("conv1.padding=same", "conv1", "padding", "same"),
        ("x.shape=1×9×9", "x", "shape", (1, 9, 9)),
        ("x.shape=[30]", "x", "shape", (30,)),
        ("epochs.p=0.1", "epochs", "p", 0.1),
        ("model.data.out_features=3", "data", "out_features", 3),
    ],
)
def test_sets_a_layer_s_param(project, assignment, layer, param, value):
    changed = override(project, [assignment])
    row = project.model.index(layer)
    assert getattr(changed.model.layers[row].layer, param) == value
    assert changed.model.layers[:row] == project.model.layers[:row]
    assert changed.training == project.training


def test_in_order(project):
    changed = override(project, ["optimizer=SGD", "momentum=0.5", "lr=1", "lr=2"])
    optimizer = changed.training.optimizer
    assert (optimizer.name, optimizer.momentum, optimizer.lr) == ("SGD", 0.5, 2.0)
    assert override(project, []) == project


@pytest.mark.parametrize("section", ["optimizer=SGD", "training.optimiser=SGD", "optimizer.name=SGD"])
def test_whole_sections_come_first(project, section):
    changed = override(project, ["lr=100", "momentum=0.5", "warmup=0.1", section, "schedule=cosine"])
    optimizer = changed.training.optimizer
    assert (optimizer.name, optimizer.momentum, optimizer.lr) == ("SGD", 0.5, 100.0)
    assert changed.training.schedule.warmup == 0.1


@pytest.mark.parametrize(
    ("assignment", "says"),
    [
        ("epoch=3", "nothing is called 'epoch'. Did you mean epochs"),
        ("batchsize=3", "Did you mean batch_size?"),
        ("optimizer.rl=3", "optimizer.lr"),
        ("momentum=0.5", "nothing is called 'momentum'"),  # Adam has none
        ("conv1.channels=3", "Did you mean conv1.out_channels"),
        ("conv2.out_channels=3", "Did you mean conv1.out_channels"),
        ("out_channels=3", "Did you mean conv1.out_channels"),
        ("zzz=3", "There are name, data.format, "),
        ("training=3", "nothing is called 'training'"),
        ("training.optimizer.name=Adamant", "training.optimizer"),
        ("epochs.name=3", "nothing is called 'epochs.name'"),
        ("epochs", "'epochs' sets nothing. Write it as key=value"),
        ("=3", "sets nothing"),
        ("", "sets nothing"),
        ("epochs=0", "--set epochs=0: training.epochs: must be 1 or more (it is 0). Nothing was changed."),
        ("epochs=many", "training.epochs: must be a whole number"),
        ("lr=nan", "training.optimizer"),
        ("lr=NaN", "training.optimizer"),
        ("optimizer=Adamant", "training.optimizer"),
        ("conv1.out_channels=-1", "--set conv1.out_channels=-1: out_channels: "),
        ("conv1.kernel_size=axb", "kernel_size"),
        ("validation=0.9", "leave no samples to train on"),
    ],
)
def test_says_what_is_wrong(project, assignment, says):
    with pytest.raises(UserError) as caught:
        override(project, [assignment])
    assert says in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_data_only_where_there_are_data(project):
    with pytest.raises(UserError, match=r"data\.path"):
        override(project.model_copy(update={"data": None}), ["data.path=b"])


@given(st.text(), st.text())
def test_any_text_is_set_or_refused(key, value):
    project = Project(data=DataSection(format="csv", path="a.csv"))
    try:
        changed = override(project, [f"{key}={value}"])
    except UserError:
        return
    assert Project.model_validate(json.loads(changed.model_dump_json())) == changed
