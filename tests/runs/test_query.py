import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_runs import made_project

from workbench.runs.info import Parent, RunInfo
from workbench.runs.lookup import best_loss, best_metric, value_of
from workbench.runs.query import Query, arranged


def _info(number, **facts):
    training = facts.pop("training", {})
    project = made_project(**training).model_dump(mode="json")
    return RunInfo(
        **{"id": f"{number:04}", "state": "completed", "device": "cpu", "project": project, **facts}
    )


RUNS = [
    _info(
        1, best={"train_loss": 0.5, "val_loss": 0.4, "accuracy": 0.8}, best_epoch=3, tags=("good", "try one")
    ),
    _info(
        2,
        best={"train_loss": 0.2, "val_loss": 0.25, "accuracy": 0.9},
        training={"optimizer": {"name": "SGD", "lr": 0.1}},
    ),
    _info(3, state="failed", notes="Diverged at once"),
    _info(10, best={"train_loss": 0.1}, device="cuda:0", parent=Parent(run="0002", step=9), seconds=60.0),
]


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("id", ["0001", "0002", "0003", "0010"]),
        ("run", ["0001", "0002", "0003", "0010"]),
        ("val_loss", [0.4, 0.25, None, None]),
        ("best_loss", [0.4, 0.25, None, 0.1]),
        ("optimizer", ["Adam", "SGD", "Adam", "Adam"]),
        ("optimizer.lr", [0.001, 0.1, 0.001, 0.001]),
        ("training.optimizer.lr", [0.001, 0.1, 0.001, 0.001]),
        ("lr", [0.001, 0.1, 0.001, 0.001]),
        ("batch_size", [32, 32, 32, 32]),
        ("parent", [None, None, None, "0002"]),
        ("tags", [("good", "try one"), (), (), ()]),
        ("project", [None] * 4),
        ("last.accuracy", [None] * 4),
        ("rubbish.path", [None] * 4),
        ("", [None] * 4),
    ],
)
def test_what_a_key_says(key, values):
    assert [value_of(run, key) for run in RUNS] == values


def test_the_best_figures():
    assert [best_loss(run) for run in RUNS] == [0.4, 0.25, None, 0.1]
    assert [best_metric(run) for run in RUNS] == [("accuracy", 0.8), ("accuracy", 0.9), None, None]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [1, 2, 3, 10]),
        ("   ", [1, 2, 3, 10]),
        ("000", [1, 2, 3, 10]),
        ("GOOD", [1]),
        ("tag=good", [1]),
        ("tag=goo", []),
        ('tag="try one"', [1]),
        ('"try one"', [1]),
        ('"at once', [3]),
        ("diverged", [3]),
        ("state=failed", [3]),
        ("-failed", [1, 2, 10]),
        ("completed -good", [2, 10]),
        ("optimizer=sgd", [2]),
        ("optimizer!=SGD", [1, 3, 10]),
        ("val_loss<0.3", [2]),
        ("val_loss>=0.25", [1, 2]),
        ("val_loss=.4", [1]),
        ("best_loss<0.3 device=cpu", [2]),
        ("lr>=1e-1", [2]),
        ("epochs=0", [1, 2, 3, 10]),
        ("device>=cu", [10]),
        ("device=cuda:0", [10]),
        ("0002", [2, 10]),
        ("id=0002", [2]),
        ("rubbish<3", []),
        ("val_loss<", []),
        ("val_loss<many", []),
        ("=", []),
        ("<3", []),
    ],
)
def test_what_a_query_finds(query, found):
    assert [int(run.id) for run in arranged(RUNS, query)] == found


def test_numbers_sort_as_numbers_and_what_is_unknown_comes_last():
    def order(key, descending=False):
        return [int(run.id) for run in arranged(RUNS, key=key, descending=descending)]

    assert order("val_loss") == [2, 1, 3, 10]
    assert order("val_loss", True) == [1, 2, 3, 10]
    assert order("id", True) == [10, 3, 2, 1]
    assert order("state") == [1, 2, 10, 3]
    assert order("optimizer.lr", True) == [2, 1, 3, 10]
    assert order("tags") == [1, 2, 3, 10]
    assert order("rubbish") == [1, 2, 3, 10]


@given(st.text())
def test_anything_can_be_asked(text):
    assert {run.id for run in arranged(RUNS, text, text)} <= {run.id for run in RUNS}
    assert Query.of(text).words == Query.of(" " + text + " ").words or '"' in text
