import time

import numpy as np
import pytest
import torch

from workbench.errors import UserError
from workbench.runs import recorder
from workbench.runs.info import Parent
from workbench.runs.machine import Process
from workbench.runs.opening import branched, resumed
from workbench.runs.recorder import record
from workbench.runs.scalars import curves
from workbench.runs.weights import load_model
from workbench.train import loop
from workbench.train.checkpoint import Checkpoint
from workbench.train.events import CheckpointSaved, EpochEnded, Failed, Finished, Started, Steps
from workbench.train.trainer import Trainer


@pytest.fixture
def written(monkeypatch):
    """Return a function that waits until nothing is being written any more."""
    made = []

    class Saving(recorder.Saving):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            made.append(self)

    def written():
        while not made[-1].idle:
            time.sleep(0.001)

    monkeypatch.setattr(recorder, "Saving", Saving)
    return written


def test_a_finished_run_is_all_there(begin):
    run, trainer = begin()
    events = list(record(run, trainer))
    assert isinstance(events[0], Started)
    finished = events[-1]
    assert isinstance(finished, Finished)
    info = run.info()
    assert (info.state, info.epochs, info.step, info.message) == ("completed", 4, 28, "")
    assert info.best_epoch == finished.best_epoch
    assert set(info.last) == set(info.best) == {"train_loss", "val_loss", "accuracy"}
    assert info.best["val_loss"] == finished.best_loss
    assert info.seconds > 0
    assert info.samples_per_second > 0
    epochs = [event for event in events if isinstance(event, EpochEnded)]
    assert info.last == {
        "train_loss": epochs[-1].train_loss,
        "val_loss": epochs[-1].val_loss,
        **epochs[-1].metrics,
    }
    found = curves(run)
    assert list(found) == ["train_loss", "val_loss", "accuracy", "lr"]
    losses = np.concatenate([event.losses for event in events if isinstance(event, Steps)])
    assert found["train_loss"][0].tolist() == list(range(1, 29))
    assert np.array_equal(found["train_loss"][1].astype(np.float32), losses)
    assert found["val_loss"][0].tolist() == [7, 14, 21, 28]
    assert found["val_loss"][1].tolist() == [event.val_loss for event in epochs]


def test_weights_on_disk_are_the_trainers(begin):
    run, trainer = begin()
    list(record(run, trainer))
    best, last = load_model(run).state_dict(), load_model(run, "last").state_dict()
    assert all(torch.equal(value, trainer.best_weights[name]) for name, value in best.items())
    assert all(torch.equal(value, trainer.model.state_dict()[name]) for name, value in last.items())


def test_checkpoints_are_told_of_once_they_are_there(begin, written, monkeypatch):
    monkeypatch.setattr(recorder, "SAVE_EVERY", 0.0)
    monkeypatch.setattr(recorder, "COST", 0)
    run, trainer = begin()
    told = []
    for event in record(run, trainer):
        if isinstance(event, EpochEnded):
            written()
        if isinstance(event, CheckpointSaved):
            told.append((event.which, event.epoch))
            if event.which == "last":
                assert Checkpoint.load(run.last).settings.progress.epoch == event.epoch
            else:
                assert run.info().best_epoch == event.epoch
                assert load_model(run)
    assert [epoch for which, epoch in told if which == "last"] == [1, 2, 3, 4, 4]
    assert [(kept.epoch, kept.step) for kept in run.checkpoints()] == [(1, 7), (2, 14), (3, 21), (4, 28)]


def test_checkpoints_are_rare_where_epochs_are_short(begin, monkeypatch):
    monkeypatch.setattr(recorder, "SAVE_EVERY", 300.0)  # longer than the test takes
    run, trainer = begin(epochs=20)
    events = list(record(run, trainer))
    saved = [event for event in events if isinstance(event, CheckpointSaved) and event.which == "last"]
    assert [event.epoch for event in saved] == [1, 20]


def test_a_long_epoch_is_saved_within(begin, written, monkeypatch):
    monkeypatch.setattr(loop, "INTERVAL", 0.0)
    run, trainer = begin(epochs=1, save_minutes=1e-6)
    saved = []
    for event in record(run, trainer):
        written()
        if isinstance(event, CheckpointSaved) and event.which == "last":
            saved.append(event.step)
    assert saved[:7] == list(range(1, 8))


def test_a_pause_at_a_checkpoint_is_at_a_step_that_was_told(begin, written, monkeypatch):
    monkeypatch.setattr(loop, "INTERVAL", 0.0)
    run, trainer = begin(epochs=2, save_minutes=1e-6)
    told = checkpoints = 0
    for event in record(run, trainer):
        written()
        told += len(event.losses) if isinstance(event, Steps) else 0
        if isinstance(event, CheckpointSaved):
            checkpoints += 1
            assert told == trainer.progress.step
    assert checkpoints > 10


