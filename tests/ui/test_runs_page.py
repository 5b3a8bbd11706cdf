"""The page of runs: finding, comparing, labelling, deleting and taking curves along."""

import csv
import re
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from effort import lines_run
from made_runs import made_project, made_run
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QProgressBar,
    QPushButton,
)

from tests.ui.dialogs import choose_file
from workbench.errors import UserError
from workbench.graph.file import save
from workbench.runs.info import RunInfo
from workbench.runs.store import RunStore
from workbench.train.events import EpochEnded
from workbench.ui import theme
from workbench.ui.jobs import Jobs
from workbench.ui.run_compare import _compared
from workbench.ui.runs_page import RunsPage
from workbench.ui.training import Training
from workbench.ui.workspace import Workspace

CHANGE = {"event": "changed", "step": 6, "name": "optimizer.lr", "before": 0.1, "value": 0.01, "why": ""}


@pytest.fixture
def folder(tmp_path):
    """A project with four runs."""
    home = tmp_path / "made"
    save(made_project(), home)
    made_run(home, loss=0.5, tags=("slow", "first"), notes="the first", seconds=9.0)
    made_run(home, made_project(optimizer="SGD"), loss=0.25, seconds=100.0, changes=(CHANGE,))
    made_run(home, epochs=10, loss=1.0, state="stopped", seconds=20.0)
    made_run(home, epochs=0, state="failed", message="It diverged.", seconds=0.0)
    return home


@pytest.fixture
def page(folder, home, qtbot):
    jobs = Jobs()
    workspace = Workspace(jobs)
    workspace.told = []
    workspace.notified.connect(workspace.told.append)
    training = Training(workspace)
    made = RunsPage(workspace, training)
    made.make_all()
    made.resize(900, 760)
    made.show()
    workspace.open(folder)
    qtbot.waitUntil(lambda: len(made.runs.rows.runs) == 4)
    yield made
    jobs.close()
    made.hide()
    made.deleteLater()
    workspace.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _column(page, key):
    place = page.runs.rows.column(key)
    return [page.runs.rows.index(row, place).data() for row in range(page.runs.rows.rowCount())]


def _at(page, row, key="id"):
    return page.runs.visualRect(page.runs.rows.index(row, page.runs.rows.column(key))).center()


def _click(page, row, modifier=Qt.KeyboardModifier.NoModifier, key="id"):
    QTest.mouseClick(page.runs.viewport(), Qt.MouseButton.LeftButton, modifier, _at(page, row, key))


def _click_head(page, key):
    head = page.runs.head
    place = page.runs.rows.column(key)
    middle = QPoint(head.sectionViewportPosition(place) + head.sectionSize(place) // 2, head.height() // 2)
    QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=middle)


def _rest(page, qtbot):
    qtbot.waitUntil(lambda: not page._workspace.jobs.running)


def test_runs_are_listed_newest_first(page):
    assert _column(page, "id") == ["0004", "0003", "0002", "0001"]
    assert _column(page, "state") == ["failed", "stopped", "completed", "completed"]
    assert _column(page, "best_loss") == ["–", "1", "0.25", "0.5"]
    assert _column(page, "best_metric") == [
        "–",
        "50.0\N{NO-BREAK SPACE}%",
        "87.5\N{NO-BREAK SPACE}%",
        "75.0\N{NO-BREAK SPACE}%",
    ]
    heads = [page.runs.rows.title(place) for place in range(page.runs.rows.columnCount())]
    assert "ACCURACY" in heads
    assert page.runs.current_run().id == "0004"


def test_a_run_that_is_wanted_before_runs_are_read(page, qtbot):
    again = RunsPage(page._workspace, Training(page._workspace))
    qtbot.addWidget(again)
    again.make_all()
    again.show()
    assert again.runs.rows.runs == []
    assert not again.which.isVisible()
    again.runs.go_to("0002")
    qtbot.waitUntil(lambda: [run.id for run in again.runs.selected_runs()] == ["0002"])
    assert again.which.isVisible()
    _rest(page, qtbot)


