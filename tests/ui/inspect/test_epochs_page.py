"""Over training: a run's epochs, moved through with mouse and keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from workbench.graph.overrides import override
from workbench.runs.opening import begun
from workbench.runs.probe_files import FOLDER, files_in
from workbench.runs.recorder import record
from workbench.runs.store import RunStore
from workbench.ui import theme
from workbench.ui.inspect import epochs_lines_card, epochs_maps_card, epochs_probe_card, epochs_ridge_card
from workbench.ui.inspect.epochs_page import EpochsPage
from workbench.ui.inspect.view import View
from workbench.ui.main_window import MainWindow

SMALL = ("conv1.out_channels=4", "conv2.out_channels=6", "linear1.out_features=8", "batch_size=256")


@pytest.fixture
def show(
    open_sample: Callable[[str], MainWindow], qtbot: QtBot
) -> Callable[..., tuple[MainWindow, EpochsPage]]:
    """Return a function that trains a sample, and shows what it recorded."""

    def show(sample: str = "digits-cnn", *changes: str, train: bool = True) -> tuple[MainWindow, EpochsPage]:
        window = open_sample(sample)
        window.resize(1440, 900)
        workspace = window.workspace
        changes = (*(SMALL if sample == "digits-cnn" else ()), "epochs=4", "patience=0", *changes)
        project = override(workspace.project, changes)
        workspace.edit("Be quick", project)
        qtbot.waitUntil(lambda: workspace.report is not None and not workspace._check.busy)
        assert workspace.folder is not None
        assert workspace.dataset is not None
        if train:
            for _ in record(*begun(RunStore(workspace.folder), project, workspace.dataset)):
                pass
        window.show_stage("inspect")
        panel = window.stages.panel("inspect")
        panel.bar.run.refresh()
        QTest.mouseClick(panel.findChild(QPushButton, "inspectPages_epochs"), Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: isinstance(panel.page, EpochsPage))
        page = panel.page
        return window, page

    return show


def shown(page: EpochsPage, qtbot: QtBot, layer: str = "") -> None:
    """Wait until the page shows a history, of a layer."""

    def there() -> bool:
        history = page.history
        return history is not None and (
            not layer or (history.layer is not None and history.layer.id == layer)
        )

    qtbot.waitUntil(there)
    QApplication.processEvents()


def text(page: EpochsPage, name: str) -> str:
    found = page.findChild(QLabel, name)
    assert found is not None
    return found.text()


def test_moving_by_slider_and_keys_shows_what_was_recorded(show, qtbot: QtBot) -> None:
    window, page = show()
    window.workspace.select("relu2")
    shown(page, qtbot, "relu2")
    history = page.history
    assert history.epochs == (0, 1, 2, 3, 4)
    assert page.moment.epoch == 4  # the newest
    slider = page.bar.slider
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=slider.at(1).toPoint())
    assert page.moment.epoch == 1
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert page.moment.epoch == 2
    assert "epoch 2 / 4" in text(page, "epochsEpoch")
    qtbot.waitUntil(lambda: not page._frame.isActive())
    view = page.maps.view()
    run = RunStore(window.workspace.folder).open("1")
    from workbench.runs.probes import open_probes

    probes = open_probes(run)
    np.testing.assert_array_equal(view.arrays["relu2"], probes.read(2, ["relu2"]).activations["relu2"][0])
    assert len(page.maps._columns[1].maps) == 6
    number = probes.plan.samples[0]
    assert f"sample {number}" in text(page, "epochsAnswer")
    assert window.workspace.dataset.answer(number) in text(page, "epochsAnswer")
    QTest.mouseClick(page.findChild(QPushButton, "epochsBest"), Qt.MouseButton.LeftButton)
    assert page.moment.epoch == run.info().best_epoch


def test_a_click_on_a_ridge_or_a_curve_goes_there(show, qtbot: QtBot) -> None:
    window, page = show()
    window.workspace.select("conv1")
    shown(page, qtbot, "conv1")
    ridge = page.ridge.plot
    QTest.mouseClick(ridge, Qt.MouseButton.LeftButton, pos=QPoint(90, round(ridge.baseline(1))))
    assert page.moment.epoch == 1
    QTest.keyClick(ridge, Qt.Key.Key_Down)
    assert page.moment.epoch == 2
    plot = page.loss.plot
    box = plot.getPlotItem().getViewBox()

    def went_to(epoch: int) -> bool:
        """The curves are read in the background, and what is seen of them may move once more."""
        place = QPoint(plot.mapFromScene(box.mapViewToScene(QPointF(epoch, 0.5))).x(), plot.height() // 3)
        QTest.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=place)
        return page.moment.epoch == epoch

    qtbot.waitUntil(lambda: went_to(3))
    weights = page.findChild(QPushButton, "epochsRidgeKind_weights")
    QTest.mouseClick(weights, Qt.MouseButton.LeftButton)
    counts = page.ridge.view().arrays["counts"]
    assert (counts.sum(1) == 4 * 9).all()  # the weights of conv1
    window.workspace.select("relu1")
    shown(page, qtbot, "relu1")
    assert text(page, "epochsRidgeWhy") == "This layer has no weights."


def test_two_epochs_side_by_side_and_their_difference(show, qtbot: QtBot) -> None:
    window, page = show()
    window.workspace.select("conv2")
    shown(page, qtbot, "conv2")
    QTest.mouseClick(page.findChild(QCheckBox, "epochsCompare"), Qt.MouseButton.LeftButton)
    assert page.bar.other.isVisible()
    QTest.mouseClick(page.bar.other, Qt.MouseButton.LeftButton, pos=page.bar.other.at(1).toPoint())
    qtbot.waitUntil(lambda: not page._frame.isActive())
    assert (page.moment.epoch, page.moment.other_epoch) == (4, 1)
    arrays = page.maps.view().arrays
    np.testing.assert_allclose(arrays["difference"], arrays["conv2_epoch_4"] - arrays["conv2_epoch_1"])
    assert all(column.isVisible() for column in page.maps._columns)
    assert text(page, "epochsDifferenceHeading") == "Difference, 4 − 1"
    QTest.mouseClick(page.findChild(QCheckBox, "epochsCompare"), Qt.MouseButton.LeftButton)
    assert not page.bar.other.isVisible()


def test_playing_goes_to_the_end_and_stops(show, qtbot: QtBot, monkeypatch) -> None:
    monkeypatch.setattr("workbench.ui.inspect.epochs_bar.SLOWEST_MS", 10)
    monkeypatch.setattr("workbench.ui.inspect.epochs_bar.FASTEST_MS", 10)
    _, page = show()
    shown(page, qtbot)
    play = page.findChild(QPushButton, "epochsPlay")
    QTest.mouseClick(play, Qt.MouseButton.LeftButton)
    assert page.bar.playing
    assert page.moment.epoch == 0  # from the beginning, as it was at the end
    qtbot.waitUntil(lambda: not page.bar.playing)
    assert page.moment.epoch == 4
    QTest.mouseClick(play, Qt.MouseButton.LeftButton)
    QTest.mouseClick(play, Qt.MouseButton.LeftButton)
    assert not page.bar.playing


def test_another_probe_and_a_vector(show, qtbot: QtBot) -> None:
    window, page = show()
    window.workspace.select(window.workspace.graph.layers[-1].id)
    shown(page, qtbot, window.workspace.graph.layers[-1].id)
    gallery = page.probe.gallery
    QTest.mouseClick(gallery, Qt.MouseButton.LeftButton, pos=gallery.rect_of(3).center())
    qtbot.waitUntil(lambda: not page._frame.isActive())
    assert page.moment.sample == 3
    assert f"sample {page.history.plan.samples[3]}" in text(page, "epochsAnswer")
    assert page.maps._columns[1].units.isVisible()
    lines = page.prediction.view().arrays
    true = window.workspace.dataset.answer(page.history.plan.samples[3])
    np.testing.assert_allclose(lines[true][:, 1], page.history.probabilities[:, 3, int(true)], rtol=1e-6)
    window.workspace.select("flatten1")
    shown(page, qtbot)
    qtbot.waitUntil(lambda: page.maps.title.text().startswith("flatten1 = "))


def test_a_table_with_values_to_predict(show, qtbot: QtBot) -> None:
    _, page = show("diabetes-regression", "probes.layers=relu1")
    shown(page, qtbot, "relu1")
    choice = page.findChild(QComboBox, "epochsProbeChoice")
    assert choice.isVisible()
    assert choice.count() == 8
    choice.setCurrentIndex(2)
    choice.activated.emit(2)
    qtbot.waitUntil(lambda: not page._frame.isActive())
    assert set(page.prediction.view().arrays) == {"predicted", "true"}
    page.workspace.select("linear2")
    qtbot.waitUntil(lambda: "Nothing was recorded of linear2" in text(page, "epochsMapsWhy"))


def test_it_follows_a_run_that_is_being_trained(show, qtbot: QtBot, monkeypatch) -> None:
    monkeypatch.setattr("workbench.ui.inspect.epochs_page.AGAIN_MS", 50)
    window, page = show("digits-cnn", "epochs=1000", train=False)
    assert page.history is None
    window.train()
    window.show_stage("inspect")
    qtbot.waitUntil(lambda: page.history is not None and page.history.running)
    seen = page.history.epochs[-1]
    qtbot.waitUntil(lambda: page.history.epochs[-1] > seen)
    assert page.moment.epoch == page.history.epochs[-1]  # it stays at the newest
    page.moment.move(0)
    before = page.history
    qtbot.waitUntil(lambda: page.history is not before)
    assert page.moment.epoch == 0
    window.training.stop()
    qtbot.waitUntil(lambda: not window.training.active)


def test_fresh_weights_and_runs_without_probes_say_what_to_do(show, qtbot: QtBot) -> None:
    window, page = show("wine-softmax", "probes.samples=0")
    qtbot.waitUntil(lambda: page._empty._title.text() == "This run recorded no probes")
    assert "train again" in page._empty._text.text()
    run = window.stages.panel("inspect").bar.run
    run.setCurrentIndex(run.count() - 1)
    run.activated.emit(run.currentIndex())
    assert page._empty._title.text() == "Fresh weights have no past"
    assert page.history is None


def test_a_sentence_needs_no_more_room_than_it_has(show, qtbot: QtBot) -> None:
    """Cards that aren't shown would have a scroll bar stand beside it in a small window."""
    _window, page = show()
    shown(page, qtbot)
    cards = page._whole.minimumSizeHint().height()
    assert cards > 300
    page._tell("Nothing", "Because.")
    assert page._whole.minimumSizeHint().height() < cards
    assert page._whole.minimumSizeHint() == page._empty.minimumSizeHint()


