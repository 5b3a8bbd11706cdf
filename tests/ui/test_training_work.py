"""What the training thread does where other processes train."""

import numpy as np
import pytest

from workbench.data.load import load
from workbench.data.samples import sample_project
from workbench.graph.overrides import override
from workbench.runs import watch
from workbench.runs.store import RunStore
from workbench.runs.watch import Opened
from workbench.train.controls import Controls
from workbench.train.events import Steps
from workbench.train.launch import Layout
from workbench.ui.training_work import Order, train

STEPS = Steps(0, np.array([0.5], np.float32), 0.1, 10.0)


class StandIn:
    """Takes the place of a watched training: notes how it was made, and whether it was closed."""

    def __init__(self, project, folder, layout, **options):
        self.__dict__.update(options, project=project, folder=folder, layout=layout, closed=False)
        StandIn.made = self

    def events(self):
        try:
            yield Opened("0007", 5, ("Left out 3.", "Not compiled."), "Started from all.", True)
            while True:
                yield STEPS
        finally:
            self.closed = True


@pytest.fixture(autouse=True)
def stand_in(monkeypatch):
    monkeypatch.setattr(watch, "WatchedTraining", StandIn)


def test_events_of_other_processes_and_their_end(tmp_path):
    project, controls = sample_project("wine-softmax"), Controls()
    dataset, layout = load(project.data, tmp_path), Layout(nproc=2)
    work = train(Order(project, dataset, tmp_path, "cpu", layout=layout), controls)
    opened = next(work)
    assert (opened.run_id, opened.seed, opened.project) == ("0007", 5, project)
    assert (opened.start.note, opened.start.whole) == ("Started from all.", True)
    assert opened.note == "Left out 3. Not compiled."
    assert next(work) is STEPS
    made = StandIn.made
    assert (made.layout, made.device, made.resume, made.at) == (layout, "cpu", "", None)
    assert made.controls is controls
    work.close()
    assert made.closed


@pytest.mark.parametrize("at", [None, 8])
def test_a_run_goes_on_with_its_own_settings_and_a_branch_with_the_projects(tmp_path, at):
    project = sample_project("wine-softmax")
    dataset = load(project.data, tmp_path)
    earlier = override(project, ["lr=0.5"])
    RunStore(tmp_path).create(earlier, dataset)
    work = train(Order(project, dataset, tmp_path, "cpu", "0001", at, Layout(nproc=2)), Controls())
    next(work)
    made = StandIn.made
    assert (made.resume, made.at) == ("0001", at)
    assert made.project.training == (earlier if at is None else project).training
    work.close()


def test_a_new_run_that_is_closed_before_it_began_is_stopped(tmp_path):
    project = sample_project("wine-softmax")
    dataset = load(project.data, tmp_path)
    work = train(Order(project, dataset, tmp_path, "cpu"), Controls())
    run = RunStore(tmp_path).open(next(work).run_id)
    assert run.info().state == "running"
    work.close()
    assert run.info().state == "stopped"
