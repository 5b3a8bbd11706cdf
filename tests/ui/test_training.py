"""A training's controls, as the window drives them: pause, step, keep, change, go back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from patient_bot import PATIENCE_MS
from pytestqt.qtbot import QtBot

from workbench.runs.scalars import curves
from workbench.runs.store import RunStore
from workbench.ui.main_window import MainWindow


@pytest.fixture
def paused(open_sample: Callable[[str], MainWindow], qtbot: QtBot) -> MainWindow:
    """A window with a training that is paused after some steps."""
    window = open_sample("breast-cancer-mlp")
    training = window.training
    training.start("cpu")
    qtbot.waitUntil(lambda: training.step > 20, timeout=PATIENCE_MS)
    training.pause()
    settled(window, qtbot)
    return window


def settled(window: MainWindow, qtbot: QtBot) -> int:
    """Wait until a paused training stands still; return at which step."""
    qtbot.waitUntil(lambda: window.training._job.waits, timeout=PATIENCE_MS)
    qtbot.wait(100)  # in which it must do nothing
    assert window.training._job.waits
    return window.training.step


def test_steps_are_done_one_at_a_time(paused: MainWindow, qtbot: QtBot) -> None:
    training = paused.training
    for _ in range(3):
        before = training.step
        training.step_once()
        qtbot.waitUntil(lambda before=before: training.step > before, timeout=PATIENCE_MS)
        assert settled(paused, qtbot) == before + 1
        assert training.state == "paused"
    training.resume()
    qtbot.waitUntil(lambda: training.step > before + 30, timeout=PATIENCE_MS)


def test_a_change_is_made_while_paused_and_no_step_is_done(paused: MainWindow, qtbot: QtBot) -> None:
    training, before = paused.training, paused.training.step
    training.change("optimizer.lr", 0.0123)
    training.change("batch_size", 20)
    qtbot.waitUntil(lambda: len(training.changes) == 2, timeout=PATIENCE_MS)
    assert [change.step for change in training.changes] == [before, before]
    assert training.lr == 0.0123
    assert settled(paused, qtbot) == before
    training.stop()
    qtbot.waitUntil(lambda: not training.active, timeout=PATIENCE_MS)
    assert paused.workspace.folder is not None
    info = RunStore(paused.workspace.folder).open("latest").info()
    assert [(c["name"], c["value"]) for c in info.changes] == [("optimizer.lr", 0.0123), ("batch_size", 20)]


def test_a_run_gone_on_with_shows_what_it_had_learned_before(paused: MainWindow, qtbot: QtBot) -> None:
    training = paused.training
    training.change("batch_size", 20)
    training.resume()
    qtbot.waitUntil(lambda: training.last_epoch is not None, timeout=PATIENCE_MS)
    training.stop()
    qtbot.waitUntil(lambda: not training.active and paused.notice.isVisible(), timeout=PATIENCE_MS)
    run, upto = training.run_id, training.step
    assert f"Run {run} is kept." in paused.notice.text
    assert paused.workspace.folder is not None
    before = curves(RunStore(paused.workspace.folder).open(run))["train_loss"][1]
    training.start("cpu", run)
    qtbot.waitUntil(lambda: training.step > upto, timeout=PATIENCE_MS)
    assert not paused.notice.isVisible(), "it told of the run before"
    losses = training.curves["train_loss"]
    assert len(losses) == training.step
    np.testing.assert_array_equal(losses.y[:upto], before.astype(np.float32))
    assert losses.x[0] < 0.5
    assert list(training.curves["val_loss"].x) == list(range(1, len(training.curves["val_loss"]) + 1))


def test_what_cant_be_changed_is_told(paused: MainWindow, qtbot: QtBot) -> None:
    paused.training.change("epochs", 3)
    qtbot.waitUntil(lambda: paused.notice.isVisible(), timeout=PATIENCE_MS)
    assert not paused.training.changes


def test_a_checkpoint_is_saved_now_and_gone_back_to(paused: MainWindow, qtbot: QtBot) -> None:
    training, before = paused.training, paused.training.step
    training.keep()
    qtbot.waitUntil(
        lambda: training.checkpoint is not None and training.checkpoint.which == "kept", timeout=PATIENCE_MS
    )
    assert settled(paused, qtbot) == before
    training.stop()
    qtbot.waitUntil(lambda: not training.active, timeout=PATIENCE_MS)
    assert paused.workspace.folder is not None
    store = RunStore(paused.workspace.folder)
    parent = store.open("latest")
    assert parent.checkpoint_at(before).asked

    training.branch(parent.id, before, "cpu")
    qtbot.waitUntil(lambda: training.step > before + 20, timeout=PATIENCE_MS)
    assert training.run_id != parent.id
    training.stop()
    qtbot.waitUntil(lambda: not training.active, timeout=PATIENCE_MS)
    branch = store.open(training.run_id)
    parent_of = branch.info().parent
    assert parent_of is not None
    assert (parent_of.run, parent_of.step) == (parent.id, before)
    first, second = (curves(run)["train_loss"][1][:before] for run in (parent, branch))
    assert first.tolist() == second.tolist()