def test_a_damaged_file_is_a_sentence(show, qtbot: QtBot) -> None:
    window, page = show("wine-softmax")
    shown(page, qtbot)
    folder = RunStore(window.workspace.folder).open("1").folder / FOLDER
    files_in(folder)[1].path.write_bytes(b"no archive")
    page.history = None
    page.look()
    qtbot.waitUntil(lambda: "the recorded probes are damaged" in page._empty._text.text())


def test_every_card_can_be_saved_in_both_themes(show, qtbot: QtBot, monkeypatch) -> None:
    views: list[View] = []
    for module in (epochs_lines_card, epochs_maps_card, epochs_probe_card, epochs_ridge_card):
        monkeypatch.setattr(module, "offer", lambda _parent, _workspace, view: views.append(view))
    _, page = show()
    shown(page, qtbot)
    for name in ("Probe", "Maps", "Ridge", "Prediction", "Loss"):
        QTest.mouseClick(page.findChild(QPushButton, f"epochs{name}Save"), Qt.MouseButton.LeftButton)
    assert len(views) == 5
    assert all(view.title and view.note and view.arrays for view in views)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, theme.LIGHT)
    QApplication.processEvents()
    theme.apply(app, theme.DARK)


def test_nothing_on_the_gui_thread_reads_files(show, qtbot: QtBot, monkeypatch) -> None:
    import threading

    from workbench.ui.inspect import epochs_page

    threads: list[int] = []
    load = epochs_page.load

    def watched(folder: Path, *rest):
        threads.append(threading.get_ident())
        return load(folder, *rest)

    monkeypatch.setattr(epochs_page, "load", watched)
    _, page = show("wine-softmax")
    shown(page, qtbot)
    assert threads
    assert threading.get_ident() not in threads
