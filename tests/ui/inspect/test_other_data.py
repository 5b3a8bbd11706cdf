"""Data, runs and models that change while they are looked at: a sentence, and never another's answer."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from workbench.errors import UserError
from workbench.graph.training import TripletMargin
from workbench.ui.inspect import layer_page
from workbench.ui.inspect.inspected import MakeSubject, OwnSample
from workbench.ui.inspect.inspection import Inspection, inspect
from workbench.ui.inspect.layer_page import LayerPage
from workbench.ui.inspect.sample_card import SampleCard
from workbench.ui.main_window import MainWindow


@pytest.fixture
def page(open_sample: Callable[[str], MainWindow], qtbot: QtBot) -> LayerPage:
    """The Layer page with a look at an untrained network."""
    window = open_sample("breast-cancer-mlp")
    window.show_stage("inspect")
    found = window.findChild(LayerPage)
    assert found is not None
    qtbot.waitUntil(lambda: found.inspection is not None)
    # Once the runs are listed there is another look.
    qtbot.waitUntil(lambda: not found._soon.isActive() and not window.workspace.jobs.running)
    return found


def test_an_answer_about_data_that_were_closed_is_dropped(page: LayerPage) -> None:
    before = page.inspection
    assert before is not None
    late = replace(before, dataset=replace(before.dataset, classes=tuple("abcdefghij")))
    page._show(late)
    assert page.inspection is before


def test_a_network_that_is_to_give_embeddings_is_seen_all_the_same(page: LayerPage, qtbot: QtBot) -> None:
    workspace = page.workspace
    section = workspace.project.training.model_copy(update={"loss": TripletMargin()})
    workspace.edit("Loss", workspace.project.model_copy(update={"training": section}))
    found = inspect(page.inspected.subject())
    assert (found.answer, found.right, found.loss, found.probabilities) == ("", None, None, None)
    assert not found.gradients


def test_a_run_of_other_data_is_refused_in_words(page: LayerPage, qtbot: QtBot) -> None:
    window: Any = page.window()
    window.train()
    qtbot.waitUntil(lambda: bool(window.training.step))
    qtbot.waitUntil(lambda: not window.training.active)
    inspected = page.inspected
    inspected.run = "0001"
    loss = inspected.subject()(None).loss
    assert loss == page.workspace.project.training.loss
    # the loss that the run was trained with counts, not the one that is chosen for the next
    section = page.workspace.project.training.model_copy(update={"loss": TripletMargin()})
    page.workspace.edit("Loss", page.workspace.project.model_copy(update={"training": section}))
    assert inspected.subject()(None).loss == loss
    dataset = inspected.dataset
    assert dataset is not None
    # the file was written anew, of the same name and split: another class now
    page.workspace._data.dataset = replace(
        dataset, classes=("a", "b", "c"), targets=np.arange(len(dataset)) % 3
    )
    with pytest.raises(UserError, match="the data have changed since it was trained: the classes were"):
        inspected.subject()(None)


def test_of_a_run_that_cant_be_read_no_other_answer_stays(page: LayerPage, qtbot: QtBot) -> None:
    inspected = page.inspected
    answer, bars = page.findChild(QLabel, "sampleAnswer"), page.findChild(QWidget, "probabilities")
    assert answer is not None
    assert bars is not None
    qtbot.waitUntil(answer.isVisible)
    inspected.choose_run("gone")
    qtbot.waitUntil(lambda: page.inspection is None)
    assert not answer.isVisible()
    assert not bars.isVisible()
    other = int(inspected.samples[3])
    inspected.choose_sample(other)
    title = page.findChild(SampleCard).title  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: title.text() == f"Sample {other}")
    inspected.choose_run("")
    qtbot.waitUntil(answer.isVisible)


def test_an_answer_that_comes_late_is_of_the_run_that_was_asked_about(
    page: LayerPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, look = threading.Event(), layer_page.inspect

    def late(subject: MakeSubject) -> Inspection:
        go_on.wait(60)
        return look(subject)

    monkeypatch.setattr(layer_page, "inspect", late)
    page.inspected.choose_sample(int(page.inspected.samples[3]))
    qtbot.waitUntil(lambda: page._latest.busy)
    page.inspected.choose_run("gone")
    go_on.set()
    qtbot.waitUntil(lambda: not page._soon.isActive() and not page.workspace.jobs.running)
    assert page.inspection is None, "the untrained network's answer isn't that of the run"


@pytest.mark.parametrize("values", [np.full(30, np.nan, np.float32), np.zeros(12, np.float32)])
def test_an_own_sample_of_no_numbers_or_another_size(
    page: LayerPage, qtbot: QtBot, values: np.ndarray
) -> None:
    """It comes from a damaged file, or was made for the data before: a sentence or NaN, and no exception."""
    before, inspected = page.inspection, page.inspected
    with qtbot.captureExceptions() as raised:
        inspected.choose_sample(OwnSample(values, "typed", 0))
        qtbot.waitUntil(lambda: not page._soon.isActive() and not page.workspace.jobs.running)
    assert not raised
    if len(values) == 30:
        found = page.inspection
        assert found is not None
        assert found is not before
        assert found.loss is not None
        assert np.isnan(found.loss)
    else:
        assert page.inspection is before
        with pytest.raises(UserError, match="it is 12, and the network reads 30"):
            inspected.subject()(None).inputs()


def test_a_run_that_cannot_be_read_is_told_once_and_in_the_page(
    page: LayerPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Exception] = []
    monkeypatch.setattr(page.workspace, "tell_error", told.append)
    for sample in (1, 2, 3):
        page.inspected.run = "0009"  # another's numbers would be taken for this run's
        page.inspected.choose_sample(sample)
        qtbot.waitUntil(lambda: not page._soon.isActive() and not page.workspace.jobs.running)
    assert len(told) == 1
    assert page.inspection is None
    why = page.findChild(QLabel, "inspectWhy")
    assert why is not None
    assert why.text() == str(told[0])
    page.inspected.choose_run("")
    qtbot.waitUntil(lambda: page.inspection is not None)


def test_a_black_picture_is_no_fault_of_the_stack(page: LayerPage, qtbot: QtBot) -> None:
    before = page.inspection
    page.inspected.choose_sample(OwnSample(np.zeros(30, np.float32), "typed", 0))
    qtbot.waitUntil(lambda: page.inspection is not before)
    assert page.inspection is not None
    assert page.inspection.vitals["input1"].tone == "good"
