"""Representation, through its widgets: maps, probes, similarity and confusion of a model's layers."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from workbench.interpret.representation.umap import Umap
from workbench.ui.gallery import Gallery
from workbench.ui.inspect import save_menu
from workbench.ui.inspect.cka_plot import CkaPlot
from workbench.ui.inspect.inspected import OwnSample
from workbench.ui.inspect.map_plot import MapPlot
from workbench.ui.inspect.representation_map import MapView
from workbench.ui.inspect.representation_page import RepresentationPage
from workbench.ui.inspect.settings_button import SettingsButton
from workbench.ui.main_window import MainWindow

# the settings are a popup, for which Qt's offscreen platform lacks the grab
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard", extend=True)
LEFT = Qt.MouseButton.LeftButton
Opener = Callable[[str], MainWindow]


def opened(window: MainWindow, qtbot: QtBot) -> RepresentationPage:
    window.resize(1280, 720)
    window.show_stage("inspect")
    panel = window.stages.panel("inspect")
    qtbot.waitUntil(lambda: panel.bar.run.listed)
    click(panel.findChild(QPushButton, "inspectPages_representation"))
    qtbot.waitUntil(lambda: isinstance(panel.page, RepresentationPage))
    page = panel.page
    rest(page, qtbot)
    return page


def rest(page: RepresentationPage, qtbot: QtBot) -> None:
    """Wait for the answer to what is inspected now."""

    def answered() -> bool:
        view = page.shown
        return not page._soon.isActive() and view._asked is not None and not view.job.busy

    qtbot.waitUntil(answered)
    if isinstance(page.shown, MapView) and page.shown.answer is not None:
        settle(page.shown.plot, qtbot)


def settle(plot: MapPlot, qtbot: QtBot) -> None:
    """Wait until points stay where they are: a plot finds its scale when it is painted, maybe twice."""
    seen: list[np.ndarray] = []

    def still() -> bool:
        plot.grab()
        seen.append(plot.positions())
        alike = len(seen) > 2 and all(np.array_equal(seen[-1], before) for before in seen[-3:-1])
        return alike and np.ptp(seen[-1], axis=0).max() < plot.width()

    qtbot.waitUntil(still)


def laid_out(plot: CkaPlot, qtbot: QtBot) -> None:
    """Wait until cells stay where they are: the note under them wraps, and takes its room after an answer."""
    seen: list[QRectF] = []

    def still() -> bool:
        seen.append(plot.cell_rect(0, 0))
        return len(seen) > 2 and seen[-1] == seen[-2] == seen[-3]

    qtbot.waitUntil(still)


def click(widget: QWidget, at: QPoint | None = None) -> None:
    QTest.mouseClick(widget, LEFT, pos=at or QPoint(widget.width() // 2, widget.height() // 2))


def show(page: RepresentationPage, qtbot: QtBot, name: str) -> None:
    click(page.findChild(QPushButton, f"representationViews_{name}"))
    rest(page, qtbot)


def drag(plot: QWidget, points: np.ndarray) -> None:
    target = plot.viewport()
    places = [QPoint(*map(int, point)) for point in points]
    QTest.mousePress(target, LEFT, pos=places[0])
    for place in places[1:]:
        here = QPointF(place)
        move = QMouseEvent(
            QMouseEvent.Type.MouseMove, here, target.mapToGlobal(here), Qt.MouseButton.NoButton, LEFT,
            Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        QApplication.sendEvent(target, move)
    QTest.mouseRelease(target, LEFT, pos=places[-1])


@pytest.fixture
def digits(open_sample: Opener, qtbot: QtBot) -> RepresentationPage:
    return opened(open_sample("digits-cnn"), qtbot)


def test_a_map_and_its_samples(digits, qtbot):
    view, plot = digits.shown, digits.shown.plot
    inspected = digits.inspected
    digits.workspace.select("")
    rest(digits, qtbot)
    # without a layer selected, it is of the one that the answer is read off
    assert view.card.title.text() == "PCA of dropout2"
    numbers = view.answer.result.arrays["samples"]
    np.testing.assert_array_equal(numbers, np.sort(inspected.samples))

    # a click selects a point, a lasso those inside, Shift adds
    positions = plot.positions()
    target = int(np.argmax(positions[:, 0]))
    click(plot.viewport(), QPoint(*map(int, positions[target].round())))
    assert plot.selected.tolist() == [target]
    turns = np.linspace(0, 2 * np.pi, 30)
    middle = np.median(positions, 0)
    drag(plot, np.c_[middle[0] + 60 * np.cos(turns), middle[1] + 50 * np.sin(turns)])
    away = (positions - middle) / (60, 50)
    inner = np.flatnonzero((away**2).sum(1) < 0.85)
    outer = np.flatnonzero((away**2).sum(1) < 1.15)
    assert len(inner)
    assert set(inner) <= set(plot.selected) <= set(outer)
    found = digits.findChild(QLabel, "mapSelectedTitle").text()
    assert found == f"Selected · {len(plot.selected)}"

    # a picture in the gallery makes its sample the one that is inspected, which is marked on the map
    gallery = digits.findChild(Gallery, "mapGallery")
    chosen = int(plot.selected[1])
    click(gallery, gallery.rect_of(1).center())
    assert inspected.sample == numbers[chosen]
    assert plot._current == chosen
    assert gallery.current == 1
    assert len(plot.selected) > 1  # nothing was asked anew

    QTest.keyClick(plot, Qt.Key.Key_Escape)
    assert not len(plot.selected)
    click(digits.findChild(QPushButton, "mapTool_rectangle"))
    drag(plot, np.array([positions.min(0) - 2, positions.max(0) + 2]))
    assert len(plot.selected) == len(numbers)
    click(digits.findChild(QPushButton, "clearSelection"))
    assert not len(plot.selected)


def test_colours_legend_and_hover(digits, qtbot):
    plot = digits.shown.plot
    positions = plot.positions()
    chip = digits.findChild(QWidget, "legend_0")
    click(chip)
    hidden = np.isnan(plot.positions()).any(1)
    np.testing.assert_array_equal(hidden, digits.shown.answer.result.arrays["true"] == 0)
    click(chip)
    assert not np.isnan(plot.positions()).any()

    place = QPoint(*map(int, positions[3].round()))
    QTest.mouseMove(plot.viewport(), place)
    hover = digits.findChild(QWidget, "mapHover")
    qtbot.waitUntil(hover.isVisible)
    assert "predicted" in digits.findChild(QLabel, "mapHoverText").text()
    box = digits.findChild(QComboBox, "mapColour")
    assert [box.itemText(n) for n in range(box.count())] == [
        "Class", "Predicted class", "Right or wrong", "Confidence",
    ]  # fmt: skip
    for key in ("error", "confidence"):
        box.setCurrentIndex(box.findData(key))
        box.activated.emit(box.currentIndex())
        points = sum(len(x) for x, _ in plot.series().values())
        assert points == len(positions)
    QApplication.sendEvent(digits.shown, QEvent(QEvent.Type.PaletteChange))
    assert box.currentData() == "confidence"


def test_keys(digits):
    plot = digits.shown.plot
    plot.setFocus()
    seen = []
    plot.pointed.connect(lambda place, _at: seen.append(place))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Down):
        QTest.keyClick(plot, key)
    QTest.keyClick(plot, Qt.Key.Key_Space)
    assert plot.selected.tolist() == [seen[-1]]
    QTest.keyClick(plot, Qt.Key.Key_Return)
    assert digits.inspected.sample == digits.shown.answer.result.arrays["samples"][seen[-1]]


def test_other_layers_methods_and_settings(digits, qtbot):
    view, workspace = digits.shown, digits.workspace
    workspace.select("input1")
    rest(digits, qtbot)
    first = view.answer
    workspace.select("relu1")
    rest(digits, qtbot)
    assert view.card.title.text() == "PCA of relu1"
    workspace.select("dropout2")
    qtbot.waitUntil(lambda: not digits._soon.isActive())
    workspace.select("relu1")
    rest(digits, qtbot)
    workspace.select("input1")
    rest(digits, qtbot)
    assert view.answer is first  # what was worked out before is there at once

    click(digits.findChild(QPushButton, "mapMethod_tsne"))
    assert view.job.busy
    qtbot.waitUntil(digits.findChild(QWidget, "mapWorking").isVisible)
    click(digits.findChild(QPushButton, "mapWorkingCancel"))
    assert not view.job.busy
    assert digits.findChild(QPushButton, "mapAgain").isVisible()
    assert not digits.findChild(QPushButton, "mapSave").isEnabled()

    click(digits.findChild(QPushButton, "mapSettings"))
    form = view.settings.form
    for name, value in (("iterations", "250"), ("samples", "60"), ("perplexity", "9")):
        field = form.editor(name)
        assert isinstance(field, QLineEdit)
        field.selectAll()
        QTest.keyClicks(field, value)
    view.settings.box.hide()
    qtbot.waitUntil(lambda: view.answer is not None and "t-SNE" in view.answer.result.note)
    assert "perplexity 9" in view.answer.result.note
    assert len(view.answer.result.arrays["samples"]) == 60
    assert isinstance(view.settings, SettingsButton)


def test_a_sample_that_is_none_of_the_points_stands_in_a_ring(digits, qtbot):
    view, plot, inspected = digits.shown, digits.shown.plot, digits.inspected
    note = digits.findChild(QLabel, "mapNote")

    def ringed() -> np.ndarray:
        return np.array(plot._mark.getData()).T

    def guest_at(sample: int) -> bool:
        wanted = view.answer.fitted.place(inspected.subject()(None))
        at = ringed()
        return inspected.sample == sample and len(at) == 1 and bool(np.allclose(at[0], wanted))

    train = int(inspected.dataset.splits["train"][4])
    inspected.choose_sample(train)  # of another part than the map is of
    qtbot.waitUntil(lambda: guest_at(train))
    assert note.text() == "In the ring: the inspected sample."
    assert note.isVisible()
    assert len(plot._guest.getData()[0]) == 1
    own = OwnSample(np.zeros(inspected.dataset.sample_shape, np.float32), "drawn")
    before = ringed()
    inspected.choose_sample(own)
    qtbot.waitUntil(lambda: len(ringed()) == 1 and not np.allclose(ringed(), before))
    np.testing.assert_allclose(ringed()[0], view.answer.fitted.place(inspected.subject()(None)))
    plot.grab()
    click(digits.findChild(QPushButton, "mapTool_rectangle"))
    assert len(ringed()) == 1
    number = int(view.answer.result.arrays["samples"][7])
    inspected.choose_sample(number)  # one of the points needs no place of its own
    assert plot._current == 7
    assert not len(plot._guest.getData()[0])
    assert not note.isVisible()

    view._methods["tsne"] = view._methods["tsne"].model_copy(update={"iterations": 250, "samples": 50})
    click(digits.findChild(QPushButton, "mapMethod_tsne"))
    rest(digits, qtbot)
    inspected.choose_sample(own)
    qtbot.waitUntil(lambda: "can't add the inspected sample" in note.text())
    assert not len(ringed())


def test_umap_tells_that_it_compiles(digits, qtbot, monkeypatch):
    sentence = "UMAP compiles its code first, once after each start: about 20 seconds."
    monkeypatch.setattr(Umap, "patience", lambda self: sentence)
    view = digits.shown
    asked = []
    monkeypatch.setattr(view.job, "ask", asked.append)
    click(digits.findChild(QPushButton, "mapMethod_umap"))
    assert len(asked) == 1
    assert digits.findChild(QLabel, "mapWorkingText").text() == sentence
    click(digits.findChild(QPushButton, "mapMethod_tsne"))
    assert digits.findChild(QLabel, "mapWorkingText").text() == "Placing the samples…"


def test_probes(digits, qtbot, monkeypatch):
    show(digits, qtbot, "probes")
    view = digits.shown
    bars = view.bars
    place = [row.layer for row in bars._rows].index("relu2")
    click(bars, bars.row_rect(place).center().toPoint())
    assert digits.workspace.selection == "relu2"
    assert bars._selected == "relu2"
    QTest.keyClick(bars, Qt.Key.Key_Down)
    assert digits.workspace.selection == "pool1"
    rest(digits, qtbot)
    shown = []
    monkeypatch.setattr(save_menu, "offer", lambda _parent, _workspace, what: shown.append(what))
    click(digits.findChild(QPushButton, "probesSave"))
    assert shown[0].title == "Linear probes"
    assert set(shown[0].arrays) == {"layers", "score", "fit_score"}
    assert "judged on" in digits.findChild(QLabel, "probesNote").text()


def test_similarity(digits, qtbot):
    show(digits, qtbot, "similarity")
    view, plot = digits.shown, digits.shown.plot
    laid_out(plot, qtbot)
    QTest.mouseMove(plot, plot.cell_rect(1, 3).center().toPoint())
    value = view.answer.result.arrays["cka"][1, 3]
    assert digits.findChild(QLabel, "ckaReadout").text() == f"conv1 × conv2:  {value:.4f}"
    click(plot, plot.cell_rect(1, 3).center().toPoint())
    assert digits.workspace.selection == "conv1"
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Down)
    QTest.keyClick(plot, Qt.Key.Key_Return)
    assert digits.workspace.selection == "relu1"
    assert digits.findChild(QComboBox, "otherModel").count() == 1  # nothing was trained


def test_confusion(digits, qtbot):
    digits.workspace.select("")
    show(digits, qtbot, "confusion")
    view, gallery = digits.shown, digits.shown.gallery
    layers = [str(name) for name in view.answer.result.arrays["layers"]]
    assert len(gallery) == len(layers) + 1
    title = digits.findChild(QLabel, "confusionTitle")
    assert title.text() == "The model's own answers"
    click(gallery, gallery.rect_of(layers.index("conv2")).center())
    assert digits.workspace.selection == "conv2"
    assert title.text() == "conv2: by the nearest mean"
    digits.workspace.select("linear1")
    assert gallery.current == layers.index("linear1") or digits._soon.isActive()
    rest(digits, qtbot)
    assert gallery.current == layers.index("linear1")


def test_values(open_sample, qtbot):
    page = opened(open_sample("diabetes-regression"), qtbot)
    box = page.findChild(QComboBox, "mapColour")
    assert [box.itemText(n) for n in range(box.count())] == ["Value", "Predicted value", "Error"]
    plot = page.shown.plot
    positions = plot.positions()
    click(page.findChild(QPushButton, "mapTool_rectangle"))
    drag(plot, np.array([positions.min(0) - 2, positions.max(0) + 2]))
    assert len(plot.selected) == len(positions)
    table = page.findChild(QWidget, "mapTable")
    assert table.isVisible()
    row = table.visualItemRect(table.item(2, 0)).center()
    click(table.viewport(), row)
    assert page.inspected.sample == int(table.item(2, 0).text())
    show(page, qtbot, "probes")
    assert page.shown.card.hint.text() == "R²"
    show(page, qtbot, "confusion")
    assert "no classes to mix up" in page.shown._empty._text.text()
    assert not page.findChild(QPushButton, "confusionSave").isEnabled()


def test_similarity_to_another_model(open_sample, qtbot):
    window = open_sample("wine-softmax")
    training = window.workspace.project.training.model_copy(update={"epochs": 2})
    window.workspace.edit("Train briefly", window.workspace.project.model_copy(update={"training": training}))
    window.train()
    qtbot.waitUntil(lambda: window.training.last_epoch is not None)
    qtbot.waitUntil(lambda: not window.training.active)
    page = opened(window, qtbot)
    qtbot.waitUntil(lambda: page.inspected.run != "")
    show(page, qtbot, "similarity")
    box = page.findChild(QComboBox, "otherModel")
    qtbot.waitUntil(lambda: box.findText("Untrained") > 0)
    rest(page, qtbot)
    alone = page.shown.answer.result
    for place in range(1, box.count()):  # kept checkpoints, and fresh weights
        box.setCurrentIndex(place)
        box.activated.emit(place)
        rest(page, qtbot)
        table = page.shown.answer.result.arrays["cka"]
        assert page.shown.answer.result.note.startswith("Linear CKA between layers of two models")
        assert table[0, 0] == pytest.approx(1, abs=1e-6)  # the input is the same
        assert table.shape == alone.arrays["cka"].shape
    assert "columns: Untrained" in page.shown.card.hint.text()
    assert table[-1, -1] < 0.9999
