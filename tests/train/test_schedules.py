import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch.optim import lr_scheduler

from workbench.graph.training import (
    Constant,
    Cosine,
    CosineRestarts,
    Exponential,
    OneCycle,
    Plateau,
    Polynomial,
    Step,
)
from workbench.train.schedules import PlateauState, plateau, preview, rate

counts = st.integers(2, 300)
lrs = st.floats(1e-6, 10)
epochs = st.integers(1, 40)
factors = st.floats(0.05, 0.95)


def torch_optimizer(lr):
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)


def torch_rates(make, lr, count):
    optimizer = torch_optimizer(lr)
    schedule = make(optimizer)
    rates = []
    for step in range(count):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step < count - 1:
            schedule.step()
    return rates


def ours(schedule, lr, count, per_epoch=1):
    at = rate(schedule, lr, count, per_epoch)
    return [at(step) for step in range(count)]


def near(expected, lr):
    return pytest.approx(expected, rel=1e-6, abs=lr * 1e-9)


@given(lrs, counts)
def test_constant_stays(lr, count):
    assert ours(Constant(), lr, count) == [lr] * count


@given(lrs, counts, st.floats(0.05, 0.9))
def test_one_cycle_is_torchs(lr, count, rise):
    def make(optimizer):
        return lr_scheduler.OneCycleLR(optimizer, lr, total_steps=count, pct_start=rise, cycle_momentum=False)

    assume(rise * count - 1 != 0)  # torch divides by zero
    assert ours(OneCycle(rise=rise), lr, count) == near(torch_rates(make, lr, count), lr)


@given(lrs, counts)
def test_cosine_is_torchs(lr, count):
    expected = torch_rates(lambda o: lr_scheduler.CosineAnnealingLR(o, count), lr, count)
    assert ours(Cosine(), lr, count) == near(expected, lr)


@given(lrs, counts, st.floats(0.5, 4))
def test_polynomial_is_torchs(lr, count, power):
    expected = torch_rates(lambda o: lr_scheduler.PolynomialLR(o, count, power), lr, count)
    assert ours(Polynomial(power=power), lr, count) == pytest.approx(expected, rel=1e-4, abs=lr * 1e-9)


@given(lrs, epochs, st.integers(1, 9), factors, st.integers(1, 5))
def test_step_is_torchs_an_epoch(lr, count, every, factor, per_epoch):
    expected = torch_rates(lambda o: lr_scheduler.StepLR(o, every, factor), lr, count)
    found = ours(Step(every=every, factor=factor), lr, count * per_epoch, per_epoch)
    assert found == near(np.repeat(expected, per_epoch).tolist(), lr)


@given(lrs, epochs, factors, st.integers(1, 5))
def test_exponential_is_torchs_at_the_start_of_each_epoch(lr, count, factor, per_epoch):
    expected = torch_rates(lambda o: lr_scheduler.ExponentialLR(o, factor), lr, count)
    found = ours(Exponential(factor=factor), lr, count * per_epoch, per_epoch)
    assert found[::per_epoch] == near(expected, lr)
    assert all(b / a == pytest.approx(factor ** (1 / per_epoch)) for a, b in pairwise(found))


@given(lrs, epochs, st.integers(1, 9), st.integers(1, 3), st.integers(1, 5))
def test_restarts_are_torchs(lr, count, period, growth, per_epoch):
    def make(optimizer):
        return lr_scheduler.CosineAnnealingWarmRestarts(optimizer, period * per_epoch, growth)

    found = ours(CosineRestarts(period=period, growth=growth), lr, count * per_epoch, per_epoch)
    assert found == near(torch_rates(make, lr, count * per_epoch), lr)


FALLING = [
    Constant(warmup=0.3),
    Step(every=2, warmup=0.3),
    Exponential(warmup=0.3),
    Polynomial(power=2, warmup=0.3),
    Cosine(warmup=0.3),
    CosineRestarts(period=2, warmup=0.3),
    Plateau(warmup=0.3),
]


