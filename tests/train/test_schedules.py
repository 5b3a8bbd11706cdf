import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from workbench.graph.training import Constant, Cosine, OneCycle
from workbench.train.schedules import rate

steps = st.integers(2, 300)
lrs = st.floats(1e-6, 10)


def torch_rates(make, lr, count):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)
    schedule = make(optimizer)
    rates = []
    for step in range(count):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step < count - 1:
            schedule.step()
    return rates


@given(lrs, steps)
def test_constant_stays(lr, count):
    assert rate(Constant(), lr, count)(count - 1) == lr


@given(lrs, steps, st.floats(0.05, 0.9))
def test_one_cycle_is_torchs(lr, count, rise):
    def make(optimizer):
        return torch.optim.lr_scheduler.OneCycleLR(
            optimizer, lr, total_steps=count, pct_start=rise, cycle_momentum=False
        )

    if rise * count - 1 == 0:  # torch divides by zero
        return
    ours = rate(OneCycle(rise=rise), lr, count)
    assert [ours(step) for step in range(count)] == pytest.approx(torch_rates(make, lr, count), rel=1e-6)


@given(lrs, steps)
def test_cosine_without_warmup_is_torchs(lr, count):
    def make(optimizer):
        return torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, count)

    ours = rate(Cosine(), lr, count)
    expected = torch_rates(make, lr, count)
    assert [ours(step) for step in range(count)] == pytest.approx(expected, rel=1e-6, abs=lr * 1e-9)


@given(lrs, steps, st.floats(0, 0.99))
def test_cosine_warms_up_in_a_line_and_then_falls(lr, count, warmup):
    at = rate(Cosine(warmup=warmup), lr, count)
    rates = [at(step) for step in range(count)]
    rising = round(warmup * count)
    assert rates[:rising] == pytest.approx([lr * (n + 1) / rising for n in range(rising)])
    assert all(a >= b for a, b in zip(rates[rising:], rates[rising + 1 :], strict=False))


@given(
    st.sampled_from(
        [Constant(), Cosine(), Cosine(warmup=0.5), OneCycle(), OneCycle(rise=0), OneCycle(rise=0.99)]
    ),
    lrs,
    st.integers(1, 50),
)
def test_rates_are_positive_and_never_above_the_full_one(schedule, lr, count):
    at = rate(schedule, lr, count)
    for step in range(count):
        assert 0 <= at(step) <= lr * (1 + 1e-9)
        assert math.isfinite(at(step))
