"""Going on to the next sample in an order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QPushButton
from pytestqt.qtbot import QtBot

from workbench.evaluate.predict import predict
from workbench.ui.inspect import next_sample
from workbench.ui.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton


class Stage:
    """Inspect with fresh weights, which are wrong often."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self.qtbot = window, qtbot
        window.show_stage("inspect")
        self.panel: Any = window.stages.panel("inspect")
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is under way."""
        jobs = self.window.jobs
        self.qtbot.waitUntil(lambda: self.panel.inspection is not None and not jobs.running)

    def go_on(self) -> int:
        """Click the button, and return the sample that it led to."""
        self.qtbot.mouseClick(self.panel.findChild(QPushButton, "nextMistake"), LEFT)
        self.settle()
        return int(self.panel.inspected.sample)

    def order(self, name: str) -> int:
        """Choose an order from the menu, which goes on at once."""
        menu = self.panel.bar.following.menu
        next(a for a in menu.actions() if a.objectName() == name).trigger()
        self.settle()
        return int(self.panel.inspected.sample)

    def answers(self) -> tuple[Any, Any, Any]:
        """The test samples' numbers and truths, and what the model says."""
        subject = self.panel.inspected.subject()(None)
        numbers = subject.chosen()
        found = predict(subject.model, subject.dataset, numbers, loss=subject.loss)
        return numbers, subject.dataset.targets[numbers], found


@pytest.fixture
def stage(open_sample: Callable[[str], MainWindow], qtbot: QtBot) -> Callable[[str], Stage]:
    """Inspect on a sample project."""
    return lambda name: Stage(open_sample(name), qtbot)


def test_orders_of_classes(stage: Callable[[str], Stage], monkeypatch: pytest.MonkeyPatch) -> None:
    at = stage("digits-mlp")
    asked: list[object] = []
    honest = next_sample._answers
    monkeypatch.setattr(next_sample, "_answers", lambda make, tell: asked.append(make) or honest(make, tell))
    numbers, truth, found = at.answers()
    wrong = numbers[found.labels != truth]
    now = int(at.panel.inspected.sample)
    for _ in range(3):
        now = int(wrong[wrong > now][0])
        assert at.go_on() == now
    least_sure = numbers[np.argsort(found.probabilities.max(1), kind="stable")]
    button = at.panel.findChild(QPushButton, "nextMistake")
    first = at.order("order_least_sure")
    place = int(np.flatnonzero(least_sure == now)[0])
    assert first == least_sure[(place + 1) % len(numbers)]
    assert button.text() == "Next unsure"
    of_truth = found.probabilities[np.arange(len(numbers)), truth]
    worst = [n for n in numbers[np.argsort(of_truth, kind="stable")] if n in wrong]
    reached = at.order("order_most_wrong")
    assert reached == (worst[(worst.index(first) + 1) % len(worst)] if first in worst else worst[0])
    at.panel.findChild(QMenu, "nextOfClass").actions()[4].trigger()
    at.settle()
    assert at.window.workspace.dataset.targets[at.panel.inspected.sample] == 4
    assert button.text() == "Next 4"
    assert len(asked) == 1  # a model answers once
    at.panel.inspected.choose_part("validation")
    at.go_on()
    assert len(asked) == 2


def test_the_largest_errors_of_values(stage: Callable[[str], Stage]) -> None:
    at = stage("diabetes-regression")
    assert at.panel.findChild(QPushButton, "nextMistake").text() == "Next worst"
    numbers, truth, found = at.answers()
    order = numbers[np.argsort(-np.abs(truth - found.labels), kind="stable")].tolist()
    now = order.index(at.panel.inspected.sample)
    assert at.go_on() == order[(now + 1) % len(order)]
    assert at.go_on() == order[(now + 2) % len(order)]


def test_from_a_sample_of_one_s_own(stage: Callable[[str], Stage]) -> None:
    at = stage("digits-mlp")
    at.panel.own.begin()
    at.settle()
    numbers, truth, found = at.answers()
    assert at.go_on() in numbers[found.labels != truth]
    assert not at.panel.own.isVisible()