@pytest.mark.parametrize("schedule", FALLING, ids=lambda schedule: schedule.name)
def test_the_rate_warms_up_in_a_line_and_the_schedule_begins_after_it(schedule):
    plain = schedule.model_copy(update={"warmup": 0.0})
    found = ours(schedule, 0.5, 100, 7)
    assert found[:30] == pytest.approx([0.5 * (n + 1) / 30 for n in range(30)])
    assert found[30:] == ours(plain, 0.5, 70, 7)
    assert found[30] == 0.5


def test_warming_up_is_that_of_torchs_sequence():
    def make(optimizer):
        rise = lr_scheduler.LinearLR(optimizer, 1 / 30, 1, 29)
        return lr_scheduler.SequentialLR(optimizer, [rise, lr_scheduler.StepLR(optimizer, 14, 0.5)], [30])

    expected = torch_rates(make, 0.2, 100)
    assert ours(Step(every=2, factor=0.5, warmup=0.3), 0.2, 100, 7) == pytest.approx(expected)


@given(lrs, counts, st.floats(0, 0.99))
def test_cosine_warms_up_and_then_falls(lr, count, warmup):
    rates = ours(Cosine(warmup=warmup), lr, count)
    rising = round(warmup * count)
    assert rates[:rising] == pytest.approx([lr * (n + 1) / rising for n in range(rising)])
    assert all(a >= b for a, b in pairwise(rates[rising:]))


@given(
    st.sampled_from([*FALLING, Constant(), Cosine(), OneCycle(), OneCycle(rise=0), OneCycle(rise=0.99)]),
    lrs,
    st.integers(1, 50),
    st.integers(1, 9),
    st.floats(0, 1),
)
def test_rates_are_positive_and_never_above_the_full_one_between_steps_too(
    schedule, lr, count, per_epoch, between
):
    at = rate(schedule, lr, count, per_epoch)
    for step in range(count):
        assert 0 <= at(step + between * (step < count - 1)) <= lr * (1 + 1e-9)
        assert math.isfinite(at(step))


@pytest.mark.parametrize("schedule", [*FALLING, OneCycle()], ids=lambda schedule: schedule.name)
def test_a_rate_past_the_last_step_is_no_error(schedule):
    at = rate(schedule, 0.1, 20, 5)
    assert 0 <= at(25) <= 0.1


losses = st.lists(st.floats(-5, 5) | st.just(math.nan), min_size=1, max_size=40)


@given(losses, st.integers(0, 4), factors, st.sampled_from([0.0, 0.1, 1.0]))
def test_plateau_is_torchs(values, wait, factor, min_delta):
    optimizer = torch_optimizer(1.0)
    theirs = lr_scheduler.ReduceLROnPlateau(
        optimizer, factor=factor, patience=wait, threshold=min_delta, threshold_mode="abs", eps=0
    )
    state, schedule = PlateauState(), Plateau(wait=wait, factor=factor)
    for value in values:
        theirs.step(value)
        state = plateau(schedule, state, value, min_delta)
        assert state.factor == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-9)
        assert state.waited == theirs.num_bad_epochs


def test_the_state_of_a_plateau_survives_its_text():
    state = PlateauState(factor=0.3**5, best=0.1 + 0.2, waited=2)
    assert PlateauState.model_validate_json(state.model_dump_json()) == state


@pytest.mark.parametrize("schedule", [*FALLING, OneCycle()], ids=lambda schedule: schedule.name)
def test_the_preview_is_what_steps_get(schedule):
    x, y = preview(schedule, 0.1, epochs=20, steps_per_epoch=50)
    assert len(x) == len(y) == 400
    assert (x[0], x[-1]) == (0, 999 / 50)
    assert np.all(np.diff(x) > 0)
    found = ours(schedule, 0.1, 1000, 50)
    assert y.tolist() == [found[round(place * 50)] for place in x]


def test_a_short_preview_has_a_point_a_step():
    x, y = preview(Cosine(), 0.1, epochs=2, steps_per_epoch=3)
    assert x == pytest.approx([0, 1 / 3, 2 / 3, 1, 4 / 3, 5 / 3])
    assert y.tolist() == ours(Cosine(), 0.1, 6, 3)
