"""Searches on small data: deterministic, interrupted, failing, pruned, shared."""

import json
import os
import sqlite3
from dataclasses import replace

import numpy as np
import pytest

from workbench.errors import UserError
from workbench.graph.file import dump, parse
from workbench.runs.store import RunStore
from workbench.search.events import (
    SearchEnded,
    SearchStarted,
    TrialEnded,
    TrialEpoch,
    TrialStarted,
    TrialStepped,
)
from workbench.search.search import search
from workbench.search.settings import apply_values
from workbench.search.storage import database, opened, url_of
from workbench.search.study import name_of, read_trials
from workbench.search.trials import maximised, ranked

WIDTH = {"kind": "int", "low": 2, "high": 16, "log": True}
BATCH = {"kind": "choices", "values": [8, 16]}


def ended(events):
    return [event.trial for event in events if isinstance(event, TrialEnded)]


def tried(trials):
    return [(trial.values, trial.value, trial.state) for trial in trials]


def test_events_runs_and_trials_tell_the_same(project, data, section, tmp_path):
    events = list(search(project, data, tmp_path, section(epochs=3)))
    assert isinstance(events[0], SearchStarted)
    assert isinstance(events[-1], SearchEnded)
    assert [e.number for e in events if isinstance(e, TrialStarted)] == [1, 2, 3]
    trials = ended(events)
    store = RunStore(tmp_path)
    for trial in trials:
        epochs = [e.value for e in events if isinstance(e, TrialEpoch) and e.trial == trial.number]
        info = store.open(trial.run).info()
        assert len(epochs) == info.epochs == trial.epochs == 3
        assert trial.value == pytest.approx(min(epochs)) == pytest.approx(info.best["val_loss"])
        assert info.tags == ("search", f"trial-{trial.number}")
        assert info.project["training"]["optimizer"]["lr"] == trial.values["optimizer.lr"]
        assert max(e.share for e in events if isinstance(e, TrialStepped) and e.trial == trial.number) == 1
    assert events[-1].best == min(trials, key=lambda t: t.value)
    assert read_trials(tmp_path, project, section(epochs=3)) == tuple(trials)


def test_the_same_seed_tries_the_same_in_one_go_or_two(project, data, section, tmp_path):
    space = {
        "optimizer.lr": section().space["optimizer.lr"],
        "hidden.out_features": WIDTH,
        "batch_size": BATCH,
    }
    whole = ended(search(project, data, tmp_path / "a", section(space, trials=4)))
    first = ended(search(project, data, tmp_path / "b", section(space, trials=2)))
    rest = ended(search(project, data, tmp_path / "b", section(space, trials=2)))
    assert tried(first + rest) == tried(whole)
    other = ended(search(project, data, tmp_path / "c", section(space, trials=2, seed=1)))
    assert tried(other) != tried(first)


@pytest.mark.parametrize("sampler", ["random", "gp"])
def test_samplers_are_seeded(project, data, section, tmp_path, sampler):
    found = [
        tried(ended(search(project, data, tmp_path / name, section(sampler=sampler)))) for name in ("a", "b")
    ]
    assert found[0] == found[1]
    assert len({trial[0]["optimizer.lr"] for trial in found[0]}) == 3


def test_a_grid_tries_every_combination_once(project, data, section, tmp_path):
    space = {"hidden.out_features": {"kind": "int", "low": 4, "high": 8, "step": 4}, "batch_size": BATCH}
    options = {"sampler": "grid"}
    first = ended(search(project, data, tmp_path, section(space, trials=3, **options)))
    events = list(search(project, data, tmp_path, section(space, trials=9, **options)))
    assert events[-1].reason == "exhausted"
    combinations = {tuple(trial.values.values()) for trial in [*first, *ended(events)]}
    assert combinations == {(4, 8), (4, 16), (8, 8), (8, 16)}
    assert len(first) + len(ended(events)) == 4


def test_a_trial_that_is_stopped_is_tried_again(project, data, section, tmp_path):
    events = search(project, data, tmp_path, section())
    for event in events:
        if isinstance(event, TrialEpoch) and event.trial == 1:
            break
    events.close()
    before = read_trials(tmp_path, project, section())
    assert [trial.state for trial in before] == ["completed", "stopped", "waiting"]
    assert RunStore(tmp_path).list()[-1].state == "stopped"
    rest = ended(search(project, data, tmp_path, section(trials=2)))
    assert rest[0].values == before[1].values
    assert rest[0].state == "completed"
    whole = ended(search(project, data, tmp_path / "other", section()))
    assert rest[0].value == whole[1].value