def test_closing_leaves_a_stopped_run_that_goes_on_alike(begin, store, make_project, data, monkeypatch):
    monkeypatch.setattr(loop, "INTERVAL", 0.0)
    run, trainer = begin(schedule="one_cycle")
    whole = [float(x) for e in record(run, trainer) if isinstance(e, Steps) for x in e.losses]

    run, trainer = begin(schedule="one_cycle")
    events = record(run, trainer)
    for event in events:
        if isinstance(event, Steps) and trainer.progress.step == 17:
            break
    events.close()
    info = run.info()
    assert (info.state, info.epochs, info.step) == ("stopped", 2, 17)
    assert info.best_epoch in (1, 2)

    project = make_project(schedule="one_cycle")
    again = Trainer(project, data, resume=Checkpoint.load(run.last))
    assert isinstance(list(record(run, again))[-1], Finished)
    assert run.info().state == "completed"
    found = curves(run)["train_loss"]
    assert found[0].tolist() == list(range(1, 29))
    assert np.array_equal(found[1], np.array(whole))
    first, second = store.open("0001").info(), run.info()
    assert (first.last, first.best, first.best_epoch) == (second.last, second.best, second.best_epoch)


def test_stopping_softly_is_the_same(begin):
    run, trainer = begin()
    reasons = []
    for event in record(run, trainer):
        trainer.stop()
        reasons.append(getattr(event, "reason", ""))
    assert reasons[-1] == "stopped"
    assert run.info().state == "stopped"


def test_a_run_that_was_stopped_at_once_has_no_checkpoint(begin):
    run, trainer = begin()
    events = record(run, trainer)
    next(events)
    events.close()
    assert run.info().state == "stopped"
    assert not run.last.exists()
    with pytest.raises(UserError, match="there is no such checkpoint"):
        load_model(run)


def test_letting_go_of_it_stops_too(begin):
    run, trainer = begin()
    events = record(run, trainer)
    next(events)
    next(events)
    del events
    assert run.info().state == "stopped"


def test_early_stopping_completes_and_says_so(begin):
    run, trainer = begin(epochs=500, patience=2, optimizer={"name": "Adam", "lr": 0.3})
    list(record(run, trainer))
    info = run.info()
    assert info.state == "completed"
    assert info.message.startswith("Stopped early")
    assert info.epochs < 500


def test_a_loss_that_is_no_number_fails_with_the_reason(begin, data):
    run, trainer = begin(epochs=30, optimizer={"name": "SGD", "lr": 90.0})
    events = list(record(run, trainer))
    assert isinstance(events[-1], Failed)
    info = run.info()
    assert info.state == "failed"
    assert info.message == f"{events[-1].message} {events[-1].remedy}"
    assert info.epochs == trainer.progress.epoch
    if run.last.exists():
        assert all(value.isfinite().all() for value in load_model(run, "last").state_dict().values())


def test_an_error_while_training_keeps_the_last_good_epoch(begin, monkeypatch):
    run, trainer = begin()
    events = record(run, trainer)
    for event in events:
        if isinstance(event, EpochEnded) and event.epoch == 2:
            break

    def break_down(*args):
        raise RuntimeError("a defect")

    monkeypatch.setattr(trainer.model, "forward", break_down)
    with pytest.raises(RuntimeError, match="a defect"):
        list(events)
    info = run.info()
    assert (info.state, info.message) == ("failed", "a defect")
    assert Checkpoint.load(run.last).settings.progress.epoch == 2


