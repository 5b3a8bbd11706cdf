"""Jobs take turns: at most two at a time, in order, and what is cancelled gives its place up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator

import pytest
from pytestqt.qtbot import QtBot

from workbench.interpret.subject import Progress
from workbench.ui.inspect.attribution_turns import MOST, Turns
from workbench.ui.inspect.method_job import MethodJob
from workbench.ui.jobs import Jobs


class Worker:
    """Counts how many of it are at work at once, until each is told to go on."""

    def __init__(self) -> None:
        self.lock, self.go_on = threading.Lock(), threading.Event()
        self.now, self.most, self.began = 0, 0, []

    def work(self, name: str) -> Callable[[Progress], str]:
        def work(progress: Progress) -> str:
            with self.lock:
                self.began.append(name)
                self.now += 1
                self.most = max(self.most, self.now)
            try:
                while not self.go_on.is_set():
                    time.sleep(0.002)
                    progress(1, 2)
                return name
            finally:
                with self.lock:
                    self.now -= 1

        return work


@pytest.fixture
def jobs(qtbot: QtBot) -> Generator[Jobs]:
    made = Jobs()
    yield made
    made.close()


def test_two_at_a_time_in_order(jobs: Jobs, qtbot: QtBot) -> None:
    worker, answers = Worker(), []
    turns = Turns(jobs)
    made = [MethodJob(jobs, jobs) for _ in range(5)]
    for number, job in enumerate(made):
        job.answered.connect(answers.append)
        turns.ask(job, worker.work(str(number)))
    assert [turns.is_waiting(job) for job in made] == [False, False, True, True, True]
    qtbot.waitUntil(lambda: worker.now == MOST)
    worker.go_on.set()
    qtbot.waitUntil(lambda: len(answers) == 5)
    assert worker.most == MOST
    assert set(worker.began[:2]) == {"0", "1"}
    assert sorted(answers) == list("01234")


def test_who_leaves_gives_the_place_up(jobs: Jobs, qtbot: QtBot) -> None:
    worker, answers = Worker(), []
    turns = Turns(jobs)
    made = [MethodJob(jobs, jobs) for _ in range(4)]
    for number, job in enumerate(made):
        job.answered.connect(answers.append)
        turns.ask(job, worker.work(str(number)))
    qtbot.waitUntil(lambda: worker.now == MOST)
    turns.leave(made[2])  # waits
    turns.leave(made[0])  # at work
    qtbot.waitUntil(lambda: "3" in worker.began)
    worker.go_on.set()
    qtbot.waitUntil(lambda: len(answers) == 2)
    assert sorted(answers) == ["1", "3"]
    assert "2" not in worker.began


def test_a_new_question_takes_the_place_of_the_old_one(jobs: Jobs, qtbot: QtBot) -> None:
    worker, answers = Worker(), []
    turns = Turns(jobs)
    job = MethodJob(jobs, jobs)
    job.answered.connect(answers.append)
    for name in ("old", "newer", "newest"):
        turns.ask(job, worker.work(name))
    worker.go_on.set()
    qtbot.waitUntil(lambda: bool(answers) and jobs.running == 0)
    assert answers == ["newest"]


def test_clearing_ends_all_and_starts_nothing(jobs: Jobs, qtbot: QtBot) -> None:
    worker, answers = Worker(), []
    turns = Turns(jobs)
    made = [MethodJob(jobs, jobs) for _ in range(4)]
    for number, job in enumerate(made):
        job.answered.connect(answers.append)
        turns.ask(job, worker.work(str(number)))
    qtbot.waitUntil(lambda: worker.now == MOST)
    turns.clear()
    qtbot.waitUntil(lambda: jobs.running == 0)
    assert not answers
    assert len(worker.began) == MOST