def test_what_does_not_fit_is_left_out(page, qtbot):
    page.resize(560, 700)
    narrow = page.runs.head.shown()
    page.resize(1400, 700)
    assert narrow < page.runs.head.shown()
    assert {"id", "state", "best_loss"} <= narrow
    bar = page.runs.horizontalScrollBar()
    qtbot.waitUntil(lambda: not bar.isVisible())


def test_a_click_on_a_head_orders_numbers_as_numbers(page):
    page.resize(1600, 700)
    _click_head(page, "seconds")
    assert _column(page, "seconds") == ["–", "0:09", "0:20", "1:40"]
    _click_head(page, "seconds")
    assert _column(page, "seconds") == ["1:40", "0:20", "0:09", "–"]
    _click_head(page, "best_loss")
    assert _column(page, "id") == ["0002", "0001", "0003", "0004"]
    _click_head(page, "best_loss")
    assert _column(page, "id") == ["0003", "0001", "0002", "0004"]
    assert [run.id for run in page.runs.selected_runs()] == ["0004"]
    _click_head(page, "id")
    assert _column(page, "id") == ["0004", "0003", "0002", "0001"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("slow", ["0001"]),
        ("optimizer=SGD", ["0002"]),
        ("val_loss<0.75 -0001", ["0002"]),
        ("nothing like it", []),
    ],
)
def test_filtering_by_typing(page, qtbot, typed, found):
    qtbot.keyClicks(page.filter, typed)
    qtbot.waitUntil(lambda: _column(page, "id") == found)
    assert page._nothing.isVisible() == (not found)
    qtbot.keyClick(page.filter, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(page.runs.rows.runs) == 4)


def test_selected_runs_are_drawn_together(page, qtbot):
    _click(page, 3)
    _click(page, 1, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: len(page.curves.plot.series()) == 3)
    assert list(page.curves.plot.series()) == ["run 0001", "run 0002", "run 0003"]
    assert page.curves.plot.series()["run 0001"][0].tolist() == [1.0, 2.0, 3.0]
    assert "0001 slow first" in page.curves.legend.text
    tokens = {line.token for line in page.curves.plot._overlay.lines}
    assert len(tokens) == 3
    assert page._card.hint.text().endswith("3 selected")


def test_curves_over_steps_and_another_quantity(page, qtbot):
    _click(page, 3)
    qtbot.waitUntil(lambda: bool(page.curves.plot.series()))
    which = page.findChild(type(page.curves._which), "overlaySeries")
    which.setCurrentIndex(which.findData("train_loss"))
    which.activated.emit(which.currentIndex())
    QTest.mouseClick(page.curves._axis._buttons["step"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(page.curves.plot.series()["run 0001"][0]) == 12)
    _rest(page, qtbot)
    assert page.curves.plot.series()["run 0001"][0].tolist() == list(range(1, 13))
    QTest.mouseClick(page.curves._axis._buttons["epoch"], Qt.MouseButton.LeftButton)
    _rest(page, qtbot)
    assert page.curves.plot.series()["run 0001"][0].tolist() == [n / 4 for n in range(1, 13)]
    page.curves.smooth.setValue(100)
    page.curves._log.click()
    assert page.curves.plot.series()["run 0001"][1].tolist()[-1] == 0.5


def test_both_losses_in_one_plot(page, qtbot):
    _click(page, 3)
    qtbot.waitUntil(lambda: bool(page.curves.plot.series()))
    page.curves._choose("losses")
    qtbot.waitUntil(lambda: list(page.curves.plot.series()) == ["run 0001 train", "run 0001"])
    assert page.curves._which.currentText() == "Both losses"
    x, y = page.curves.plot.series()["run 0001 train"]
    assert len(x) == 12
    drawn = page.curves.plot._drawn[0].getData()[1]
    assert drawn.min() > y.min()  # averaged over an epoch
    assert page.curves.plot._overlay.lines[0].window == 4
    assert page.curves.legend.text == "0001 slow first"


def test_a_click_on_a_line_picks_its_run(page, qtbot):
    _click(page, 3)
    _click(page, 2, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(page.curves.plot.series()) == 2)
    _rest(page, qtbot)
    qtbot.wait(20)
    plot = page.curves.plot
    x, y = plot.series()["run 0001"]
    place = plot.mapFromScene(plot._box.mapViewToScene(QPointF(float(x[1]), float(y[1]))))
    assert page.runs.current_run().id == "0002"
    QTest.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: page.runs.current_run().id == "0001")
    assert len(page.runs.selected_runs()) == 2