def test_an_interrupt_leaves_a_stopped_run(begin, monkeypatch):
    run, trainer = begin()
    events = record(run, trainer)
    for event in events:
        if isinstance(event, EpochEnded):
            break

    def interrupt(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(trainer.model, "forward", interrupt)
    with pytest.raises(KeyboardInterrupt):
        list(events)
    assert run.info().state == "stopped"
    assert Checkpoint.load(run.last).settings.progress.epoch == 1


def test_a_full_disk_fails_with_a_clear_message(begin, written, monkeypatch):
    monkeypatch.setattr(recorder, "SAVE_EVERY", 0.0)
    monkeypatch.setattr(recorder, "COST", 0)
    run, trainer = begin()
    events = record(run, trainer)
    for event in events:
        if isinstance(event, EpochEnded):
            written()
        if isinstance(event, CheckpointSaved) and event.which == "last":
            break

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("workbench.train.checkpoint.save_file", full)
    with pytest.raises(UserError, match=r"can't be written \(No space left on device\)"):
        list(events)
    info = run.info()
    assert info.state == "failed"
    assert "No space left on device" in info.message
    assert Checkpoint.load(run.last).settings.progress.epoch == 1


def test_curves_that_cant_be_written_any_more_lose_no_weights(begin, monkeypatch):
    run, trainer = begin()
    events = record(run, trainer)
    while not isinstance(next(events), EpochEnded):
        pass

    def locked(*args):
        raise UserError("the curves can't be read or written (database is locked).")

    monkeypatch.setattr(recorder.ScalarWriter, "flush", locked)
    monkeypatch.setattr(recorder, "NOTE_EVERY", 0.0)
    with pytest.raises(UserError, match="database is locked"):
        list(events)
    info = run.info()
    assert info.state == "failed"
    assert "database is locked" in info.message
    assert Checkpoint.load(run.last).settings.progress.step == trainer.last_good.settings.progress.step > 0


def test_a_folder_that_is_gone_is_told_before_training(begin):
    run, trainer = begin()
    (run.folder / "run.json").unlink()
    run.folder.rmdir()
    with pytest.raises(UserError, match="this run can't be read"):
        next(record(run, trainer))
    assert trainer.progress.step == 0


def test_damaged_curves_are_told_before_training(begin):
    run, trainer = begin()
    run.scalars.write_bytes(b"rubbish" * 100)
    with pytest.raises(UserError, match="the curves are damaged"):
        next(record(run, trainer))


def test_a_run_that_another_process_trains_is_left_alone(begin):
    import subprocess
    import sys

    import psutil

    run, trainer = begin()
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        run.update(process=Process(pid=other.pid, started=psutil.Process(other.pid).create_time()))
        with pytest.raises(UserError, match="another process is training run 0001"):
            next(record(run, trainer))
    finally:
        other.communicate(b"\n")
    assert isinstance(next(record(run, trainer)), Started)


def test_a_checkpoint_is_kept_when_asked_for(begin, store, data):
    run, trainer = begin(keep=0)
    told = []
    for event in record(run, trainer):
        if isinstance(event, EpochEnded) and event.epoch == 2:
            trainer.controls.keep()
        if isinstance(event, CheckpointSaved) and event.which == "kept":
            told.append(event.step)
    assert told == [14]
    kept = run.checkpoint_at(14)
    assert kept.asked
    assert Checkpoint.load(kept.path).settings.progress.step == 14
    with pytest.raises(UserError, match=r"no checkpoint after 13 steps.* There are 14\."):
        run.checkpoint_at(13)


def test_a_branch_goes_on_from_an_earlier_checkpoint(begin, written, store, make_project, data, monkeypatch):
    monkeypatch.setattr(recorder, "SAVE_EVERY", 0.0)
    monkeypatch.setattr(recorder, "COST", 0)
    run, trainer = begin(keep=10)
    for event in record(run, trainer):
        if isinstance(event, EpochEnded):
            written()
    same, trainer = branched(store, run.id, 14, make_project(), data)
    list(record(same, trainer))
    assert same.info().parent == Parent(run=run.id, step=14)
    first, second = curves(run), curves(same)
    assert all(np.array_equal(first[name][1], second[name][1]) for name in first)
    other, trainer = branched(store, run.id, 14, make_project(clip_norm=0.01), data)
    list(record(other, trainer))
    third = curves(other)["train_loss"][1]
    assert np.array_equal(third[:14], first["train_loss"][1][:14])
    assert not np.array_equal(third, first["train_loss"][1])
    assert run.info().step == 28


def test_changes_are_recorded_and_resumed_with(begin, store, data, monkeypatch):
    monkeypatch.setattr(loop, "INTERVAL", 0.0)

    def train(run, trainer, until=None):
        events = record(run, trainer)
        for event in events:
            if isinstance(event, Steps) and trainer.progress.step == 5:
                trainer.change("optimizer.lr", 0.05)
                trainer.change("batch_size", 10)
            if until and isinstance(event, Steps) and trainer.progress.step == until:
                events.close()

    whole, trainer = begin(schedule="cosine", epochs=3)
    train(whole, trainer)
    changes = whole.info().changes
    assert [(c["step"], c["name"], c["value"]) for c in changes] == [
        (5, "optimizer.lr", 0.05),
        (5, "batch_size", 10),
    ]
    assert changes[1]["before"] == 16

    run, trainer = begin(schedule="cosine", epochs=3)
    train(run, trainer, until=9)
    _, again = resumed(store, run.id, data)
    list(record(run, again))
    assert np.array_equal(curves(run)["train_loss"][1], curves(whole)["train_loss"][1])
    assert [c["step"] for c in run.info().changes] == [5, 5]


def test_a_run_that_ended_before_its_first_checkpoint_begins_again(begin, store, data):
    whole, trainer = begin()
    list(record(whole, trainer))
    run, trainer = begin()
    events = record(run, trainer)
    next(events)
    events.close()
    again, trainer = resumed(store, run.id, data)
    list(record(again, trainer))
    assert np.array_equal(curves(again)["train_loss"][1], curves(whole)["train_loss"][1])
