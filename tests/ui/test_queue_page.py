"""The queue of runs in the window, through mouse and keys."""

from __future__ import annotations

import subprocess
import sys

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QToolButton, QWidget

from workbench.graph.overrides import override
from workbench.runs import machine
from workbench.runs.queue import RunQueue
from workbench.runs.store import RunStore
from workbench.ui.queue_page import QueuePage


@pytest.fixture
def page(open_sample) -> QueuePage:
    window = open_sample("wine-softmax")
    workspace = window.workspace
    workspace.edit("short", override(workspace.project, ["epochs=1"]))
    window.show_stage("train")
    panel = window.stages.panel("train")
    panel.show_page("queue")
    page = window.findChild(QueuePage, "queuePage")
    page.window_, page.panel, page.workspace = window, panel, workspace
    return page


def part(page, kind, name):
    found = page.window_.findChild(kind, name)
    assert found is not None, name
    return found


def click(page, name, kind=QPushButton):
    QTest.mouseClick(part(page, kind, name), Qt.MouseButton.LeftButton)


def test_the_queue_is_a_page_that_tab_and_space_reach(page, qtbot):
    page.panel.show_page("live")
    tab = part(page, QPushButton, "trainPages_queue")
    part(page, QPushButton, "trainPages_live").setFocus()
    for _ in range(4):
        if tab.hasFocus():
            break
        QTest.keyClick(page.window_.focusWidget(), Qt.Key.Key_Right)
    assert tab.hasFocus()
    QTest.keyClick(tab, Qt.Key.Key_Space)
    qtbot.waitUntil(page.isVisible)


def test_a_run_is_queued_from_the_settings_and_by_key(page, qtbot):
    queueing, tab = page.queueing, part(page, QPushButton, "trainPages_queue")
    page.panel.show_page("settings")
    click(page, "queueSettings")
    qtbot.waitUntil(lambda: len(queueing.items) == 1)
    assert page.isVisible()
    assert tab.text() == "Queue (1)"
    page.window_.show_stage("design")
    page.window_.actions_["queue_run"].trigger()
    qtbot.waitUntil(lambda: len(queueing.items) == 2)
    assert page.isVisible()
    assert tab.text() == "Queue (2)"


def test_what_waits_is_counted_before_the_page_is_made(open_sample, qtbot):
    window = open_sample("wine-softmax")
    RunQueue(window.workspace.folder).add(window.workspace.project)
    window.show_stage("train")
    tab = window.findChild(QPushButton, "trainPages_queue")
    qtbot.waitUntil(lambda: tab.text() == "Queue (1)")
    assert window.findChild(QueuePage) is None


def test_buttons_beside_the_pages_keep_their_names_where_there_is_no_room(page):
    step = part(page, QPushButton, "step_onceButton")
    page.panel.resize(900, 600)
    assert step.text() == "Step once"
    page.panel.resize(600, 600)
    assert step.text() == ""
    assert step.accessibleName() == "Step once"
    assert step.toolTip() == "Step once: Nothing is being trained."


def test_the_queue_is_filled_put_in_order_and_trained(page, qtbot):
    window, queueing = page.window_, page.queueing
    field = part(page, QLineEdit, "queueChanges")
    for number, words in enumerate(("lr=0.01", "lr=0.5, epochs=1", "batch_size=64"), 1):
        QTest.keyClicks(field, words)
        click(page, "queueAdd")
        qtbot.waitUntil(lambda n=number: len(queueing.items) == n)
    QTest.keyClicks(field, "speed=3")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert "speed" in window.findChild(QLabel, "noticeText").text()
    table = part(page, QWidget, "queueTable")
    table.selectRow(2)
    QTest.keyClick(table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: [i.id for i in queueing.items] == [1, 3, 2])
    assert table.item_id == 3
    table.selectRow(2)
    QTest.keyClick(table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: len(queueing.items) == 2)
    QTest.mouseClick(window.findChild(QPushButton, "noticeAction"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: [i.id for i in queueing.items] == [1, 3, 2])
    click(page, "queueStart")
    qtbot.waitUntil(lambda: all(i.state == "done" for i in queueing.items))
    qtbot.waitUntil(lambda: not queueing.on)
    infos = RunStore(page.workspace.folder).list()
    assert [i.run for i in queueing.items] == [info.id for info in infos]
    assert infos[0].project["training"]["optimizer"]["lr"] == 0.01
    assert infos[1].project["training"]["batch_size"] == 64


def test_one_that_fails_does_not_hold_up_the_queue(page, qtbot):
    queueing, workspace = page.queueing, page.workspace
    good = workspace.project
    broken = good.model_copy(update={"data": good.data.model_copy(update={"path": "iris"})})
    RunQueue(workspace.folder).add(broken, ["data.path=iris"])
    queueing.add()
    qtbot.waitUntil(lambda: len(queueing.items) == 2)
    queueing.start()
    qtbot.waitUntil(lambda: [i.state for i in queueing.items] == ["failed", "done"])
    assert "other data" in queueing.items[0].message
    page.panel.show_page("queue")
    table = part(page, QWidget, "queueTable")
    assert "data.path=iris" in table.item(0, 2).text(), "which it was, and not only why it failed"
    table.selectRow(1)
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert page.window_.findChild(QWidget, "runsPage").isVisible()
    chosen = lambda: [run.id for run in page.panel.runs.selected_runs()]  # noqa: E731
    qtbot.waitUntil(lambda: chosen() == [queueing.items[1].run])
    page.panel.show_page("queue")
    click(page, "queueRetry_1", QToolButton)
    qtbot.waitUntil(lambda: queueing.items[0].state == "waiting")


def test_the_queue_is_left_to_another_program_that_trains_it(page, qtbot, monkeypatch):
    queueing, folder = page.queueing, page.workspace.folder
    queueing.add()
    queueing.add()
    qtbot.waitUntil(lambda: len(queueing.items) == 2)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        theirs = machine.Process(pid=other.pid, started=psutil.Process(other.pid).create_time())
        with monkeypatch.context() as patch:
            patch.setattr(machine, "this_process", lambda: theirs)
            RunQueue(folder).take()
        queueing.start()
        qtbot.waitUntil(lambda: not queueing.on)
        other.communicate()
    assert "another program" in page.window_.findChild(QLabel, "noticeText").text()
    assert RunStore(folder).list() == []


def test_stopping_a_queued_run_stops_the_queue(page, qtbot):
    window, queueing = page.window_, page.queueing
    queueing.add(["epochs=3000"])
    queueing.add()
    qtbot.waitUntil(lambda: len(queueing.items) == 2)
    queueing.start()
    qtbot.waitUntil(lambda: window.training.state == "running")
    window.training.stop()
    qtbot.waitUntil(lambda: [i.state for i in queueing.items] == ["done", "waiting"])
    assert not queueing.on
    assert not window.training.active