def test_changes_during_a_run_are_marked(page, qtbot):
    _click(page, 2)
    qtbot.waitUntil(lambda: list(page.curves.plot.series()) == ["run 0002"])
    (spot,) = page.curves.plot._signs.points()
    assert spot.pos().x() == pytest.approx(1.5)
    assert spot.data() == "0002: optimizer.lr 0.1 → 0.01, from step 6 on"


@pytest.mark.parametrize("kind", ["png", "svg", "csv"])
def test_the_plot_is_saved(page, qtbot, tmp_path, kind):
    _click(page, 3)
    qtbot.waitUntil(lambda: bool(page.curves.plot.series()))
    path = tmp_path / f"plot.{kind}"
    page.curves.plot.save(path)
    assert path.stat().st_size > 60
    if kind == "svg":
        assert "0001 slow first" in path.read_text()
    if kind == "csv":
        assert path.read_text().splitlines()[1].startswith("run 0001,1.0,")


def test_two_runs_are_compared(page, qtbot):
    assert page.compare._none.text() == "Select two runs to see what differs."
    _click(page, 3)
    _click(page, 2, Qt.KeyboardModifier.ControlModifier)
    QTest.mouseClick(page.which._buttons["compare"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.compare.found is not None)
    model = page.compare.table.model()
    rows = [[model.index(row, column).data() for column in range(3)] for row in range(model.rowCount())]
    assert ["training.optimizer.name", "Adam", "SGD"] in rows
    assert ["Validation loss", "0.5", "0.25"] in rows
    QTest.mouseClick(page.compare.copy, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text().startswith("# Run 0001 and run 0002")
    _click(page, 0)
    assert not page.compare.table.isVisible()


def test_a_run_that_is_deleted_while_it_is_compared_is_no_fault(folder):
    assert _compared(folder, "0001", "0002") is not None
    assert _compared(folder, "0001", "9999") is None
    (folder / "runs" / "0002" / "run.json").write_text("no facts")
    with pytest.raises(UserError, match=r"run\.json"):
        _compared(folder, "0001", "0002")


def test_tags_are_typed_in_place(page, qtbot, folder):
    _click(page, 2)
    qtbot.keyClick(page.runs, Qt.Key.Key_F2)
    editor = page.runs.findChild(QLineEdit, "runCell")
    qtbot.keyClicks(editor, "good, better good")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: RunStore(folder).open("2").info().tags == ("good", "better"))
    assert _column(page, "tags")[2] == "good better"
    qtbot.keyClicks(page.filter, "tag=better")
    qtbot.waitUntil(lambda: _column(page, "id") == ["0002"])


def test_what_is_being_typed_survives_that_runs_are_read_anew(page, qtbot, folder):
    _click(page, 2)
    qtbot.keyClick(page.runs, Qt.Key.Key_F2)
    editor = page.runs.findChild(QLineEdit, "runCell")
    qtbot.keyClicks(editor, "half")
    RunStore(folder).open("3").update(state="completed")
    page.runs.refresh()
    qtbot.waitUntil(lambda: _column(page, "state")[1] == "completed")
    qtbot.keyClicks(editor, "done")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: RunStore(folder).open("2").info().tags == ("halfdone",))


