"""What a run had learned before it was gone on with."""

import numpy as np
import pytest

from workbench.runs import scalars
from workbench.train.events import Started
from workbench.ui.earlier_curves import earlier_curves


@pytest.fixture
def recorded(monkeypatch):
    """A run of 20 steps and 2 epochs of 8, killed 4 steps into the third; each value is its step."""
    steps = np.arange(1, 21)
    found = {
        "train_loss": (steps, steps.astype(float)),
        "val_loss": (np.array([8, 16]), np.array([8.0, 16.0])),
        "lr": (np.array([8, 16]), np.array([0.1, 0.1])),
    }
    monkeypatch.setattr(scalars, "curves", lambda run: found)


def started(first_step, first_epoch, steps_per_epoch=8):
    return Started(
        device="cpu",
        train_samples=80,
        validation_samples=8,
        epochs=4,
        steps_per_epoch=steps_per_epoch,
        first_epoch=first_epoch,
        first_step=first_step,
        run_steps=32,
    )


@pytest.mark.usefixtures("recorded")
def test_curves_up_to_the_checkpoint_over_epochs():
    found = earlier_curves(None, started(16, 3)).curves
    assert set(found) == {"train_loss", "val_loss", "lr"}
    np.testing.assert_allclose(found["train_loss"].x, np.arange(1, 17) / 8)
    np.testing.assert_array_equal(found["train_loss"].y, np.arange(1, 17))
    assert [*found["val_loss"].x] == [1, 2]


@pytest.mark.usefixtures("recorded")
def test_nothing_lies_beyond_where_it_goes_on():
    """Batches of another size: what follows begins at 2, whatever the pace was before."""
    found = earlier_curves(None, started(18, 3, steps_per_epoch=20)).curves["train_loss"]
    assert len(found) == 18
    assert found.x.max() == 2
    assert (np.diff(found.x) >= 0).all()


@pytest.mark.usefixtures("recorded")
def test_a_run_that_begins_again_has_none():
    assert earlier_curves(None, started(0, 1)).curves == {}
