"""What is seen of a training while it goes on, and what can be done with it: through mouse and keys."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from patient_bot import PATIENCE_MS
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from workbench.graph import Project
from workbench.runs.checkpoints import Kept
from workbench.runs.store import RunStore
from workbench.train.events import Changed, CheckpointSaved, EpochEnded, Failed, Finished, Started, Steps
from workbench.ui.curve import Curve
from workbench.ui.jobs import Jobs
from workbench.ui.live_page import LivePage
from workbench.ui.live_plot import LivePlot
from workbench.ui.main_window import MainWindow
from workbench.ui.past_curve import in_epochs
from workbench.ui.plot_legend import PlotLegend
from workbench.ui.rate_plot import RatePlot, scaled
from workbench.ui.run_controls import RunControl, RunControls, elapsed
from workbench.ui.train_panel import TrainPanel
from workbench.ui.training import Training
from workbench.ui.workspace import Workspace

LEFT = Qt.MouseButton.LeftButton
SPACE = "\N{NO-BREAK SPACE}"


class Stage:
    """A live page and a training whose events a test sends; what is asked of it is noted."""

    def __init__(self, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
        self.jobs = Jobs()
        self.workspace = Workspace(self.jobs)
        self.training = Training(self.workspace)
        self.asked: list[tuple[Any, ...]] = []
        for name in ("step_once", "keep", "pause", "resume", "stop", "change", "branch"):
            monkeypatch.setattr(
                self.training, name, lambda *given, name=name: self.asked.append((name, *given))
            )
        self.page = LivePage(self.workspace, self.training)
        qtbot.addWidget(self.page)
        self.page.resize(800, 620)
        self.page.show()

    def begin(self, epochs: int = 10, **training: Any) -> None:
        """As if a training had just begun: 50 steps an epoch of 20 samples."""
        self.training.reset()
        self.training.run_id, self.training.seed = "0002", 7
        self.training.project = Project.model_validate(
            {"training": {"epochs": epochs, "batch_size": 20, **training}}
        )
        self.training._job = object()  # type: ignore[assignment]
        self.training.run_opened.emit()
        self.training._set("starting")
        self.send(
            Started(
                run_steps=50 * epochs,
                steps_per_epoch=50,
                epochs=epochs,
                device="cpu",
                train_samples=1000,
                validation_samples=100,
                first_epoch=1,
                first_step=0,
            )
        )

    def epoch(self, number: int, lr: float = 0.01, accuracy: float = 0.9) -> None:
        """An epoch goes by; the third is the best."""
        losses = np.linspace(2, 1, 50, dtype=np.float32) / number
        self.send(
            Steps(50 * (number - 1), losses, lr, 40_000.0),
            EpochEnded(
                epoch=number,
                step=50 * number,
                train_loss=float(losses.mean()),
                val_loss=0.5 + abs(3 - number) / 10,
                metrics={"accuracy": accuracy},
                seconds=0.1,
                lr=lr,
                best=number <= 3,
            ),
        )

    def send(self, *events: Any) -> None:
        """Events come, and the page shows them."""
        self.training._take(list(events))
        self.page.refresh()

    def end(self, *events: Any) -> None:
        """It is over."""
        self.training._take(list(events))
        self.training._end()

    def find(self, kind: type[Any], name: str) -> Any:
        """The widget of this name."""
        found = self.page.findChild(kind, name)
        assert found is not None, name
        return found

    def tile(self, name: str) -> tuple[str, str]:
        """A tile's figure and the line below."""
        labels = (self.find(QLabel, name), self.find(QLabel, f"{name}Detail"))
        figure, detail = (label.text().replace(SPACE, " ") for label in labels)
        return figure, detail

    @property
    def seen(self) -> tuple[float, float]:
        """The part of the epochs that the plot shows."""
        low, high = self.page.plot.getPlotItem().getViewBox().viewRange()[0]
        return low, high


