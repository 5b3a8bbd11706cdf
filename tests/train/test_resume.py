import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.errors import UserError
from workbench.train import loop
from workbench.train.checkpoint import Checkpoint
from workbench.train.events import EpochEnded, Finished, Steps
from workbench.train.trainer import Trainer

EPOCHS = 3
STEPS = 16
"""Of an epoch: 126 samples in batches of 8."""


@pytest.fixture
def project(make_project):
    def make(optimizer="Adam", schedule="one_cycle", epochs=EPOCHS, batch_size=8, width=16, **more):
        return make_project(
            ("Input", {"shape": [7]}),
            ("Linear", {"out_features": width}),
            "BatchNorm1d",
            "ReLU",
            ("Dropout", {"p": 0.3}),
            ("Linear", {"out_features": 3}),
            optimizer=optimizer,
            schedule=schedule,
            epochs=epochs,
            batch_size=batch_size,
            clip_norm=1.0,
            **more,
        )

    return make


@pytest.fixture
def data(make_dataset):
    return make_dataset(180, features=7)


@pytest.fixture
def every_step(monkeypatch):
    """Let every step be an event, so that training can be stopped at any of them."""
    monkeypatch.setattr(loop, "INTERVAL", 0.0)


def run(trainer, until=None):
    """Train up to ``until`` steps; return losses and epochs."""
    losses, epochs = [], []
    events = trainer.events()
    for event in events:
        if isinstance(event, Steps):
            losses += event.losses.tolist()
            if until is not None and trainer.progress.step == until:
                events.close()
        elif isinstance(event, EpochEnded):
            epochs.append(
                (event.epoch, event.step, event.train_loss, event.val_loss, event.metrics, event.best)
            )
    return losses, epochs


def states_equal(one, other):
    weights = all(torch.equal(value, other.weights[name]) for name, value in one.weights.items())
    moments = all(
        torch.equal(value, other.optimizer[number][name])
        for number, state in one.optimizer.items()
        for name, value in state.items()
    )
    return weights and moments and torch.equal(one.random["cpu"], other.random["cpu"])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(1, EPOCHS * STEPS - 1),
    st.sampled_from(["Adam", "AdamW", "SGD", "RMSprop"]),
    st.integers(0, 99),
)
def test_resuming_anywhere_gives_the_same_numbers(project, data, every_step, tmp_path, stop, optimizer, seed):
    whole = Trainer(project(optimizer), data, seed=seed)
    losses, epochs = run(whole)
    assert len(losses) == EPOCHS * STEPS

    first = Trainer(project(optimizer), data, seed=seed)
    before, epochs_before = run(first, until=stop)
    first.snapshot().save(tmp_path / "last.safetensors")
    torch.rand(3)
    second = Trainer(project(optimizer), data, resume=Checkpoint.load(tmp_path / "last.safetensors"))
    after, epochs_after = run(second)

    assert before + after == losses
    assert epochs_before + epochs_after == epochs
    assert states_equal(whole.snapshot(), second.snapshot())


def test_resuming_again_and_again_gives_the_same_numbers(project, data, every_step):
    losses, _ = run(Trainer(project(), data))
    found, checkpoint = [], None
    for until in range(5, EPOCHS * STEPS, 5):
        trainer = Trainer(project(), data, resume=checkpoint)
        found += run(trainer, until)[0]
        checkpoint = trainer.snapshot()
    assert found == losses[: len(found)]
    assert len(found) == 45


def test_the_clock_has_no_say(project, data, monkeypatch):
    """A checkpoint of a run that reported by the clock is that of one that reported each step."""
    monkeypatch.setattr(loop, "INTERVAL", 0.0)
    _, slow = run(Trainer(project(), data))
    monkeypatch.setattr(loop, "INTERVAL", 0.004)
    _, fast = run(Trainer(project(), data))
    assert slow == fast


def test_a_checkpoint_can_be_resumed_twice(project, data, every_step):
    trainer = Trainer(project(), data)
    run(trainer, 20)
    checkpoint = trainer.snapshot()
    first = run(Trainer(project(), data, resume=checkpoint))
    assert run(Trainer(project(), data, resume=checkpoint)) == first


def test_a_resumed_run_says_where_it_is(project, data, every_step):
    trainer = Trainer(project(), data)
    run(trainer, 20)
    events = list(Trainer(project(), data, resume=trainer.snapshot()).events())
    started, finished = events[0], events[-1]
    assert (started.first_epoch, started.first_step, started.run_steps) == (2, 20, EPOCHS * STEPS)
    assert isinstance(finished, Finished)
    assert (finished.epochs, finished.step) == (EPOCHS, EPOCHS * STEPS)


def test_patience_counts_on(project, data):
    data.targets[:] = np.random.default_rng(0).integers(0, 3, 180)
    settings_ = {
        "schedule": "constant",
        "patience": 4,
        "epochs": 200,
        "optimizer": {"name": "Adam", "lr": 0.05},
    }
    whole = Trainer(project(**settings_), data)
    _, epochs = run(whole)
    assert len(epochs) < 200
    first = Trainer(project(**settings_), data)
    events = first.events()
    for event in events:
        if isinstance(event, EpochEnded) and event.epoch == len(epochs) - 2:
            events.close()
    _, rest = run(Trainer(project(**settings_), data, resume=first.snapshot()))
    assert rest == epochs[-2:]


