import numpy as np
import pytest
from made_runs import made_project, made_run

from workbench.runs.axes import epoch_ends, places, steps_per_epoch
from workbench.runs.scalars import ScalarWriter, curves


def _at(run, axis, steps):
    return places(np.array(steps, np.int64), axis, run.info(), curves(run)).tolist()


def test_steps_are_steps(tmp_path):
    assert _at(made_run(tmp_path), "step", [1, 5, 12]) == [1.0, 5.0, 12.0]


def test_time_is_at_the_mean_speed(tmp_path):
    run = made_run(tmp_path, epochs=3, steps=4, seconds=6.0)
    assert _at(run, "time", [0, 6, 12]) == [0.0, 3.0, 6.0]
    assert _at(made_run(tmp_path, epochs=0), "time", [1]) == [0.0]


def test_epochs_end_where_they_were_validated(tmp_path):
    run = made_run(tmp_path, epochs=2, steps=4)
    assert _at(run, "epoch", [1, 4, 6, 8, 10]) == [0.25, 1.0, 1.5, 2.0, 2.5]
    assert epoch_ends(curves(run)).tolist() == [4, 8]


def test_epochs_of_another_length_after_the_batch_size_was_changed(tmp_path):
    run = made_run(tmp_path, epochs=1, steps=10)
    writer = ScalarWriter(run.scalars, after=10)
    writer.add("val_loss", 15, [0.1])
    writer.flush()
    writer.close()
    assert _at(run, "epoch", [5, 10, 12, 15, 20]) == [0.5, 1.0, 1.4, 2.0, 3.0]


def test_before_the_first_epoch_has_ended_samples_tell(tmp_path):
    run = made_run(tmp_path, made_project(batch_size=3), epochs=0)
    assert steps_per_epoch(run.info()) == 3  # of 8 samples to train on
    assert _at(run, "epoch", [3, 6]) == [1.0, 2.0]
    assert steps_per_epoch(run.info().model_copy(update={"data": None, "project": {}})) == 1


def test_an_axis_of_nothing(tmp_path):
    run = made_run(tmp_path)
    assert _at(run, "epoch", []) == []
    assert places(np.empty(0, np.int64), "epoch", run.info(), {}) == pytest.approx([])