def test_a_tag_that_is_too_long_is_refused(page, qtbot, folder):
    _click(page, 2)
    qtbot.keyClick(page.runs, Qt.Key.Key_F2)
    editor = page.runs.findChild(QLineEdit, "runCell")
    qtbot.keyClicks(editor, "x" * 41)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page._workspace.told))
    assert "has 41 letters" in page._workspace.told[-1].text
    assert _column(page, "tags")[2] == ""


def test_notes_are_kept_when_the_focus_goes(page, qtbot, folder):
    _click(page, 3)
    QTest.mouseClick(page.which._buttons["details"], Qt.MouseButton.LeftButton)
    notes = page.details.notes
    assert notes.toPlainText() == "the first"
    notes.selectAll()
    qtbot.keyClicks(notes, "better than it looks")
    page.filter.setFocus()
    _click(page, 2)
    qtbot.waitUntil(lambda: RunStore(folder).open("1").info().notes == "better than it looks")
    assert notes.toPlainText() == ""
    assert _column(page, "notes")[3] == "better than it looks"
    assert RunStore(folder).open("2").info().notes == ""


def test_tags_in_the_details(page, qtbot, folder):
    _click(page, 3)
    page.show_below("details")
    page.details.tags.selectAll()
    qtbot.keyClicks(page.details.tags, "slow")
    qtbot.keyClick(page.details.tags, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: RunStore(folder).open("1").info().tags == ("slow",))
    told = dict(page.details._facts)
    assert told["Best"].startswith("epoch 3: ")
    assert told["Settings"] == "batch size 32 · Adam, learning rate 0.001"


def test_checkpoints_are_there_to_branch_from(page, qtbot, folder):
    kept = folder / "runs" / "0001" / "checkpoints"
    kept.mkdir()
    (kept / "step_00000008_epoch_2.safetensors").write_bytes(b"x" * 2000)
    _click(page, 3)
    page.show_below("details")
    qtbot.waitUntil(lambda: page.details.findChild(object, "branch_8") is not None)
    with qtbot.waitSignal(page.runs.branch_wanted) as wanted:
        QTest.mouseClick(page.details.findChild(object, "branch_8"), Qt.MouseButton.LeftButton)
    assert wanted.args == ["0001", 8]
    menu = page.runs.act.menu(page.runs.selected_runs())
    (branch,) = [action.menu() for action in menu.actions() if action.menu()]
    branch.aboutToShow.emit()
    qtbot.waitUntil(lambda: branch.actions()[0].text() == "Epoch 2 · step 8")
    with qtbot.waitSignal(page.runs.branch_wanted):
        branch.actions()[0].trigger()


def test_runs_are_deleted_and_brought_back(page, qtbot, folder):
    _click(page, 3)
    _click(page, 2, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(page.runs, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: _column(page, "id") == ["0004", "0003"])
    notice = page._workspace.told[-1]
    assert notice.text == "Runs 0001, 0002 were deleted; the trash keeps them for 30 days."
    ((label, undo),) = notice.actions
    assert label == "Undo"
    undo()
    qtbot.waitUntil(lambda: _column(page, "id") == ["0004", "0003", "0002", "0001"])
    assert RunStore(folder).open("1").info().tags == ("slow", "first")


@pytest.fixture
def trash_menu(page, qtbot, monkeypatch):
    """Opens the menu of the trash button; returns what stands in it, by its first words."""
    opened = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, _place: opened.append(menu))

    def click():
        opened.clear()
        QTest.mouseClick(page.trash, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: bool(opened))
        (menu,) = opened
        assert menu.objectName() == "trashMenu"
        found = [action for action in menu.actions() if not action.isSeparator()]
        return {re.split(r" · | \(", action.text())[0]: action for action in found}

    return click