def test_a_trial_whose_process_died_is_tried_again(project, data, section, tmp_path):
    events = search(project, data, tmp_path, section())
    started = next(event for event in events if isinstance(event, TrialStarted))
    with sqlite3.connect(database(tmp_path)) as connection:  # as a kill would leave it
        mark = json.dumps({"host": os.uname().nodename, "pid": 2**22 + 1, "started": 0.0})
        connection.execute("UPDATE trial_user_attributes SET value_json = ? WHERE key = 'process'", (mark,))
    connection.close()
    other = list(search(project, data, tmp_path, section(trials=1)))
    assert [trial.state for trial in other[0].trials] == ["failed", "waiting"]
    assert "ended while it ran" in other[0].trials[0].message
    assert ended(other)[0].values == started.trial.values
    first = [event for event in events if isinstance(event, TrialEnded)]
    assert first[0].trial.state == "failed"  # it wasn't dead after all; its values were tried anew
    assert [trial.state for trial in ended(first[1:])] == ["completed", "completed"]


def test_a_trial_that_does_not_fit_fails_in_a_sentence(make_project, data, section, tmp_path):
    project = make_project({"id": "norm", "type": "GroupNorm", "params": {"num_groups": 4}})
    space = {"hidden.out_features": {"kind": "choices", "values": [6, 8]}}
    trials = ended(search(project, data, tmp_path, section(space, trials=2, sampler="grid")))
    states = {trial.values["hidden.out_features"]: trial for trial in trials}
    assert states[8].state == "completed"
    assert states[6].state == "failed"
    assert "norm" in states[6].message
    assert states[6].message.endswith(".")


def test_losses_that_are_no_numbers_fail_the_trial(project, data, section, tmp_path):
    inputs = data.inputs.copy()
    inputs[data.splits["train"][0]] = np.inf
    events = list(search(project, replace(data, inputs=inputs), tmp_path, section(trials=2)))
    assert events[-1].best is None
    for trial in ended(events):
        assert trial.state == "failed"
        assert "finite" in trial.message
        assert trial.message.endswith(".")


def test_trial_after_trial_that_fails_ends_the_search(make_project, data, section, tmp_path):
    project = make_project({"id": "norm", "type": "GroupNorm", "params": {"num_groups": 4}})
    space = {"hidden.out_features": {"kind": "choices", "values": [5, 6, 7]}}
    with pytest.raises(UserError, match="8 trials in a row failed"):
        list(search(project, data, tmp_path, section(space, trials=50, sampler="random")))


def test_bad_trials_are_pruned(project, data, section, tmp_path):
    space = {"optimizer.lr": {"kind": "choices", "values": [1e-6, 2e-6, 0.01, 0.02, 0.03, 0.04, 0.05]}}
    options = {"trials": 30, "sampler": "grid", "pruner": "median", "epochs": 3, "seed": 3}
    trials = ended(search(project, data, tmp_path, section(space, **options)))
    pruned = [trial for trial in trials if trial.state == "pruned"]
    assert len(trials) == 7
    assert all(trial.epochs < 3 and trial.number >= 5 for trial in pruned)
    good = [trial.value for trial in trials[:5]]
    for trial in trials[5:]:  # by the definition of the median pruner
        if trial.state == "completed":
            assert trial.value <= max(good)


def test_a_pruned_run_says_so(project, data, section, tmp_path, monkeypatch):
    from optuna.pruners import MedianPruner

    monkeypatch.setattr(MedianPruner, "prune", lambda *_: True)
    trials = ended(search(project, data, tmp_path, section(trials=1, pruner="median", epochs=3)))
    info = RunStore(tmp_path).restore("0001").info()
    assert (trials[0].state, trials[0].epochs) == ("pruned", 1)
    assert (info.state, info.message) == ("stopped", "pruned")


def test_only_the_best_runs_are_kept(project, data, section, tmp_path):
    trials = ended(search(project, data, tmp_path, section(trials=5, keep=2)))
    best = {f"{trial.number + 1:04}" for trial in ranked(trials, "val_loss")[:2]}
    assert {info.id for info in RunStore(tmp_path).list()} == best
    assert {trial.run for trial in read_trials(tmp_path, project, section())} == {*best, ""}
    gone = next(path for path in (tmp_path / "runs" / ".trash").iterdir())
    assert not list(gone.rglob("*.safetensors"))


