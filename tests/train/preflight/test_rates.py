import numpy as np
import pytest

from workbench.errors import UserError
from workbench.graph.training import Adam, Muon, at_rate
from workbench.train.preflight.rates import RateTest, find_rate, judged, smoothed


def done(work):
    """A generator's events, and what it returns."""
    events = []
    while True:
        try:
            events.append(next(work))
        except StopIteration as end:
            return events, end.value


def quadratic(curvature, steps=140):
    """Losses of gradient descent on curvature/2 · w², each before the step at its rate."""
    rates = np.geomspace(1e-7, 10, steps)
    shrink = np.cumprod(1 - rates * curvature)
    weights = np.concatenate([[1.0], shrink[:-1]])
    return rates, curvature / 2 * weights**2


@pytest.mark.parametrize("curvature", [1.0, 10.0, 400.0])
@pytest.mark.parametrize("steps", [100, 140, 200])
def test_on_a_quadratic_the_answer_is_known(curvature, steps):
    # With rates that grow by a factor r, the rates so far add up to about rate · r/(r-1), so that the loss
    # is exp(-2·curvature·rate·r/(r-1)). Over log(rate) that falls fastest where the exponent is -1. A loss
    # stands beside the rate of the step after it, so the answer lies one step further on.
    rates, losses = quadratic(curvature, steps)
    growth = rates[1] / rates[0]
    expected = (growth - 1) / (2 * curvature)
    assert judged(rates, losses).suggestion == pytest.approx(expected, rel=0.35)
    assert judged(rates, losses).suggestion < 2 / curvature, "beyond that it diverges"


def test_noise_on_a_level_loss_gives_no_suggestion():
    rates = np.geomspace(1e-7, 10, 140)
    losses = 2.3 + 0.01 * np.random.default_rng(0).normal(size=140)
    found = judged(rates, losses)
    assert found.suggestion is None
    assert "doesn't fall at any rate" in found.message


def test_what_comes_after_a_loss_that_is_no_number_is_left_out():
    rates, losses = quadratic(1.0)
    losses[120:] = np.nan
    found = judged(rates, losses)
    assert len(found.rates) == len(found.losses) == len(found.smoothed) == 120
    assert found.suggestion == judged(rates[:120], losses[:120]).suggestion


@pytest.mark.parametrize("losses", [[], [np.nan], [1.0]])
def test_hardly_any_losses_give_no_suggestion(losses):
    assert judged(np.geomspace(1e-7, 10, 140)[: len(losses)], np.array(losses)).suggestion is None


def test_smoothing_keeps_a_straight_line_and_does_not_lag():
    values = np.arange(50.0)
    assert smoothed(values)[20:30] == pytest.approx(values[20:30])
    step = np.where(np.arange(60) < 30, 1.0, 0.0)
    assert np.interp(0.5, smoothed(step)[::-1], np.arange(60)[::-1]) == pytest.approx(29.5)


@pytest.fixture
def project(make_project):
    def make(**training):
        rows = (("Input", {"shape": [6]}), ("Linear", {"out_features": 16}), "ReLU")
        return make_project(*rows, ("Linear", {"out_features": 3}), **training)

    return make


@pytest.mark.parametrize("optimizer", ["SGD", "Adam", "Muon", "Adadelta"])
def test_every_optimiser_is_tested_until_its_loss_runs_away(project, make_dataset, optimizer):
    events, found = done(find_rate(project(optimizer=optimizer), make_dataset(), device="cpu"))
    assert isinstance(found, RateTest)
    assert [float(rate) for event in events for rate in event.rates] == pytest.approx(
        found.rates[: len(events)].tolist()
    )
    assert found.rates[0] == pytest.approx(1e-7)
    assert len(found.rates) <= 140
    assert found.suggestion is not None
    assert 1e-5 < found.suggestion < 10


def test_muon_s_other_rate_follows_as_it_did_in_the_test():
    taken = at_rate(Muon(lr=0.02, adamw_lr=0.001), 0.1)
    assert (taken.lr, taken.adamw_lr) == (0.1, 0.005)
    assert at_rate(Muon(adamw_lr=0.00123), 0.02).adamw_lr == 0.00123
    assert at_rate(Adam(), 0.5) == Adam(lr=0.5)


def test_the_suggested_rate_trains(project, make_dataset):
    from workbench.train.preflight.trial import Trial

    made = project(optimizer="SGD")
    _, found = done(find_rate(made, make_dataset(), device="cpu"))
    trial = Trial(made, make_dataset(), device="cpu")
    batches = trial.batches(32)
    with trial.working():
        losses = [float(trial.step(next(batches), found.suggestion)) for _ in range(60)]
    assert np.mean(losses[-10:]) < 0.7 * losses[0]


def test_the_same_seed_gives_the_same_test(project, make_dataset):
    first, second, other = (
        done(find_rate(project(), make_dataset(), device="cpu", seed=seed))[1] for seed in (1, 1, 2)
    )
    assert first.losses.tolist() == second.losses.tolist()
    assert first.losses.tolist() != other.losses.tolist()


def test_lbfgs_is_refused(project, make_dataset):
    with pytest.raises(UserError, match="LBFGS chooses how far it steps by itself") as refused:
        next(find_rate(project(optimizer="LBFGS"), make_dataset(), device="cpu"))
    assert refused.value.place == "training.optimizer"


def test_nobody_elses_random_numbers_change(project, make_dataset):
    import torch

    torch.manual_seed(3)
    expected = torch.rand(3)
    torch.manual_seed(3)
    work = find_rate(project(), make_dataset(), device="cpu")
    for _ in range(5):
        next(work)
    assert torch.equal(torch.rand(3), expected)