def test_deleted_runs_are_brought_back_long_after(page, qtbot, folder, trash_menu):
    assert list(trash_menu()) == ["No deleted runs"]
    for run in ("0001", "0003"):
        RunStore(folder).delete(run)
    page.runs.refresh()
    qtbot.waitUntil(lambda: _column(page, "id") == ["0004", "0002"])
    entries = trash_menu()
    assert list(entries) == ["Bring back run 0003", "Bring back run 0001", "Empty trash"]
    entries["Bring back run 0001"].trigger()
    qtbot.waitUntil(lambda: _column(page, "id") == ["0004", "0002", "0001"])


@pytest.mark.parametrize("sure", [True, False])
def test_the_trash_is_emptied_once_that_is_confirmed(page, qtbot, folder, monkeypatch, trash_menu, sure):
    store = RunStore(folder)
    store.delete("0001")
    entries = trash_menu()
    store.delete("0002")  # after the menu was opened: it wasn't asked about
    asked = []

    def answer(box):
        asked.append((box.objectName(), box.text(), box.defaultButton().text()))
        (button,) = [b for b in box.buttons() if b.text() == ("Delete for good" if sure else "Keep")]
        button.click()

    monkeypatch.setattr(QMessageBox, "exec", answer)
    entries["Empty trash"].trigger()
    assert asked == [("emptyQuestion", "Delete run 0001 for good?", "Keep")]
    if sure:
        qtbot.waitUntil(lambda: any("trash was emptied" in notice.text for notice in page._workspace.told))
    assert [run.id for run in store.trash.runs()] == (["0002"] if sure else ["0002", "0001"])


def test_what_was_deleted_long_ago_goes_when_the_project_is_opened(page, qtbot, folder, monkeypatch):
    RunStore(folder).delete("0001")
    later = time.time() + 31 * 86_400
    monkeypatch.setattr("workbench.runs.trash.time.time", lambda: later)
    page._workspace.open(folder)
    qtbot.waitUntil(lambda: RunStore(folder).trash.runs() == [])


def _export_events(page, monkeypatch, target):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(target))
    menu = page.runs.act.menu(page.runs.selected_runs())
    (action,) = [action for action in menu.actions() if action.text() == "Export for TensorBoard…"]
    action.trigger()


def test_curves_go_to_tensorboard(page, qtbot, monkeypatch, tmp_path):
    pytest.importorskip("tensorboard")
    _click(page, 3)
    _click(page, 2, Qt.KeyboardModifier.ControlModifier)
    _export_events(page, monkeypatch, tmp_path / "events")
    qtbot.waitUntil(lambda: page._workspace.told != [])
    assert page._workspace.told[-1].text == f"The curves are in {tmp_path / 'events'}."
    assert sorted(path.name for path in (tmp_path / "events").iterdir()) == ["0001", "0002"]
    _export_events(page, monkeypatch, tmp_path / "events")
    qtbot.waitUntil(lambda: "events of run 0001 here already" in page._workspace.told[-1].text)


def test_writing_many_curves_can_be_cancelled(page, qtbot, monkeypatch, tmp_path):
    def slow(run, folder, progress):
        while True:
            progress(1, 4)

    monkeypatch.setattr("workbench.runs.tensorboard.write_events", slow)
    _click(page, 3)
    _export_events(page, monkeypatch, tmp_path)
    bar = page.findChild(QProgressBar, "runsExportBar")
    qtbot.waitUntil(lambda: bar.isVisible() and (bar.value(), bar.maximum()) == (250, 1000))
    _export_events(page, monkeypatch, tmp_path)
    assert "still being written" in page._workspace.told[-1].text
    QTest.mouseClick(page.findChild(QPushButton, "runsExportCancel"), Qt.MouseButton.LeftButton)
    assert not page.runs.act.exporting.busy
    assert not bar.isVisible()
    assert len(page._workspace.told) == 1


