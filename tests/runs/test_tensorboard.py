import sys
import warnings

import numpy as np
import pytest
from made_runs import made_run

from workbench.errors import UserError
from workbench.runs.scalars import curves
from workbench.runs.tensorboard import write_events


@pytest.fixture
def accumulator():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what TensorBoard warns of while it is imported is its own affair
        module = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    return module.EventAccumulator


def test_tensorboard_reads_the_curves(tmp_path, accumulator):
    run = made_run(tmp_path, epochs=3, steps=5)
    target = write_events(run, tmp_path / "events")
    assert target == tmp_path / "events" / "0001"
    found = accumulator(str(target), size_guidance={"scalars": 0})
    found.Reload()
    expected = curves(run)
    assert sorted(found.Tags()["scalars"]) == sorted(expected)
    for name, (steps, values) in expected.items():
        scalars = found.Scalars(name)
        assert [scalar.step for scalar in scalars] == steps.tolist()
        assert np.array_equal(np.float32([scalar.value for scalar in scalars]), values.astype(np.float32))
    times = [scalar.wall_time for scalar in found.Scalars("train_loss")]
    assert times[-1] - times[0] == pytest.approx(14 * 0.5)


def test_it_tells_how_far_it_is_and_can_be_ended(tmp_path, accumulator, monkeypatch):
    monkeypatch.setattr("workbench.runs.tensorboard.AT_ONCE", 7)
    run = made_run(tmp_path, epochs=3, steps=5)
    total = sum(len(steps) for steps, _ in curves(run).values())
    told = []
    write_events(run, tmp_path / "whole", lambda *far: told.append(far))
    assert told == [*((done, total) for done in range(0, total + 1, 7)), (total, total)]

    def stop(done, total):
        if done >= 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_events(run, tmp_path / "ended", stop)
    assert list((tmp_path / "ended").iterdir()) == []
    write_events(run, tmp_path / "ended")


def test_events_are_not_doubled(tmp_path, accumulator):
    run = made_run(tmp_path)
    write_events(run, tmp_path / "events")
    with pytest.raises(UserError, match=r"events of run 0001 here already.*Choose another folder"):
        write_events(run, tmp_path / "events")


def test_a_place_that_cannot_be_written(tmp_path, accumulator):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="can't be written"):
        write_events(made_run(tmp_path), tmp_path / "file")


def test_without_tensorboard_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboard.summary.writer.record_writer", None)
    with pytest.raises(UserError, match=r"pip install 'model-workbench\[tensorboard\]'"):
        write_events(made_run(tmp_path), tmp_path / "events")
    assert not (tmp_path / "events").exists()
