import json

import pytest
import torch
from safetensors.torch import save_file

from workbench.errors import UserError
from workbench.train.checkpoint import Checkpoint, Progress, Settings, fit
from workbench.train.trainer import Trainer


@pytest.fixture
def trainer(make_project, make_dataset):
    layers = [("Input", {"shape": [6]}), ("Linear", {"out_features": 4}), "BatchNorm1d"]
    found = Trainer(make_project(*layers, ("Linear", {"out_features": 3}), epochs=2), make_dataset())
    list(found.events())
    return found


def test_a_checkpoint_comes_back_whole(trainer, tmp_path):
    before = trainer.snapshot()
    before.save(tmp_path / "last.safetensors")
    after = Checkpoint.load(tmp_path / "last.safetensors")
    assert after.settings == before.settings
    for mine, theirs in [(before.weights, after.weights), (before.random, after.random)]:
        assert mine.keys() == theirs.keys()
        assert all(torch.equal(mine[name], theirs[name]) for name in mine)
    assert before.optimizer.keys() == after.optimizer.keys()
    for number, state in before.optimizer.items():
        assert all(torch.equal(value, after.optimizer[number][name]) for name, value in state.items())


def test_a_snapshot_is_a_copy(trainer):
    before = trainer.snapshot()
    kept = before.weights["layer1.weight"].clone()
    with torch.no_grad():
        trainer.model.layer1.weight.add_(1)
    assert torch.equal(before.weights["layer1.weight"], kept)


def test_the_file_holds_json_and_no_pickle(trainer, tmp_path):
    path = tmp_path / "last.safetensors"
    trainer.snapshot().save(path)
    content = path.read_bytes()
    size = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + size])
    settings = json.loads(header["__metadata__"]["workbench"])
    assert settings["progress"]["epoch"] == 2
    (tmp_path / "other").write_text("")
    assert path.stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(UserError, match=r"nothing\.safetensors: there is no such checkpoint"):
        Checkpoint.load(tmp_path / "nothing.safetensors")


@pytest.mark.parametrize("keep", [0, 4, 8, 100, 1500, -1])
def test_a_truncated_file_is_damaged(trainer, tmp_path, keep):
    path = tmp_path / "last.safetensors"
    trainer.snapshot().save(path)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(UserError, match=r"the checkpoint is damaged .*Use another checkpoint"):
        Checkpoint.load(path)


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        {"other": "{}"},
        {"workbench": "not json"},
        {"workbench": "{}"},
        {"workbench": "[]"},
        {"workbench": '{"seed": 0}'},
    ],
)
def test_a_file_of_another_program_is_refused(tmp_path, metadata):
    save_file({"model.a": torch.zeros(2)}, tmp_path / "x.safetensors", metadata=metadata)
    with pytest.raises(UserError, match="the checkpoint is damaged"):
        Checkpoint.load(tmp_path / "x.safetensors")


@pytest.mark.parametrize("key", ["a", "optimizer.x.step", "other.a"])
def test_a_tensor_that_belongs_nowhere_is_refused(tmp_path, key):
    settings = Settings(seed=0, optimizer="Adam", batch_size=1, train_samples=1, progress=Progress())
    header = {"workbench": settings.model_dump_json()}
    save_file({key: torch.zeros(2)}, tmp_path / "x.safetensors", metadata=header)
    with pytest.raises(UserError, match="belongs to no checkpoint"):
        Checkpoint.load(tmp_path / "x.safetensors")


def test_a_newer_format_is_refused(trainer, tmp_path):
    settings = trainer.snapshot().settings.model_copy(update={"format": 2})
    header = {"workbench": settings.model_dump_json()}
    save_file({"model.a": torch.zeros(2)}, tmp_path / "x.safetensors", metadata=header)
    with pytest.raises(UserError, match="it has format 2, this program reads 1"):
        Checkpoint.load(tmp_path / "x.safetensors")


def test_a_full_disk_is_told_and_leaves_the_old_file(trainer, tmp_path, monkeypatch):
    path = tmp_path / "last.safetensors"
    path.write_bytes(b"old")
    from safetensors import SafetensorError

    def fail(*args, **kwargs):
        raise SafetensorError("I/O error: No space left on device (os error 28)")

    monkeypatch.setattr("workbench.train.checkpoint.save_file", fail)
    with pytest.raises(UserError, match=r"can't be written .*No space left on device"):
        trainer.snapshot().save(path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_weights_of_another_stack_are_named(trainer):
    weights = trainer.snapshot().weights
    fit(weights, trainer.model, "here")
    with pytest.raises(UserError, match=r"here: .*another stack: layer1.weight is 2×2 there, 4×6 here"):
        fit({**weights, "layer1.weight": torch.zeros(2, 2)}, trainer.model, "here")
    with pytest.raises(UserError, match=r"extra is 3 there, missing here"):
        fit({**weights, "extra": torch.zeros(3)}, trainer.model, "here")
    del weights["layer2.num_batches_tracked"]
    with pytest.raises(UserError, match=r"layer2.num_batches_tracked is missing there, a number here"):
        fit(weights, trainer.model, "here")