def test_more_epochs_go_on_from_the_end(project, data):
    trainer = Trainer(project(schedule="constant"), data)
    run(trainer)
    losses, _ = run(Trainer(project(schedule="constant", epochs=EPOCHS + 1), data, resume=trainer.snapshot()))
    whole, _ = run(Trainer(project(schedule="constant", epochs=EPOCHS + 1), data))
    assert losses == whole[EPOCHS * STEPS :]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"width": 17}, r"another stack: layer1.weight is 16×7 there, 17×7 here"),
        ({"optimizer": "SGD"}, r"trained with Adam, not SGD\. Set the optimizer to Adam"),
        ({"epochs": 1}, r"all 1 epochs are done\. Set more epochs"),
    ],
)
def test_what_does_not_go_on_is_refused(project, data, every_step, change, message):
    trainer = Trainer(project(), data)
    run(trainer, 20)
    with pytest.raises(UserError, match=message):
        Trainer(project(**change), data, resume=trainer.snapshot())


def test_other_data_within_an_epoch_are_refused(project, data, make_dataset, every_step):
    trainer = Trainer(project(), data)
    run(trainer, 20)
    with pytest.raises(UserError, match="stopped within an epoch of 126 samples, now there are 140"):
        Trainer(project(), make_dataset(200, features=7), resume=trainer.snapshot())


def test_another_batch_size_cuts_the_rest_of_the_epoch_anew(project, data, every_step):
    trainer = Trainer(project(), data)
    run(trainer, 20)  # 4 batches of 8 into the second epoch: 94 samples are left
    again = Trainer(project(batch_size=16), data, resume=trainer.snapshot())
    assert again.progress.pace.of(20) == pytest.approx(20 * 8 / 16)
    losses, epochs = run(again)
    assert [epoch[1] for epoch in epochs] == [26, 34]
    assert len(losses) == 14


def test_another_seed_is_refused(project, data):
    with pytest.raises(UserError, match="the checkpoint's seed is 0, not 1"):
        Trainer(project(), data, seed=1, resume=Trainer(project(), data).snapshot())


def test_moments_of_another_stack_are_refused(project, data, every_step):
    trainer = Trainer(project(), data)
    run(trainer, 5)
    checkpoint = trainer.snapshot()
    checkpoint.optimizer[0]["exp_avg"] = torch.zeros(2, 2)
    with pytest.raises(UserError, match="the checkpoint is of another stack: its optimiser"):
        Trainer(project(), data, resume=checkpoint)


def test_what_is_set_anew_beats_what_was_changed_while_training(project, data, every_step):
    """Settings that are the same as before leave such changes in force."""
    wishes = (("optimizer.lr", 0.004), ("optimizer.weight_decay", 0.3))
    trainer = Trainer(project(schedule="constant", accumulate=4), data)
    for name, value in wishes:
        trainer.change(name, value)
    run(trainer, 20)
    checkpoint = trainer.snapshot()

    def groups(accumulate=4, **optimizer):
        changed = project({"name": "Adam", **optimizer}, "constant", accumulate=accumulate)
        again = Trainer(changed, data, resume=checkpoint)
        run(again, 22)
        [group] = again._optimizer.param_groups
        return group["lr"], group["weight_decay"], again.progress.parts

    assert groups() == (pytest.approx(0.004), 0.3, 4)
    assert groups(lr=0.02) == (pytest.approx(0.02), 0.3, 4)
    assert groups(weight_decay=0.1) == (pytest.approx(0.004), 0.1, 4)
    assert groups(accumulate=1) == (pytest.approx(0.004), 0.3, 1)


def test_more_epochs_go_on_from_a_rate_that_was_chosen_where_the_schedule_had_almost_ended(
    project, data, every_step
):
    """As a multiple of that end's rate it would be thousands of times the full rate of a longer schedule."""
    trainer = Trainer(project(schedule="cosine"), data)
    run(trainer, EPOCHS * STEPS - 2)
    trainer.change("optimizer.lr", 0.003)
    checkpoint = trainer.snapshot()  # the wish isn't granted yet
    assert checkpoint.settings.progress.lr_scale == 1
    again = Trainer(project(schedule="cosine"), data, resume=checkpoint)
    again.change("optimizer.lr", 0.003)
    run(again, EPOCHS * STEPS - 1)
    assert again.snapshot().settings.progress.lr_scale > 100
    longer = Trainer(project(schedule="cosine", epochs=2 * EPOCHS), data, resume=again.snapshot())
    events = longer.events()
    first = next(event for event in events if isinstance(event, Steps))
    events.close()
    assert first.lr == pytest.approx(0.003, rel=0.01)


def test_averages_that_are_asked_for_later_begin_with_the_weights(project, data, every_step):
    trainer = Trainer(project(), data)
    run(trainer, 20)
    checkpoint = trainer.snapshot()
    again = Trainer(project(ema=0.999), data, resume=checkpoint)
    averages = again.snapshot().extra
    weights = enumerate(again.model.parameters())
    assert all(torch.equal(averages[f"ema.{number}"], weight) for number, weight in weights)
    assert float(averages["ema.updates"]) == 0


def test_what_was_killed_as_its_patience_ran_out_only_ends(project, data):
    data.targets[:] = np.random.default_rng(0).integers(0, 3, 180)
    made = project("Adam", "constant", epochs=200, patience=2)
    whole = Trainer(made, data)
    last = list(whole.events())[-1]
    assert last.reason == "stopped early"
    again = list(Trainer(made, data, resume=whole.snapshot()).events())
    assert not any(isinstance(event, Steps | EpochEnded) for event in again)
    assert again[-1].reason == "stopped early"
    assert again[-1].step == last.step
