"""The thread boundary: events in order, pause, stop, failures, and only the newest question answered."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from typing import Any

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from workbench.ui.gate import Gate
from workbench.ui.jobs import Jobs, Latest


@pytest.fixture
def jobs(qtbot: QtBot) -> Generator[Jobs]:
    made = Jobs()
    yield made
    made.close()


def test_events_arrive_in_order_on_the_gui_thread_and_before_the_end(jobs: Jobs, qtbot: QtBot) -> None:
    def work() -> Generator[int, None, str]:
        yield from range(5000)
        return "done"

    seen: list[Any] = []
    here = QThread.currentThread()
    job = jobs.run(work)
    job.events.connect(lambda events: (seen.extend(events), threads.add(QThread.currentThread())))
    threads: set[QThread] = set()
    job.done.connect(seen.append)
    with qtbot.waitSignal(job.ended):
        job.start()
    assert seen == [*range(5000), "done"]
    assert threads == {here}


def test_pause_holds_the_work_and_going_on_releases_it(jobs: Jobs, qtbot: QtBot) -> None:
    reached: list[int] = []

    def work() -> Generator[int, None, None]:
        for number in range(100_000):
            reached.append(number)
            yield number
            time.sleep(0.001)

    job = jobs.run(work).start()
    qtbot.waitUntil(lambda: len(reached) > 3)
    job.pause()
    qtbot.waitUntil(lambda: job.waits)
    held = len(reached)
    qtbot.wait(60)  # in which it must do nothing
    assert len(reached) == held
    job.resume()
    qtbot.waitUntil(lambda: len(reached) > held)


def test_what_is_left_ends_unheard(jobs: Jobs, qtbot: QtBot) -> None:
    def work() -> Generator[int, None, None]:
        while True:
            yield 1
            time.sleep(0.001)

    job, told = jobs.run(work), []
    with qtbot.waitSignal(job.events):
        job.start()
    for signal in (job.events, job.done, job.failed):
        signal.connect(told.append)
    job.ended.connect(lambda: told.append("ended"))
    with qtbot.waitSignal(job.over):
        job.leave()
    assert told == []


@pytest.mark.parametrize("paused", [False, True])
def test_stop_closes_the_generator_in_its_own_thread(jobs: Jobs, qtbot: QtBot, paused: bool) -> None:
    closed_in: list[int] = []

    def work() -> Generator[int, None, None]:
        try:
            while True:
                yield 1
                time.sleep(0.001)
        finally:
            closed_in.append(threading.get_ident())

    job = jobs.run(work)
    results: list[Any] = []
    job.done.connect(results.append)
    seen: list[int] = []
    job.events.connect(seen.extend)
    job.start()
    qtbot.waitUntil(lambda: bool(seen))  # work that was never begun has nothing to close
    if paused:
        job.pause()
    with qtbot.waitSignal(job.ended):
        job.stop()
    assert len(closed_in) == 1
    assert closed_in[0] != threading.get_ident()
    assert results == []
    assert jobs.running == 0


def test_a_failure_is_handed_over_and_ends_the_job(jobs: Jobs, qtbot: QtBot) -> None:
    def work() -> Generator[int, None, None]:
        yield 1
        raise ValueError("broken")

    job = jobs.run(work)
    errors: list[Exception] = []
    job.failed.connect(errors.append)
    with qtbot.waitSignal(job.ended):
        job.start()
    assert [str(error) for error in errors] == ["broken"]


def test_work_that_reports_progress_ends_at_the_next_report_once_stopped(jobs: Jobs, qtbot: QtBot) -> None:
    told: list[Any] = []

    def function(tell: Any) -> None:
        for number in range(100_000):
            tell(number)
            time.sleep(0.001)

    job = jobs.watch(function)
    job.events.connect(told.extend)
    job.start()
    qtbot.waitUntil(lambda: len(told) > 2)
    with qtbot.waitSignal(job.ended):
        job.stop()
    assert told[-1] < 99_999


def test_only_the_newest_question_is_answered(jobs: Jobs, qtbot: QtBot) -> None:
    asked: list[int] = []
    answers: list[int] = []

    def ask(number: int) -> None:
        def answer() -> int:
            asked.append(number)
            time.sleep(0.03)
            return number

        latest.ask(answer)

    latest = Latest(jobs)
    latest.answered.connect(answers.append)
    for number in range(20):
        ask(number)
    qtbot.waitUntil(lambda: not latest.busy)
    assert asked == [0, 19]
    assert answers == [19]


def test_a_failed_question_doesnt_block_the_next(jobs: Jobs, qtbot: QtBot) -> None:
    latest = Latest(jobs)
    answers: list[Any] = []
    latest.answered.connect(answers.append)
    with qtbot.waitSignal(latest.failed):
        latest.ask(lambda: 1 / 0)
    qtbot.waitUntil(lambda: not latest.busy)
    with qtbot.waitSignal(latest.answered):
        latest.ask(lambda: "fine")
    assert answers == ["fine"]


def test_closing_stops_and_joins_everything(jobs: Jobs, qtbot: QtBot) -> None:
    def work() -> Generator[int, None, None]:
        while True:
            yield 1
            time.sleep(0.001)

    for _ in range(3):
        jobs.run(work).start()
    jobs.close()
    qtbot.waitUntil(lambda: jobs.running == 0)


def test_closing_ends_work_that_waits_for_other_work(jobs: Jobs, qtbot: QtBot) -> None:
    """All are asked to stop before one is waited for: cancelled methods wait for their turn in a thread."""
    begun, over = threading.Event(), threading.Event()
    waited: list[bool] = []

    def waiting() -> None:
        begun.set()
        waited.append(over.wait(60))

    def holding() -> Generator[int, None, None]:
        try:
            while True:
                yield 1
                time.sleep(0.001)
        finally:
            over.set()

    jobs.call(waiting).start()
    qtbot.waitUntil(begun.is_set)
    with qtbot.waitSignal((held := jobs.run(holding)).events):
        held.start()
    jobs.close()
    assert waited == [True]


def test_a_step_lets_paused_work_go_on_up_to_an_event(jobs: Jobs, qtbot: QtBot) -> None:
    reached: list[int] = []

    def work() -> Generator[int, None, None]:
        for number in range(100_000):
            reached.append(number)
            yield number

    job = jobs.run(work)
    job.pause()
    job.start()
    qtbot.waitUntil(lambda: job.waits)
    assert reached == [0]
    for expected in (11, 21, 31):
        job.step(lambda event: event % 10 == 0)
        qtbot.waitUntil(lambda: job.waits)
        qtbot.wait(30)
        assert len(reached) == expected
        assert job.paused
    job.stop()
    qtbot.waitUntil(lambda: not job.running)


def test_who_answers_an_event_is_not_stopped_by_it() -> None:
    gate = Gate()
    gate.close()
    gate.let_through(lambda event: event == "done")
    answer = threading.Thread(target=gate.let_through, args=[lambda event: event == "done"])

    def hand_on(event: str) -> None:
        answer.start()  # asks for the next thing as soon as it hears of this one

    work = threading.Thread(target=gate.pass_by, args=["done", hand_on], daemon=True)
    work.start()
    work.join(60)
    assert not work.is_alive()
    assert not gate.waiting


def test_work_waits_from_its_next_event_on(jobs: Jobs, qtbot: QtBot) -> None:
    may_go_on = threading.Event()

    def work() -> Any:
        yield 1
        may_go_on.wait(60)
        yield 2

    seen: list[int] = []
    job = jobs.run(work)
    job.events.connect(seen.extend)
    job.start()
    qtbot.waitUntil(lambda: seen == [1])
    job.pause()
    qtbot.wait(60)
    assert not job.waits, "it is paused, but on its way to the next event"
    may_go_on.set()
    qtbot.waitUntil(lambda: job.waits)
    assert seen == [1, 2]
    with qtbot.waitSignal(job.ended):
        job.resume()
    assert not job.waits