@pytest.fixture
def stage(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Generator[Stage]:
    """A live page on the screen."""
    made = Stage(qtbot, monkeypatch)
    yield made
    made.training._job = None
    made.jobs.close()


def turn(plot: LivePlot, notches: int, share: float = 0.5) -> None:
    """Turn the wheel over the plot; a positive number zooms in."""
    view = plot.viewport()
    at = QPoint(int(share * view.width()), view.height() // 2)
    event = QWheelEvent(
        QPointF(at),
        QPointF(view.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def test_the_figures_of_the_moment(stage: Stage) -> None:
    assert stage.tile("lossTile") == ("–", "")
    stage.begin()
    assert stage.tile("metricTile") == ("–", "after the first epoch")
    for number in range(1, 5):
        stage.epoch(number, accuracy=0.8 + number / 50)
    assert stage.tile("metricTile") == ("88.0 %", "86.0 % at best, epoch 3")
    mean = float(np.linspace(2, 1, 50).mean() / 4)
    assert stage.tile("lossTile") == (f"{mean:.4g}", "validation 0.6")
    assert stage.tile("speedTile") == ("40 000 /s", "step 500 µs")
    assert stage.tile("timeTile") == ("0:00", "epoch 5 of 10")  # 6,000 samples at 40,000 a second
    stage.training._set("paused")
    assert stage.tile("timeTile") == ("Paused", "epoch 5 of 10")
    stage.end(Finished("stopped early", 4, 200, 83.0, 40_000.0, 3, 0.5))
    assert stage.tile("timeTile") == ("Stopped early", "4 of 10 epochs in 1:23")


def test_a_failure_is_shown(stage: Stage) -> None:
    stage.begin()
    stage.epoch(1)
    stage.end(Failed("The loss is nan.", "Lower the rate.", epoch=2, step=57))
    assert stage.tile("timeTile") == ("Failed", "in epoch 2")


def test_a_first_spike_flattens_nothing_and_is_told(stage: Stage, qtbot: QtBot) -> None:
    stage.begin()
    losses = np.concatenate(([900.0], np.linspace(2, 1, 499))).astype(np.float32)
    stage.send(Steps(0, losses, 0.01, 1000.0))
    plot, above = stage.page.plot, stage.page.plot._above
    top = plot.getPlotItem().getViewBox().viewRange()[1]
    assert max(top) < 3
    assert above.isVisible()
    assert above.toPlainText() == "▲ up to 900"
    qtbot.mouseClick(stage.find(QPushButton, "logScale"), LEFT)
    assert max(plot.getPlotItem().getViewBox().viewRange()[1]) > np.log10(900)
    assert not above.isVisible()


def test_the_rates_of_a_fast_run_are_all_drawn(stage: Stage) -> None:
    """Many epochs may go by between two looks at them."""
    stage.begin(optimizer={"name": "Adam", "lr": 0.01})
    first, *others = [Steps(50 * n, np.ones(50, np.float32), 0.01 * 0.5**n, 1000.0) for n in range(6)]
    stage.send(first, *others)
    rates = stage.find(RatePlot, "ratePlot").series()["so far"][1]
    np.testing.assert_allclose(rates, [0.01 * 0.5**n for n in range(6)], rtol=1e-5)


def test_the_axis_of_the_first_steps_counts_in_epochs(stage: Stage) -> None:
    stage.begin()
    stage.send(Steps(0, np.ones(1, np.float32), 0.01, 1000.0))
    assert not stage.page.plot.getPlotItem().getAxis("bottom").autoSIPrefix


def test_the_wheel_zooms_and_new_points_leave_the_view_alone(stage: Stage, qtbot: QtBot) -> None:
    stage.begin()
    for number in range(1, 4):
        stage.epoch(number)
    plot, everything = stage.page.plot, stage.find(QPushButton, "showAll")
    assert not everything.isVisible()
    low, high = stage.seen
    assert low <= 0.02
    assert high >= 3
    turn(plot, 4)
    near = stage.seen
    assert near[1] - near[0] < 0.8 * (high - low)
    stage.epoch(4)
    assert stage.seen == near
    qtbot.mouseClick(everything, LEFT)
    assert stage.seen[1] >= 4
    stage.epoch(5)
    assert stage.seen[1] >= 5
    assert not everything.isVisible()


def test_following_moves_with_the_newest_point_until_dragged_away(stage: Stage, qtbot: QtBot) -> None:
    stage.begin()
    for number in range(1, 4):
        stage.epoch(number)
    plot, follow = stage.page.plot, stage.find(QPushButton, "followNewest")
    turn(plot, 8)
    qtbot.mouseClick(follow, LEFT)
    width = stage.seen[1] - stage.seen[0]
    assert stage.seen[1] > 3
    stage.epoch(4)
    low, high = stage.seen
    assert low < 4 < high
    np.testing.assert_allclose(high - low, width)
    view = plot.viewport()
    middle = view.height() // 2
    qtbot.mousePress(view, LEFT, pos=QPoint(120, middle))
    for x in (160, 300, 500, 690):
        qtbot.wait(15)  # pyqtgraph leaves out moves that come faster
        qtbot.mouseMove(view, QPoint(x, middle))
    qtbot.mouseRelease(view, LEFT, pos=QPoint(690, middle))
    assert stage.seen[1] < 4
    assert not follow.isChecked()
    before = stage.seen
    stage.epoch(5)
    assert stage.seen == before


def test_values_at_the_cursor(stage: Stage, qtbot: QtBot) -> None:
    stage.begin()
    for number in range(1, 4):
        stage.epoch(number)
    legend: PlotLegend = stage.find(PlotLegend, "plotLegend")
    assert legend.text == "train · validation"
    plot = stage.page.plot
    box = plot.getPlotItem().getViewBox()
    at = plot.mapFromScene(box.mapViewToScene(QPointF(2.0, 1.0)))
    qtbot.wait(15)
    qtbot.mouseMove(plot.viewport(), at)
    losses = stage.training.curves["train_loss"]
    expected = losses.point(losses.nearest(plot.place))[1]
    assert abs(plot.place - 2.0) < 0.02
    assert f"train {expected:.4g} ·" in legend.text
    assert "validation 0.6" in legend.text
    assert legend.text.endswith(f"epoch {plot.place:.2f}")
    smooth = next(line.value for line in plot.lines() if line.name == "smoothed")
    around = losses.nearest(plot.place)
    window = max(3, int(150 * 0.02))
    np.testing.assert_allclose(
        smooth, losses.y[around - window // 2 : around - window // 2 + window].mean(), rtol=1e-5
    )


def test_a_logarithmic_scale(stage: Stage, qtbot: QtBot) -> None:
    stage.begin()
    for number in range(1, 4):
        stage.epoch(number)
    box = stage.page.plot.getPlotItem().getViewBox()
    qtbot.mouseClick(stage.find(QPushButton, "logScale"), LEFT)
    bottom, top = box.viewRange()[1]
    assert bottom <= np.log10(1 / 3) <= bottom + 0.2
    assert top - 0.2 <= np.log10(2) <= top


def test_what_happened_is_marked_where_it_happened(stage: Stage) -> None:
    stage.begin()
    for number in range(1, 4):
        stage.epoch(number)
    stage.send(
        Changed(125, "optimizer.lr", 0.01, 0.002, 500),
        CheckpointSaved("kept", 2, 100),
        CheckpointSaved("last", 2, 100),
    )
    stage.epoch(4, lr=0.002)
    marks = {mark.kind: mark for mark in stage.page.plot._marks._marks}
    assert set(marks) == {"change", "kept", "best"}
    assert marks["change"].text == "Learning rate: 0.01 → 0.002"
    np.testing.assert_allclose(marks["change"].x, 2.5)
    np.testing.assert_allclose(marks["kept"].x, 2.0)
    assert marks["kept"].text == "Checkpoint at step 100"
    assert (marks["best"].x, marks["best"].y) == (3.0, 0.5)
    stage.begin()
    assert [m.kind for m in stage.page.plot._marks._marks] == []


def test_the_metric_instead_of_the_loss(stage: Stage, qtbot: QtBot) -> None:
    stage.begin()
    for number in range(1, 4):
        stage.epoch(number, accuracy=number / 10)
    metric = stage.find(QPushButton, "curveChoice_metric")
    assert metric.text() == "Accuracy"
    qtbot.mouseClick(metric, LEFT)
    series = stage.page.plot.series()
    assert list(series) == ["validation"]
    np.testing.assert_allclose(series["validation"][1], [0.1, 0.2, 0.3], rtol=1e-6)


def test_a_typed_rate_is_asked_for(stage: Stage, qtbot: QtBot) -> None:
    field = stage.find(QLineEdit, "live_optimizer.lr")
    assert not field.isEnabled()
    assert "Nothing is being trained" in field.toolTip()
    stage.begin(optimizer={"name": "Adam", "lr": 0.01})
    stage.epoch(1)
    assert field.isEnabled()
    assert field.text() == "0.01"
    field.selectAll()
    qtbot.keyClicks(field, "abc")
    assert field.property("invalid") == "true"
    qtbot.keyClick(field, Qt.Key.Key_Return)
    field.selectAll()
    qtbot.keyClicks(field, "3e-3")
    stage.epoch(2)  # what is being typed stays
    assert field.text() == "3e-3"
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert stage.asked == [("change", "optimizer.lr", 0.003)]
    batch = stage.find(QLineEdit, "live_batch_size")
    assert batch.text() == "20"
    batch.selectAll()
    qtbot.keyClicks(batch, "8.5")
    assert batch.toolTip() == "Type a whole number."
    batch.selectAll()
    qtbot.keyClicks(batch, "64")
    qtbot.keyClick(batch, Qt.Key.Key_Return)
    assert stage.asked[1:] == [("change", "batch_size", 64.0)]
    stage.send(Changed(100, "batch_size", 20, 64, 400))
    assert batch.text() == "64"


def test_a_setting_that_the_optimiser_lacks(stage: Stage) -> None:
    stage.begin(optimizer={"name": "LBFGS"})
    stage.epoch(1)
    field = stage.find(QLineEdit, "live_optimizer.weight_decay")
    assert not field.isEnabled()
    assert field.toolTip() == "LBFGS has no weight decay."


def test_dragging_the_point_of_this_moment(stage: Stage, qtbot: QtBot) -> None:
    stage.begin(optimizer={"name": "Adam", "lr": 0.01}, schedule={"name": "cosine"})
    stage.epoch(1)
    stage.epoch(2)
    plot: RatePlot = stage.find(RatePlot, "ratePlot")
    box, view = plot.getPlotItem().getViewBox(), plot.viewport()

    def at(epoch: float, rate: float) -> QPoint:
        point: QPoint = plot.mapFromScene(box.mapViewToScene(QPointF(epoch, np.log10(rate))))
        return point

    qtbot.mousePress(view, LEFT, pos=at(8.0, 0.01))  # too far from the point
    qtbot.mouseMove(view, at(8.0, 0.004))
    qtbot.mouseRelease(view, LEFT, pos=at(8.0, 0.004))
    assert stage.asked == []
    qtbot.mousePress(view, LEFT, pos=at(2.0, 0.01))
    qtbot.mouseMove(view, at(2.1, 0.006))
    qtbot.mouseMove(view, at(2.1, 0.004))
    assert 0.003 < float(stage.find(QLineEdit, "live_optimizer.lr").text()) < 0.005
    qtbot.mouseRelease(view, LEFT, pos=at(2.1, 0.004))
    [(what, name, rate)] = stage.asked
    assert (what, name) == ("change", "optimizer.lr")
    np.testing.assert_allclose(rate, 0.004, rtol=0.1)


def test_the_plan_goes_on_from_a_changed_rate() -> None:
    plan = np.array([0.0, 1.0, 2.0]), np.array([0.1, 0.05, 0.0])
    epochs, rates = scaled(plan, 1.0, 0.01)
    np.testing.assert_allclose(epochs, plan[0])
    np.testing.assert_allclose(rates, [0.02, 0.01, 0.0])


def test_steps_in_epochs() -> None:
    ends = np.array([10, 20, 25])  # batches were made larger in the third epoch
    np.testing.assert_allclose(in_epochs(np.array([1, 10, 15, 25, 26]), ends), [0.1, 1.0, 1.5, 3.0, 3.2])
    np.testing.assert_allclose(in_epochs(np.array([1, 4]), None), [0.25, 1.0])


def test_an_earlier_run_lies_under_the_live_one(stage: Stage) -> None:
    past = Curve()
    past.append(np.arange(1, 21), np.linspace(1, 0.2, 20))
    plot = stage.page.plot
    plot.show_past("run 0001 (best)", past)
    stage.begin()
    stage.epoch(1)
    plot.show_past("run 0001 (best)", past)
    assert [line.name for line in plot.lines()] == ["train", "validation", "run 0001 (best)"]
    assert stage.seen[1] >= 20
    plot.show_past("", None)
    assert stage.seen[1] < 2


def test_pictures_and_points_of_the_plot(stage: Stage, tmp_path: Path) -> None:
    stage.begin()
    stage.epoch(1)
    for suffix in ("csv", "svg", "png"):
        stage.page.plot.save(tmp_path / f"curves.{suffix}")
    rows = (tmp_path / "curves.csv").read_text().splitlines()
    assert rows[0] == "series,x,y"
    assert len(rows) == 1 + 50 + 1
    assert "validation" in (tmp_path / "curves.svg").read_text()


def test_what_can_be_done_when(stage: Stage, qtbot: QtBot) -> None:
    controls = RunControls(stage.workspace, stage.training)
    qtbot.addWidget(controls)
    controls.show()
    stage.workspace.folder = Path("nowhere")

    def ready() -> set[str]:
        buttons = controls.findChildren(QPushButton)
        return {b.objectName().removesuffix("Button") for b in buttons if b.isEnabled()}

    step = controls.findChild(QPushButton, "step_onceButton")
    keep = controls.findChild(QPushButton, "keep_checkpointButton")
    assert ready() == set()
    assert step.toolTip() == "Nothing is being trained."
    stage.begin()
    assert ready() == {"keep_checkpoint", "go_back"}
    assert step.toolTip() == "Pause first."
    qtbot.mouseClick(keep, LEFT)
    stage.training._set("paused")
    assert ready() == {"step_once", "keep_checkpoint", "go_back"}
    qtbot.mouseClick(step, LEFT)
    stage.training._set("stopping")
    assert "step_once" not in ready()
    assert stage.asked == [("keep",), ("step_once",)]
    stage.end()
    assert ready() == {"go_back"}


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)
def test_going_back_stops_what_is_under_way_first(stage: Stage) -> None:
    control = RunControl(stage.workspace, stage.training)
    stage.workspace.folder = Path("nowhere")
    stage.begin()
    kept = Kept(1200, 3, Path("x"), True, "2024-01-01T00:00:00+00:00", 1)
    control._offer(("0002", [kept]))
    assert control.menu is not None
    actions = control.menu.actions()
    assert actions[1].text().startswith(f"step 1{SPACE}200 · after epoch 3 · ")
    actions[1].trigger()
    control.menu.close()
    assert stage.asked == [("stop",)]
    stage.end()
    assert stage.asked[1:] == [("branch", "0002", 1200, "auto")]


def test_times_past() -> None:
    said = [elapsed(s).replace(SPACE, " ") for s in (0.2, 89, 600, 7200, 400_000)]
    assert said == ["just now", "89 s ago", "10 min ago", "2 h ago", "5 days ago"]


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)
def test_steps_changes_and_branches_of_a_real_training(
    open_sample: Callable[[str], MainWindow], qtbot: QtBot
) -> None:
    window = open_sample("digits-mlp")
    project = window.workspace.project
    longer = project.training.model_copy(update={"epochs": 5000, "patience": 0})
    window.workspace.edit("longer", project.model_copy(update={"training": longer}))
    window.train()
    training, actions = window.training, window.actions_
    panel = window.stages.panel("train")
    assert isinstance(panel, TrainPanel)

    def press(key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
        held = Qt.KeyboardModifier.NoModifier
        for modifier in modifiers:
            held |= modifier
        qtbot.keyClick(window, key, held)

    def settled() -> int:
        """The step at which a paused training stands, once it does."""
        qtbot.waitUntil(lambda: training._job.waits, timeout=PATIENCE_MS)
        return training.step

    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    qtbot.waitUntil(lambda: training.last_epoch is not None, timeout=PATIENCE_MS)
    assert not actions["step_once"].isEnabled()
    press(Qt.Key.Key_P, control)
    assert training.state == "paused"
    for _ in range(2):  # the first may still end what was under way when it was paused
        step = settled()
        press(Qt.Key.Key_F10)
        qtbot.waitUntil(lambda step=step: training.step > step, timeout=PATIENCE_MS)
    assert settled() == step + 1
    press(Qt.Key.Key_K, control, shift)
    qtbot.waitUntil(
        lambda: training.checkpoint is not None and training.checkpoint.which == "kept", timeout=PATIENCE_MS
    )
    kept = training.checkpoint.step
    assert kept == step + 1
    field = panel.findChild(QLineEdit, "live_optimizer.lr")
    assert field is not None
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "0.0123")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(training.changes) == 1, timeout=PATIENCE_MS)
    press(Qt.Key.Key_P, control)
    qtbot.waitUntil(lambda: training.step > kept + 50, timeout=PATIENCE_MS)
    np.testing.assert_allclose(training.lr, 0.0123, rtol=0.1)
    first = training.run_id
    back = panel.findChild(QPushButton, "go_backButton")
    assert back is not None
    qtbot.mouseClick(back, LEFT)
    menus: Callable[[], list[QWidget]] = lambda: [  # noqa: E731
        widget for widget in QApplication.topLevelWidgets() if widget.objectName() == "checkpointMenu"
    ]
    qtbot.waitUntil(lambda: any(menu.isVisible() for menu in menus()), timeout=PATIENCE_MS)
    menu = next(menu for menu in menus() if menu.isVisible())
    wanted = f"step {kept:,} ·".replace(",", SPACE)
    chosen = next(action for action in menu.actions() if wanted in action.text())
    chosen.trigger()
    menu.close()
    qtbot.waitUntil(lambda: training.run_id not in ("", first) and training.active, timeout=PATIENCE_MS)
    second = training.run_id
    qtbot.waitUntil(lambda: training.step > kept, timeout=PATIENCE_MS)
    press(Qt.Key.Key_Period, control)
    qtbot.waitUntil(lambda: not training.active, timeout=PATIENCE_MS)
    assert window.workspace.folder is not None
    info = RunStore(window.workspace.folder).open(second).info()
    assert info.parent is not None
    assert (info.parent.run, info.parent.step) == (first, kept)