def test_a_metric_of_which_more_is_better(project, data, section, tmp_path):
    events = list(search(project, data, tmp_path, section(metric="accuracy")))
    assert events[-1].best.value == max(trial.value for trial in ended(events))
    with pytest.raises(UserError, match=r"f2 isn't measured here\. There are train_loss, val_loss, accuracy"):
        list(search(project, data, tmp_path, section(metric="f2")))
    assert [maximised(m) for m in ("val_loss", "mean_absolute_error", "r2", "roc_auc")] == [0, 0, 1, 1]


def test_conditional_settings_are_left_out(project, data, section, tmp_path):
    space = {"optimizer": {"kind": "choices", "values": ["SGD", "Adam"]}}
    space["optimizer.momentum"] = {"kind": "float", "low": 0.1, "high": 0.9}
    for trial in ended(search(project, data, tmp_path, section(space, trials=6))):
        assert ("optimizer.momentum" in trial.values) == (trial.values["optimizer"] == "SGD")
        assert apply_values(project, trial.values).training.optimizer.name == trial.values["optimizer"]


def test_sizes_and_switches_come_back_as_they_were(make_project, data, section, tmp_path):
    space = {"hidden.bias": {"kind": "choices", "values": [True, False]}}
    trials = ended(search(make_project(), data, tmp_path, section(space, sampler="grid")))
    assert {trial.values["hidden.bias"] for trial in trials} == {True, False}


def test_a_study_is_of_what_can_be_compared(make_project, section):
    name = name_of(make_project(), section())
    wider = {"optimizer.lr": {"kind": "float", "low": 1e-6, "high": 10, "log": True}}
    assert name_of(make_project(optimizer={"name": "Adam", "lr": 0.5}), section()) == name
    assert name_of(make_project(), section(wider, trials=99, sampler="random", keep=1)) == name
    assert name_of(make_project(batch_size=8), section()) != name
    assert name_of(make_project(), section(metric="accuracy")) != name
    assert name_of(make_project(), section(epochs=9)) != name


def test_machines_share_a_study(project, data, section, tmp_path):
    url = url_of(tmp_path / "shared")
    (tmp_path / "shared" / "runs").mkdir(parents=True)
    options = {"storage": url, "study": "ours"}
    first = search(project, data, tmp_path / "a", section(), **options)
    next(event for event in first if isinstance(event, TrialStarted))
    second = list(search(project, data, tmp_path / "b", section(trials=2), **options))
    rest = list(first)
    numbers = [trial.number for trial in [*ended(second), *ended(rest)]]
    assert sorted(numbers) == [0, 1, 2, 3, 4]
    assert len({trial.values["optimizer.lr"] for trial in [*ended(second), *ended(rest)]}) == 5
    here = read_trials(tmp_path / "a", project, section(), url, "ours")
    assert sum(bool(trial.run) for trial in here) == 3  # runs of its own
    assert rest[-1].best == ranked(here, "val_loss")[0]


def test_a_storage_that_cannot_be_opened_is_told_without_its_password(tmp_path):
    with pytest.raises(UserError) as error, opened(tmp_path, "postgresql://me:secret@localhost/studies"):
        pass
    assert "secret" not in str(error.value)
    assert "driver" in error.value.what
    damaged = database(tmp_path)
    damaged.parent.mkdir()
    damaged.write_bytes(b"no database" * 100)
    with pytest.raises(UserError, match="can't be read or written"), opened(tmp_path):
        pass


def test_folders_of_any_name_hold_a_study(project, data, section, tmp_path):
    folder = tmp_path / "what? 50% #1 é"
    assert len(ended(search(project, data, folder, section(trials=1)))) == 1
    assert database(folder).is_file()


def test_nothing_is_read_or_made_where_nothing_was_searched(project, section, tmp_path):
    assert read_trials(tmp_path, project, section()) == ()
    assert list(tmp_path.iterdir()) == []


def test_an_empty_space_is_refused(project, data, section, tmp_path):
    with pytest.raises(UserError, match="nothing to search for"):
        next(search(project, data, tmp_path, section({})))


def test_the_section_is_in_the_file_only_where_there_is_one(project, section):
    assert "search" not in json.loads(dump(project))
    with_space = project.model_copy(
        update={"search": section({"optimizer.lr": section().space["optimizer.lr"], "batch_size": BATCH})}
    )
    assert parse(dump(with_space)) == with_space
    assert parse(dump(project)) == project