def test_rows_are_copied_as_they_are_shown(page, qtbot):
    _click(page, 3)
    qtbot.keyClick(page.runs, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    head, row = (line.split("\t") for line in QApplication.clipboard().text().split("\n"))
    assert head[:4] == ["RUN", "STATE", "TAGS", "NOTES"]
    assert row[:4] == ["0001", "completed", "slow first", "the first"]
    assert len(head) == len(row)


def test_what_the_menu_offers(page, qtbot):
    def entries():
        menu = page.runs.act.menu(page.runs.selected_runs())
        return {
            action.text().split("\t")[0]: action.isEnabled() for action in menu.actions() if action.text()
        }

    _click(page, 1)
    assert {
        "Go on training": True,
        "Evaluate": True,
        "Inspect": True,
        "Delete": True,
    }.items() <= entries().items()
    _click(page, 2)
    assert entries()["Go on training"] is False
    _click(page, 0)
    assert {"Go on training": True, "Evaluate": False, "Inspect": False}.items() <= entries().items()
    _click(page, 3, Qt.KeyboardModifier.ControlModifier)
    assert {"Compare": True, "Delete": True}.items() <= entries().items()
    assert "Go on training" not in entries()


def test_what_the_menu_wants_of_others(page, qtbot):
    _click(page, 1)
    menu = page.runs.act.menu(page.runs.selected_runs())
    acts = {action.text(): action for action in menu.actions()}
    for text, signal in (
        ("Go on training", page.runs.resume_wanted),
        ("Evaluate", page.runs.evaluate_wanted),
        ("Inspect", page.runs.inspect_wanted),
    ):
        with qtbot.waitSignal(signal) as wanted:
            acts[text].trigger()
        assert wanted.args == ["0003"]


def test_curves_are_exported(page, qtbot, tmp_path, monkeypatch):
    choose_file(monkeypatch, tmp_path / "both.csv")
    _click(page, 3)
    _click(page, 2, Qt.KeyboardModifier.ControlModifier)
    page.runs.act.export_csv(page.runs.selected_runs())
    qtbot.waitUntil(lambda: bool(page._workspace.told))
    assert page._workspace.told[-1].text == f"The curves are in {tmp_path / 'both.csv'}."
    with (tmp_path / "both.csv").open() as file:
        assert {row["run"] for row in csv.DictReader(file)} == {"0001", "0002"}


def test_columns_are_shown_and_hidden_for_good(page, qtbot):
    menu = page.runs.head.menu()
    acts = {action.objectName(): action for action in menu.actions()}
    assert not acts["runColumn_id"].isEnabled()
    acts["runColumn_tags"].trigger()
    acts["runColumn_seed"].trigger()
    assert "tags" not in page.runs.head.shown()
    assert "seed" in page.runs.head.shown()
    again = RunsPage(page._workspace, page._training)
    again.make_all()
    qtbot.addWidget(again)
    again.resize(900, 700)
    again.show()
    assert again.runs.head.shown() == page.runs.head.shown()
    page.runs.head.show_fitting()
    assert "tags" in page.runs.head.shown()


def test_the_run_under_way_is_shown_as_it_is_now(page, qtbot, folder):
    training = page._training
    training._job = SimpleNamespace()
    try:
        training.run_id, training.state = "0003", "running"
        best = EpochEnded(7, 28, 0.3, 0.2, {"accuracy": 0.99}, 1.0, 0.1, True)
        training.last_epoch = training.best_epoch = best
        training.epoch_ended.emit()
        assert _column(page, "state")[1] == "running"
        assert _column(page, "best_loss")[1] == "0.2"
        training.state = "paused"
        training.state_changed.emit()
        assert _column(page, "state")[1] == "paused"
        page.runs.refresh()
        _rest(page, qtbot)
        assert _column(page, "best_epoch")[1] == "7"
        page.runs.act.delete([run for run in page.runs.runs if run.id == "0003"])
        _rest(page, qtbot)
        assert (folder / "runs" / "0003").is_dir()
    finally:
        training._job = None


def test_a_run_under_way_costs_a_hidden_page_nothing(page):
    training = page._training
    training._job = SimpleNamespace()
    try:
        training.run_id, training.state = "0003", "running"
        training.last_epoch = EpochEnded(8, 32, 0.3, 0.2, {"accuracy": 0.99}, 1.0, 0.1, True)
        page.hide()
        before = _column(page, "epochs")[1]
        assert lines_run(training.epoch_ended.emit) < 10
        assert _column(page, "epochs")[1] == before
        page.show()
        assert _column(page, "epochs")[1].startswith("8")
    finally:
        training._job = None


def test_many_selected_runs_are_gone_through_once(page, qtbot):
    def work(count):
        page.runs.clearSelection()
        runs = [RunInfo(id=f"{n:04d}", state="completed") for n in range(count)]
        page.runs._source._take(runs)
        qtbot.waitUntil(lambda: len(page.runs.rows.runs) == count)
        return lines_run(page.runs.selectAll)

    few, many = work(100), work(300)
    assert many - few <= 4 * 200


def test_both_themes(page, qtbot):
    app = QApplication.instance()
    before = theme.current()
    _click(page, 3)
    _click(page, 2, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(page.curves.plot.series()) == 2)
    try:
        theme.apply(app, theme.LIGHT)
        page.grab()
        pens = [drawn.opts["pen"].color().name() for drawn in page.curves.plot._drawn]
        assert pens == [theme.LIGHT.accent, theme.LIGHT.validation]
    finally:
        theme.apply(app, before)


def test_a_damaged_run_can_be_deleted_but_not_labelled(page, qtbot, folder):
    (folder / "runs" / "0004" / "run.json").write_text("rubbish")
    page.runs.refresh()
    qtbot.waitUntil(lambda: _column(page, "state")[0] == "damaged")
    _click(page, 0)
    qtbot.keyClick(page.runs, Qt.Key.Key_F2)
    assert page.runs.findChild(QLineEdit, "runCell") is None
    assert not page.details._own.isEnabled()
    page.runs.act.delete([run for run in page.runs.runs if run.id == "0004"])
    qtbot.waitUntil(lambda: _column(page, "id") == ["0003", "0002", "0001"])


def test_ten_thousand_runs_are_arranged_in_the_background(page, qtbot):
    project = made_project().model_dump(mode="json")
    runs = [
        RunInfo(id=f"{n:05}", state="completed", best={"val_loss": (n * 7919) % 10_007}, project=project)
        for n in range(10_000)
    ]
    page.runs._source._take(runs)
    assert page._workspace.jobs.running
    qtbot.waitUntil(lambda: page.runs.rows.rowCount() == 10_000)
    page.runs.sort_by("best_loss", False)
    assert page._workspace.jobs.running
    qtbot.waitUntil(lambda: page.runs.rows.runs[0].best["val_loss"] == 0.0)
    values = [run.best["val_loss"] for run in page.runs.rows.runs]
    assert values == sorted(values)
    qtbot.keyClicks(page.filter, "val_loss<100")
    qtbot.waitUntil(lambda: page.runs.rows.rowCount() == sum(value < 100 for value in values))


def test_another_project_has_other_runs(page, qtbot, tmp_path):
    other = tmp_path / "other"
    save(made_project(), other)
    made_run(other)
    page._workspace.open(Path(other))
    qtbot.waitUntil(lambda: _column(page, "id") == ["0001"])
    page._workspace.open(Path(_empty(tmp_path)))
    qtbot.waitUntil(lambda: page._empty.isVisible())


def _empty(tmp_path):
    save(made_project(), tmp_path / "none")
    return tmp_path / "none"
