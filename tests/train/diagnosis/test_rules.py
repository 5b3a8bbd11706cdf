"""Each rule speaks of numbers that it should speak of, and of no others."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from workbench.graph import Project
from workbench.train.diagnosis import Diagnosis
from workbench.train.diagnosis.history import History
from workbench.train.diagnosis.remedies import normalised
from workbench.train.events import Changed, EpochEnded, Finished, LayerVitals, Started, Steps, Vitals

NAN = math.nan
STEPS = 60
"""Steps an epoch."""


def look(**figures: float) -> LayerVitals:
    """A layer that fares well, but for the figures given."""
    well = LayerVitals(np.ones(24, np.int64), 0, 1, 0.5, 0.3, NAN, NAN, 0.1, 5.0, 0.2, 1e-3)
    return replace(well, **figures)


def project(epochs: int = 50, **training: object) -> Project:
    rows = [
        {"id": "input", "type": "Input", "params": {"shape": [4]}},
        {"id": "linear1", "type": "Linear"},
        {"id": "tanh1", "type": "Tanh"},
        {"id": "linear2", "type": "Linear"},
        {"id": "relu1", "type": "ReLU"},
        {"id": "linear3", "type": "Linear"},
    ]
    return Project.model_validate({"model": {"layers": rows}, "training": {"epochs": epochs, **training}})


class Run:
    """A run that is told epoch by epoch."""

    def __init__(self, **training: object) -> None:
        self.diagnosis = Diagnosis(project(**training))
        self.take(Started(10_000, STEPS, 50, "cpu", 1000, 100, 1, 0))
        self.epoch, self.step, self.lr = 0, 0, self.diagnosis._history.training.optimizer.lr

    def take(self, event: object) -> None:
        self.told = self.diagnosis.take(event)

    def steps(self, losses: list[float]) -> None:
        values = np.array(losses, np.float32)
        self.take(Steps(self.step, values, self.lr, 1000.0))
        self.step += len(values)

    def epochs(self, *losses: tuple[float, float | None]) -> Run:
        """Epochs with these losses of training and validation."""
        for training, validation in losses:
            self.steps([training] * STEPS)
            self.epoch += 1
            event = EpochEnded(self.epoch, self.step, training, validation, {}, 1.0, self.lr, False)
            self.take(event)
        return self

    def looks(self, times: int = 3, **layers: LayerVitals) -> Run:
        """Vitals, healthy but for the layers given."""
        names = {"linear1": look(), "tanh1": look(weight=NAN, saturated=0.1), "linear2": look()}
        all_ = {**names, "relu1": look(weight=NAN, dead=0.1), "linear3": look(), **layers}
        for _ in range(times):
            self.take(Vitals(self.step, all_, 0.01))
        return self

    def found(self, name: str):
        return next((f for f in self.diagnosis.findings() if f.name == name), None)

    @property
    def names(self) -> list[str]:
        return [finding.name for finding in self.diagnosis.findings()]


def falling(count: int = 12, to: float = 0.3) -> list[tuple[float, float]]:
    """Losses that fall as they should, from 2.3."""
    return [(to + 2 * 0.7**n, to + 0.05 + 1.9 * 0.72**n) for n in range(count)]


def test_a_run_that_goes_well_is_told_so_and_nothing_else():
    run = Run().looks().epochs(*falling())
    assert run.names == ["healthy_gradients"]
    finding = run.found("healthy_gradients")
    assert (finding.severity, finding.message) == ("good", "Gradients reach every layer.")


def test_nothing_is_said_of_nothing():
    assert Run().names == []


@pytest.mark.parametrize(("share", "severity"), [(0.35, None), (0.45, "watch"), (0.61, "broken")])
def test_dead_units(share, severity):
    run = Run().looks(relu1=look(weight=NAN, dead=share))
    finding = run.found("dead_units")
    if severity is None:
        assert finding is None
        return
    assert (finding.severity, finding.layer) == (severity, "relu1")
    assert finding.message == f"{100 * share:.0f} % of its units never fire."
    assert finding.remedies[0].replace == "LeakyReLU"
    assert finding.remedies[0].layers == ("relu1",)
    assert finding.remedies[1].set == (("optimizer.lr", 0.0001),)


def test_one_look_alone_proves_no_unit_dead():
    assert Run().looks(1, relu1=look(weight=NAN, dead=1.0)).found("dead_units") is None
    assert (
        Run()
        .looks(2, relu1=look(weight=NAN, dead=1.0))
        .found("dead_units")
        .message.endswith("Nothing below it can learn.")
    )


def test_many_dead_layers_are_told_together():
    dead = {f"relu{n}": look(weight=NAN, dead=0.5 + n / 100) for n in range(1, 6)}
    run = Run().looks(**dead)
    assert run.names.count("dead_units") == 1
    finding = run.found("dead_units")
    assert finding.layer == "relu5"
    assert finding.message == "Units that never fire in 5 layers: 55 % of those of relu5."
    assert finding.remedies[0].layers == tuple(dead)


def test_saturated_units():
    assert Run().looks(tanh1=look(weight=NAN, saturated=0.5)).found("saturated_units") is None
    finding = Run().looks(tanh1=look(weight=NAN, saturated=0.93)).found("saturated_units")
    assert (finding.severity, finding.layer) == ("broken", "tanh1")
    assert finding.message.startswith("93 % of its values are at an end of its range")


@pytest.mark.parametrize(
    ("share", "severity", "message"),
    [
        (1e-2, None, ""),
        (1e-4, "watch", "Only 1e-04 of linear3's gradient reaches it: it hardly learns."),
        (1e-7, "broken", "Only 1e-07 of linear3's gradient reaches it: it hardly learns."),
        (0.0, "broken", "No gradient reaches it: it hardly learns."),
    ],
)
def test_vanishing_gradients(share, severity, message):
    run = Run().looks(linear1=look(gradient=share), linear3=look(gradient=1.0))
    finding = run.found("vanishing_gradients")
    if severity is None:
        assert finding is None
        return
    assert (finding.severity, finding.layer, finding.message) == (severity, "linear1", message)
    assert finding.remedies[0].layers == ("tanh1",)
    assert finding.remedies[1].insert == (("tanh1", "LayerNorm"), ("relu1", "LayerNorm"))
    assert finding.remedies[2].set == (("init", "xavier_normal"),)
    assert "healthy_gradients" not in run.names


def test_exploding_gradients():
    assert Run().looks(linear1=look(gradient=50.0)).found("exploding_gradients") is None
    finding = Run().looks(linear1=look(gradient=2e5)).found("exploding_gradients")
    assert (finding.severity, finding.layer) == ("broken", "linear1")
    assert finding.message == "The gradient here is 2e+06 times that at linear3."
    assert finding.remedies[0].set == (("clip_norm", 1.0),)
    clipped = Run(clip_norm=1.0).looks(linear1=look(gradient=2e5)).found("exploding_gradients")
    assert clipped.remedies[0].set[0][0] == "optimizer.lr"


def test_low_rank():
    run = Run().looks(linear3=look(most_rank=10, rank=7), linear2=look(most_rank=31, rank=3.1))
    assert run.found("low_rank") is None
    ill = {"linear3": look(most_rank=10, rank=7), "linear2": look(most_rank=31, rank=1.2)}
    finding = Run().looks(**ill).found("low_rank")
    assert (finding.severity, finding.layer) == ("broken", "linear2")
    assert finding.message == (
        "Its outputs vary in about 1.2 directions of 31: samples are hardly told apart."
    )
    assert finding.remedies[0].set == (("init", "orthogonal"),)
    assert finding.remedies[1].insert == (("relu1", "LayerNorm"),)
    assert Run(init="orthogonal").looks(**ill).found("low_rank").remedies[0].insert
    dying = {**ill, "relu1": look(weight=NAN, dead=0.9)}
    assert Run().looks(**dying).found("low_rank") is None  # that is why


def test_few_directions_are_no_illness_where_few_are_needed_or_wanted():
    few = Run().looks(linear3=look(most_rank=3, rank=1), linear2=look(most_rank=31, rank=1))
    assert few.found("low_rank") is None  # three classes
    number = Run().looks(linear3=look(), linear2=look(most_rank=31, rank=1))
    assert number.found("low_rank") is None  # regression
    narrow = Run().looks(
        linear3=look(most_rank=10, rank=2),
        linear1=look(most_rank=2, rank=2),
        linear2=look(most_rank=31, rank=2),
    )
    assert narrow.found("low_rank") is None  # somebody wanted two


def test_norms_are_offered_where_there_is_none():
    rows = [
        {"id": "input", "type": "Input", "params": {"shape": [1, 8, 8]}},
        {"id": "conv1", "type": "Conv2d"},
        {"id": "relu1", "type": "ReLU"},
        {"id": "conv2", "type": "Conv2d"},
        {"id": "norm1", "type": "BatchNorm2d"},
        {"id": "relu2", "type": "ReLU"},
        {"id": "flatten", "type": "Flatten"},
        {"id": "tanh", "type": "Tanh"},
        {"id": "last", "type": "Linear"},
        {"id": "end", "type": "Sigmoid"},
    ]
    history = History(Project.model_validate({"model": {"layers": rows}}))
    found = normalised(history, ("relu1", "relu2", "tanh", "end"))
    assert found[0].insert == (("relu1", "BatchNorm2d"), ("end", "LayerNorm"))
    assert found[0].text == "Add a norm before 2 layers"
    assert normalised(history, ("relu2",)) == ()
    assert normalised(history, ("conv1",))[0].text == "Add BatchNorm2d before relu1"
    assert "end" not in history.inner


def test_large_and_small_updates():
    same = {name: look(update=0.2) for name in ("linear1", "linear2", "linear3")}
    assert Run().looks(2, **same).found("large_updates") is None  # the first steps may be long
    finding = Run().looks(3, **same).found("large_updates")
    assert finding.message == "Each step changes the weights by 20 %; about 0.1 % is healthy."
    tiny = {name: look(update=3e-6) for name in same}
    run = Run().epochs((2.3, 2.3), (2.2, 2.2)).looks(3, **tiny)
    assert run.found("small_updates").message.startswith("Each step changes the weights by 0.0003 % only")
    assert run.found("small_updates").remedies[0].set == (("optimizer.lr", 0.01),)
    learned = Run().epochs((2.3, 2.3), (0.2, 0.2), (0.1, 0.1), (0.1, 0.1), (0.1, 0.1)).looks(3, **tiny)
    assert learned.found("small_updates") is None  # nothing is left to learn


def test_nothing_learned():
    run = Run().epochs((2.31, 2.3), (2.3, 2.3), (2.3, 2.3))
    finding = run.found("not_learning")
    assert finding.severity == "broken"
    assert finding.message.startswith("Nothing is being learned: after 3 epochs the training loss is 2.3;")
    assert len(finding.remedies) == 2
    worse = Run().epochs((2.3, 2.3), (2.6, 2.6), (2.6, 2.6), (2.6, 2.6), (2.6, 2.6)).found("not_learning")
    assert [remedy.set for remedy in worse.remedies] == [(("optimizer.lr", 0.0001),)]
    tiny = {name: look(update=3e-6) for name in ("linear1", "linear2", "linear3")}
    slow = Run().epochs(*[(2.3, 2.3)] * 3).looks(**tiny).found("not_learning")
    assert [remedy.set for remedy in slow.remedies] == [(("optimizer.lr", 0.01),)]


def test_an_untrained_loss_is_not_known_of_a_resumed_run():
    run = Run()
    run.take(Started(10_000, STEPS, 50, "cpu", 1000, 100, 4, 240))
    assert run.epochs(*[(2.3, 2.3)] * 5).found("not_learning") is None


def test_no_learning_is_expected_while_the_rate_warms_up():
    run = Run()
    run.lr = 1e-5
    assert run.epochs(*[(2.3, 2.3)] * 5).found("not_learning") is None


def test_divergence():
    run = Run().epochs(*falling())
    assert run.found("divergence") is None
    run.steps([1.5] * 400)
    finding = run.found("divergence")
    assert finding.severity == "broken"
    assert finding.message.startswith("The training loss has risen from 0.3")
    noisy = Run()
    random = np.random.default_rng(0)
    noisy.steps((2.3 * 0.995 ** np.arange(3000) * random.lognormal(0, 0.8, 3000)).tolist())
    assert noisy.found("divergence") is None


def test_overfitting():
    rising = [(0.25 * 0.8**n, 0.35 + 0.03 * n) for n in range(10)]
    finding = Run().epochs(*falling(8), *rising).found("overfitting")
    assert finding.severity == "watch"
    assert finding.message.startswith(
        "Overfitting: since epoch 9 validation loss has risen from 0.35 to 0.59,"
    )
    assert [remedy.set[0][0] for remedy in finding.remedies] == ["optimizer.weight_decay", "patience"]
    smoothed = Run(loss="cross_entropy").epochs(*falling(8), *rising).found("overfitting")
    assert smoothed.remedies[1].set == (("loss.label_smoothing", 0.1),)
    both = [(0.25 + 0.03 * n, 0.35 + 0.03 * n) for n in range(10)]
    assert Run().epochs(*falling(8), *both).found("overfitting") is None  # that is something else
    noise = np.random.default_rng(1).normal(0, 0.01, 20)
    flat = [(0.3 * 0.9**n, 0.35 + noise[n]) for n in range(20)]
    assert Run().epochs(*falling(8), *flat).found("overfitting") is None


def test_no_weight_decay_is_offered_where_there_is_none():
    rising = [(0.25 * 0.8**n, 0.35 + 0.03 * n) for n in range(10)]
    run = Run(optimizer={"name": "LBFGS"}, patience=50).epochs(*falling(8), *rising)
    assert run.found("overfitting").remedies == ()


def test_oscillation():
    jumping = [(0.8, 0.6 + 0.5 * (n % 2)) for n in range(8)]
    run = Run().epochs(*falling(8), *jumping)
    finding = run.found("oscillation")
    assert finding.message.startswith("The validation loss jumps by 59 % from epoch to epoch")
    assert [remedy.set for remedy in finding.remedies] == [(("optimizer.lr", 0.0003),), (("batch_size", 64),)]
    run.take(Changed(run.step, "optimizer.lr", 0.001, 0.0003, 10_000))
    assert run.found("oscillation") is None  # since then it must show anew


def test_plateau_and_settled():
    high, low = [(0.9, 1.0)] * 12, [(0.05, 0.1)] * 12
    finding = Run().epochs(*falling(8, 0.95), *high).found("plateau")
    assert finding.message.startswith("The validation loss has hardly fallen for")
    assert finding.remedies[1].set == (("schedule.name", "plateau"),)
    cosine = Run(schedule="cosine").epochs(*falling(8, 0.95), *high)
    assert cosine.found("plateau") is None  # the rate falls by itself
    run = Run().epochs(*falling(8, 0.05), *low)
    assert run.names == ["settled"]
    assert run.found("settled").severity == "good"


def test_still_falling():
    slow = [(2.3 * 0.9**n, 2.3 * 0.9**n) for n in range(20)]
    run = Run(epochs=20).epochs(*slow[:12])
    assert run.found("still_falling") is None
    finding = run.epochs(*slow[12:]).found("still_falling")
    assert finding.remedies[0].set == (("epochs", 40),)


def test_remedies_suit_the_next_run_once_this_one_is_over():
    run = Run().looks(relu1=look(weight=NAN, dead=0.7)).epochs(*falling())
    run.lr = 1e-6
    run.steps([0.3] * 10)
    assert run.found("dead_units").remedies[1].set == (("optimizer.lr", 1e-7),)
    run.take(Finished("completed", 12, run.step, 1.0, 1000.0, 12, 0.3))
    assert run.found("dead_units").remedies[1].set == (("optimizer.lr", 1e-4),)


def test_the_worst_comes_first_and_news_are_told_once():
    run = Run().looks(1)
    assert [f.name for f in run.told.findings] == ["healthy_gradients"]
    run.looks(1)
    assert run.told is None
    run.looks(3, relu1=look(weight=NAN, dead=0.7))
    assert [f.severity for f in run.diagnosis.findings()] == ["broken"]
    run.looks(1, relu1=look(weight=NAN, dead=0.71))
    assert run.told is None  # another figure can wait for the epoch's end
    run.looks(3, relu1=look(weight=NAN, dead=0.71)).epochs((2.0, 2.0))
    assert run.told.step == run.step
    assert run.told.findings[0].message.startswith("71 %")


def test_losses_without_bounds_break_nothing():
    run = Run().epochs(*falling(8), *[(0.3, math.inf), (0.3, 0.4)] * 6)
    run.diagnosis.findings()
    below_zero = Run().epochs(*[(-5.0 - n, -5.0 - n) for n in range(30)])
    assert not {"divergence", "plateau"} & set(below_zero.names)
