"""Probes on the disk: bounded, gone on with, branched, damaged."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.errors import UserError
from workbench.graph.training import Probes
from workbench.runs import probe_files
from workbench.runs.opening import branched, resumed
from workbench.runs.probe_writer import ProbeWriter
from workbench.runs.probes import open_probes
from workbench.runs.recorder import record
from workbench.train.events import EpochEnded, Probed
from workbench.train.probe_plan import kept_epochs, plan
from workbench.train.probe_record import Histograms, ProbeRecord


def recorded(run, trainer):
    """Train into a run; return what was seen, by epoch."""
    seen = {}
    for event in record(run, trainer):
        if isinstance(event, Probed):
            seen[event.epoch] = trainer.probing.latest
    return seen


def same(a: ProbeRecord, b: ProbeRecord) -> bool:
    pairs = [(a.activations[name], b.activations[name]) for name in b.activations]
    pairs += [*zip(a.outputs, b.outputs, strict=True), *zip(a.weights, b.weights, strict=True)]
    pairs += [(getattr(a, n), getattr(b, n)) for n in ("probabilities", "predicted", "losses")]
    return all(np.array_equal(x, y, equal_nan=True) and x.dtype == y.dtype for x, y in pairs)


def everything(run) -> dict[int, ProbeRecord]:
    probes = open_probes(run)
    names = [layer.id for layer in probes.plan.layers]
    return {epoch: probes.read(epoch, names) for epoch in probes.epochs}


def test_what_was_seen_is_read_again(begin):
    run, trainer = begin()
    seen = recorded(run, trainer)
    found = everything(run)
    assert sorted(found) == sorted(seen) == [0, 1, 2, 3, 4]
    assert all(same(found[epoch], seen[epoch]) for epoch in seen)
    assert open_probes(run).plan == trainer.probing.plan
    assert [found[epoch].step for epoch in found] == [0, 7, 14, 21, 28]
    assert list(open_probes(run).read(2).activations) == []
    assert list(open_probes(run).read(2, ["drop"]).activations) == ["act"]  # which it hands on


def test_nothing_is_written_without(begin):
    run, trainer = begin(probes={"samples": 0})
    recorded(run, trainer)
    assert open_probes(run) is None
    assert not (run.folder / probe_files.FOLDER).exists()


def test_a_resumed_run_goes_on_with_the_same(begin, store, data):
    whole = recorded(*begin())
    run, trainer = begin()
    events = record(run, trainer)
    for event in events:
        if isinstance(event, EpochEnded) and event.epoch == 2:
            break
    events.close()
    assert sorted(everything(run)) in ([0, 1], [0, 1, 2])
    run, trainer = resumed(store, run.id, data)
    recorded(run, trainer)
    found = everything(run)
    assert sorted(found) == [0, 1, 2, 3, 4]
    assert all(same(found[epoch], whole[epoch]) for epoch in whole)


def test_what_lies_beyond_a_checkpoint_is_forgotten(begin, store, data):
    run, trainer = begin()
    recorded(run, trainer)
    kept = run.checkpoints()[1]
    kept.path.replace(run.last)
    run.update(state="interrupted")
    _, trainer = resumed(store, run.id, data)
    events = record(run, trainer)
    next(events)
    assert open_probes(run).epochs == tuple(range(kept.epoch + 1))
    events.close()


def test_other_settings_begin_anew(begin, store, data):
    run, trainer = begin()
    recorded(run, trainer)
    run, trainer = resumed(store, run.id, data, changes=("epochs=6", "probes.samples=3"))
    recorded(run, trainer)
    assert open_probes(run).epochs == (4, 5, 6)
    assert len(open_probes(run).plan.samples) == 3


def test_a_branch_has_what_was_before_it(begin, store, make_project, data):
    run, trainer = begin(keep=10)
    seen = recorded(run, trainer)
    at = run.checkpoints()[0]
    branch, trainer = branched(store, run.id, at.step, make_project(epochs=6), data)
    copied = everything(branch)
    assert sorted(copied) == list(range(at.epoch + 1))
    assert all(same(copied[epoch], seen[epoch]) for epoch in copied)
    recorded(branch, trainer)
    found = everything(branch)
    assert sorted(found) == list(range(7))
    assert all(same(found[epoch], seen[epoch]) for epoch in seen)
    assert sorted(everything(run)) == sorted(seen)


def made_record(epoch: int) -> ProbeRecord:
    rows = Histograms(np.ones((1, 48), np.int64), np.ones((1, 2), np.float32), np.zeros(1, np.float32))
    values = {"wide": np.full((2, 4096), epoch, np.float32)}
    nothing = np.zeros(2, np.float32)
    return ProbeRecord(epoch, 10 * epoch, values, rows, rows, np.zeros((2, 3), np.float32), nothing, nothing)


def test_many_epochs_stay_within_the_bound(tmp_path):
    made = plan(Probes(samples=2, megabytes=1), "train", [4, 7], {"wide": (4096,)}, {}, 3)
    kept = made.layers[0].kept
    writer = ProbeWriter(tmp_path, after=0)
    for epoch in range(400):
        values = {"wide": np.full((2, *kept), epoch, made.dtype)}
        writer.add(made, ProbeRecord(**{**vars(made_record(epoch)), "activations": values}))
        if epoch % 7 == 0 or epoch == 399:
            writer.taken()()
            assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 2**20
    assert [file.epoch for file in probe_files.files_in(tmp_path)] == kept_epochs(range(400), made.most)
    assert writer.taken() is None


@pytest.mark.parametrize("harm", ["cut", "text", "gone", "other"])
def test_a_damaged_file_is_told_in_a_sentence(begin, harm):
    run, trainer = begin()
    recorded(run, trainer)
    probes = open_probes(run)
    file = probe_files.files_in(run.folder / probe_files.FOLDER)[2]
    content = file.path.read_bytes()
    if harm == "cut":
        file.path.write_bytes(content[: len(content) // 2])
    elif harm == "text":
        file.path.write_bytes(b"no archive")
    elif harm == "gone":
        np.savez(file.path, predicted=np.zeros(8))
    else:
        with np.load(file.path) as found:
            arrays = {name: found[name] for name in found}
        np.savez(file.path, **{**arrays, "losses": np.array(["a"] * 8)})
    with pytest.raises(UserError, match="the recorded probes are damaged") as told:
        probes.read(2, ["act"])
    assert told.value.place == str(file.path)
    assert probes.read(1, ["act"]).epoch == 1


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff", b'{"format": 9}'])
def test_a_damaged_plan_is_told_and_written_anew(begin, store, data, content):
    run, trainer = begin()
    recorded(run, trainer)
    (run.folder / probe_files.FOLDER / "probes.json").write_bytes(content)
    with pytest.raises(UserError, match="the recorded probes are damaged"):
        open_probes(run)
    run, trainer = resumed(store, run.id, data, changes=("epochs=5",))
    recorded(run, trainer)
    assert open_probes(run).epochs == (4, 5)


def test_an_epoch_or_layer_that_isn_t_there(begin):
    run, trainer = begin(probes={"layers": ["act"]})
    recorded(run, trainer)
    probes = open_probes(run)
    with pytest.raises(UserError, match="nothing after epoch 17"):
        probes.read(17)
    with pytest.raises(UserError, match="nothing of the layer 'out'"):
        probes.read(1, ["out"])
