"""The Layer page through its widgets: any layer's numbers, its units, and what they look for."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QSpinBox, QTableWidget
from pytestqt.qtbot import QtBot

from workbench.graph import Project
from workbench.interpret.maximisation import Maximisation
from workbench.interpret.subject import Subject
from workbench.interpret.top_samples import TopSamples
from workbench.ui.bars import NamedBars
from workbench.ui.focus_ring import FocusRing
from workbench.ui.gallery import Gallery
from workbench.ui.inspect import layer_look, layer_maps
from workbench.ui.inspect.layer_matrix import nearest_rows
from workbench.ui.inspect.layer_page import LayerPage
from workbench.ui.inspect.unit_maximisation import UnitMaximisation
from workbench.ui.main_window import MainWindow
from workbench.ui.matrix_plot import MatrixPlot
from workbench.ui.unit_plot import UnitPlot


def click(qtbot: QtBot, window: MainWindow, name: str) -> None:
    button = window.findChild(QPushButton, name)
    assert button is not None
    assert button.isEnabled()
    assert button.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def words(window: MainWindow, name: str) -> str:
    found = window.findChild(QLabel, name)
    assert found is not None
    return str(found.text())


def inspecting(window: MainWindow, qtbot: QtBot) -> LayerPage:
    window.resize(1440, 900)
    window.show_stage("inspect")
    panel: Any = window.stages.panel("inspect")
    qtbot.waitUntil(lambda: panel.inspection is not None)
    page = window.findChild(LayerPage)
    assert page is not None
    # Once the runs are listed there is another look, which would take away what a click has chosen.
    qtbot.waitUntil(lambda: not page._soon.isActive() and not window.workspace.jobs.running)
    return page


def fresh(window: MainWindow, layer: str, sample: int = 0) -> Subject:
    """What the window looks at, for the domain's own answer."""
    panel: Any = window.stages.panel("inspect")
    made: Subject = panel.inspected.subject(layer=layer)(None)
    return made


def click_cell(qtbot: QtBot, plot: MatrixPlot | UnitPlot, column: float, row: float) -> None:
    """Click a place of a plot, given in its own coordinates."""
    view = plot.getPlotItem().getViewBox()
    places: list[QPoint] = []

    def still() -> bool:  # what was just laid out moves for a moment
        plot.grab()
        places.append(plot.mapFromScene(view.mapViewToScene(QPointF(column, row))))
        return len(places) > 2 and places[-1] == places[-2] == places[-3]

    qtbot.waitUntil(still)
    at = places[-1]
    qtbot.mouseMove(plot.viewport(), at)
    qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=at)


@pytest.fixture
def digits(open_sample: Callable[[str], MainWindow], qtbot: QtBot) -> MainWindow:
    return open_sample("digits-cnn")


@pytest.fixture
def sequences(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    """Ids through an embedding, a transformer and an LSTM."""
    random = np.random.default_rng(0)
    folder = tmp_path / "words"
    folder.mkdir()
    np.savez(folder / "words.npz", ids=random.integers(0, 9, (60, 6)), y=np.arange(60) % 2)
    encoder = {"nhead": 2, "dim_feedforward": 8}
    rows = [
        {"id": "ids", "type": "Input", "params": {"shape": [6], "dtype": "int64"}},
        {"id": "emb", "type": "Embedding", "params": {"num_embeddings": 9, "embedding_dim": 8}},
        {"id": "enc", "type": "TransformerEncoderLayer", "params": encoder},
        {"id": "lstm", "type": "LSTM", "params": {"hidden_size": 5, "returns": "sequence"}},
        {"id": "flat", "type": "Flatten"},
        {"id": "fc", "type": "Linear", "params": {"out_features": 2}},
    ]
    data = {"format": "arrays", "path": "words.npz"}
    project = {"format": 1, "name": "Words", "data": data, "model": {"layers": rows}, "training": {}}
    (folder / "project.json").write_text(Project.model_validate(project).model_dump_json(), "utf-8")
    window.open_path(folder)
    workspace = window.workspace
    qtbot.waitUntil(
        lambda: workspace.report is not None and workspace.dataset is not None and not workspace._check.busy
    )
    return window


class TestMaps:
    def test_a_click_on_a_map_enlarges_it_and_finds_its_samples(
        self, digits: MainWindow, qtbot: QtBot
    ) -> None:
        page = inspecting(digits, qtbot)
        digits.workspace.select("conv2")
        gallery = digits.findChild(Gallery, "featureMaps")
        assert gallery is not None
        assert len(gallery) == 64
        strongest = int(np.nanargmax(page.inspection.activations["conv2"].max((1, 2))))  # type: ignore[union-attr]
        assert words(digits, "zoomTitle") == f"Channel {strongest}"
        most = digits.findChild(QPushButton, "strongestUnit")
        assert most is not None
        assert most.text().startswith(f"Channel {strongest} fires most")
        qtbot.mouseClick(gallery, Qt.MouseButton.LeftButton, pos=gallery.rect_of(5).center())
        assert words(digits, "zoomTitle") == "Channel 5"
        qtbot.waitUntil(lambda: page.unit.samples.found is not None)
        found = page.unit.samples.found
        assert found is not None
        wanted = TopSamples(unit=5, most=24).run(fresh(digits, "conv2")).arrays
        np.testing.assert_array_equal(found.result.arrays["samples"], wanted["samples"])
        # a click on one looks at it, and the unit stays
        top = digits.findChild(Gallery, "topSamples")
        assert top is not None
        qtbot.mouseClick(top, Qt.MouseButton.LeftButton, pos=top.rect_of(2).center())
        sample = int(wanted["samples"][2])
        qtbot.waitUntil(lambda: page.inspection.index == sample)  # type: ignore[union-attr]
        assert page.unit.samples.found is found
        assert words(digits, "zoomTitle") == "Channel 5"
        number = digits.findChild(QSpinBox, "inspectSample")
        assert number is not None
        assert digits.workspace.dataset is not None
        assert digits.workspace.dataset.splits["test"][number.value() - 1] == sample

    def test_values_under_the_mouse_and_the_order_by_strength(self, digits: MainWindow, qtbot: QtBot) -> None:
        page = inspecting(digits, qtbot)
        digits.workspace.select("conv1")
        zoom = digits.findChild(MatrixPlot, "zoomedMap")
        assert zoom is not None
        click_cell(qtbot, zoom, 3, 6)
        assert page.inspection is not None
        maps = page.inspection.activations["conv1"]
        unit = page.layer.unit
        assert words(digits, "valueUnderMouse") == f"row 6, column 3: {maps[unit, 6, 3]:.4g}"
        click(qtbot, digits, "mapsSort_strength")
        gallery = digits.findChild(Gallery, "featureMaps")
        assert gallery is not None
        qtbot.mouseClick(gallery, Qt.MouseButton.LeftButton, pos=gallery.rect_of(0).center())
        assert page.layer.unit == int(np.abs(maps).max((1, 2)).argmax())

    def test_every_kind_of_every_layer_is_shown(self, digits: MainWindow, qtbot: QtBot) -> None:
        page = inspecting(digits, qtbot)
        for node in digits.workspace.graph:
            digits.workspace.select(node.id)
            for kind in ("activation", "gradient", "product", "weights"):
                click(qtbot, digits, f"inspectKind_{kind}")
                assert node.id in page.layer.title.text()
        assert words(digits, "inspectWhy").endswith("has no weights.") or page.layer._shown is not None


class TestVectors:
    def test_a_click_on_a_bar_chooses_its_class(self, digits: MainWindow, qtbot: QtBot) -> None:
        page = inspecting(digits, qtbot)
        digits.workspace.select("linear2")
        plot = digits.findChild(UnitPlot, "unitPlot")
        assert plot is not None
        click_cell(qtbot, plot, 7, 0)
        assert page.layer.unit == 7
        assert page.unit.title.text() == "Class 7 · linear2"
        qtbot.keyClick(plot, Qt.Key.Key_Right)
        assert page.layer.unit == 8
        qtbot.waitUntil(lambda: page.unit.samples.found is not None)

    def test_values_that_are_not_finite_are_marked(self, qtbot: QtBot) -> None:
        plot = UnitPlot("plot")
        qtbot.addWidget(plot)
        plot.show_units(np.array([1.0, np.nan, -2.0, np.inf]))
        plot.mark(1)
        assert plot._lost.getData()[0].tolist() == [1, 3]
        plot.mark(2)
        plot.grab()


class TestSequences:
    def test_a_feature_over_time_and_the_attention_of_each_head(
        self, sequences: MainWindow, qtbot: QtBot
    ) -> None:
        page = inspecting(sequences, qtbot)
        sequences.workspace.select("lstm")
        matrix = sequences.findChild(MatrixPlot, "layerMatrix")
        assert matrix is not None
        click_cell(qtbot, matrix, 2, 3)
        assert page.inspection is not None
        activation = page.inspection.activations["lstm"]
        assert page.layer.unit == 3
        np.testing.assert_allclose(page.layer.views.matrix.trace.series()["feature 3"][1], activation[:, 3])
        tokens = [str(i) for i in page.inspection.sample]
        assert words(sequences, "valueUnderMouse").endswith(f"{tokens[2]}: {activation[2, 3]:.4g}")
        attention = sequences.findChild(QPushButton, "inspectKind_attention")
        assert attention is not None
        assert attention.isHidden()
        sequences.workspace.select("enc")
        click(qtbot, sequences, "inspectKind_attention")
        gallery = sequences.findChild(Gallery, "featureMaps")
        assert gallery is not None
        assert len(gallery) == 2
        qtbot.mouseClick(gallery, Qt.MouseButton.LeftButton, pos=gallery.rect_of(1).center())
        assert words(sequences, "zoomTitle") == "Head 1"
        subject = fresh(sequences, "enc")
        model = subject.model.eval()
        read = model.emb(torch.from_numpy(subject.inputs()))
        wanted = model.enc.self_attn(read, read, read, need_weights=True, average_attn_weights=False)[1]
        zoom = sequences.findChild(MatrixPlot, "zoomedMap")
        assert zoom is not None
        np.testing.assert_allclose(zoom._values, wanted[0, 1].detach(), atol=1e-6)
        sequences.workspace.select("lstm")
        assert page.layer._kind.value == "activation"

    def test_the_rows_of_an_embedding_and_their_neighbours(self, sequences: MainWindow, qtbot: QtBot) -> None:
        page = inspecting(sequences, qtbot)
        sequences.workspace.select("emb")
        click(qtbot, sequences, "inspectKind_weights")
        matrix = sequences.findChild(MatrixPlot, "layerMatrix")
        assert matrix is not None
        click_cell(qtbot, matrix, 1, 4)
        assert words(sequences, "nearTitle") == "Nearest to id 4"
        near = sequences.findChild(NamedBars, "neighbours")
        assert near is not None
        assert page.inspection is not None
        table = page.inspection.weights["emb"]["weight"]
        ids, cosines = nearest_rows(table, 4)
        plain = torch.nn.functional.cosine_similarity(torch.from_numpy(table), torch.from_numpy(table[4:5]))
        order = [int(i) for i in plain.argsort(descending=True) if i != 4][: len(ids)]
        assert ids.tolist() == order
        np.testing.assert_allclose(cosines, plain[order], atol=1e-6)
        qtbot.waitUntil(lambda: near.accessibleName().startswith(f"{ids[0]} {cosines[0]:.3f}"))
        seen = page.inspection
        page.inspected.choose_sample(int(page.inspected.samples[2]))
        qtbot.waitUntil(lambda: page.inspection is not seen)
        assert words(sequences, "nearTitle") == "Nearest to id 4", "another sample has the same weights"
        click(qtbot, sequences, "inspectKind_activation")
        click(qtbot, sequences, "inspectKind_weights")
        assert words(sequences, "nearTitle") == "Nearest to id 4"
        sequences.workspace.select("lstm")
        sequences.workspace.select("emb")
        assert words(sequences, "nearTitle") == "Nearest to id 0"

    def test_ids_have_no_unit_and_say_so(self, sequences: MainWindow, qtbot: QtBot) -> None:
        page = inspecting(sequences, qtbot)
        sequences.workspace.select("ids")
        assert page.layer.unit == -1
        assert "No unit of this layer" in words(sequences, "topSamplesSay")
        click(qtbot, sequences, "inspectKind_gradient")
        assert "has no gradient" in words(sequences, "inspectWhy")
        save = sequences.findChild(QPushButton, "inspectLayerSave")
        assert save is not None
        assert not save.isEnabled()

    def test_maximising_behind_ids(self, sequences: MainWindow, qtbot: QtBot) -> None:
        page = inspecting(sequences, qtbot)
        sequences.workspace.select("lstm")
        click(qtbot, sequences, "unitView_maximisation")
        click(qtbot, sequences, "maximise")
        qtbot.waitUntil(lambda: page.unit.maximisation.result is not None)
        assert "Nearest ids" in words(sequences, "maximisationSay")


class TestMaximisation:
    def test_nothing_begins_before_a_unit_is_there(self, digits: MainWindow, qtbot: QtBot) -> None:
        inspecting(digits, qtbot)
        inspected: Any = digits.stages.panel("inspect")
        part = UnitMaximisation(digits.workspace, inspected.inspected)
        qtbot.addWidget(part)
        assert not part.start.isEnabled()
        part.forget("linear2", 3, "unit 3 of linear2")
        assert part.start.isEnabled()
        part.forget("linear2", -1, "")
        assert not part.start.isEnabled()

    def test_the_form_is_what_runs_and_the_answer_is_the_methods(
        self, digits: MainWindow, qtbot: QtBot
    ) -> None:
        page = inspecting(digits, qtbot)
        digits.workspace.select("linear2")
        click(qtbot, digits, "unitView_maximisation")
        steps = page.findChild(QLineEdit, "param_steps")
        assert steps is not None
        steps.selectAll()
        qtbot.keyClicks(steps, "12")
        click(qtbot, digits, "maximise")
        part = page.unit.maximisation
        qtbot.waitUntil(lambda: part.result is not None)
        assert part.result is not None
        wanted = Maximisation(unit=page.layer.unit, steps=12).run(fresh(digits, "linear2")).arrays
        np.testing.assert_array_equal(part.result.arrays["input"], wanted["input"])
        np.testing.assert_array_equal(part.result.arrays["trace"], wanted["trace"])
        picture = digits.findChild(QLabel, "maximisedInput")
        assert picture is not None
        assert not picture.pixmap().isNull()
        save = digits.findChild(QPushButton, "inspectUnitSave")
        assert save is not None
        assert save.isEnabled()
        digits.workspace.select("linear1")  # another unit: what was found is gone
        assert part.result is None
        assert not save.isEnabled()

    def test_it_grows_in_view_and_cancel_ends_it(self, digits: MainWindow, qtbot: QtBot) -> None:
        page = inspecting(digits, qtbot)
        digits.workspace.select("conv2")
        click(qtbot, digits, "unitView_maximisation")
        steps = page.findChild(QLineEdit, "param_steps")
        assert steps is not None
        steps.selectAll()
        qtbot.keyClicks(steps, "10000")
        click(qtbot, digits, "maximise")
        part = page.unit.maximisation
        trace = part._trace
        qtbot.waitUntil(lambda: bool(trace.series()) and part.shown.isVisible())
        cancel = digits.findChild(QPushButton, "maximisationWorkingCancel")
        assert cancel is not None
        qtbot.waitUntil(cancel.isVisible)
        qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
        assert not part.job.busy
        assert part.result is None
        qtbot.waitUntil(lambda: not digits.jobs.running)


def test_a_table_lists_its_rows(open_sample: Callable[[str], MainWindow], qtbot: QtBot) -> None:
    window = open_sample("wine-softmax")
    page = inspecting(window, qtbot)
    window.workspace.select("linear1")
    click(qtbot, window, "findTopSamples")
    qtbot.waitUntil(lambda: page.unit.samples.found is not None)
    table = window.findChild(QTableWidget, "topSamplesTable")
    assert table is not None
    wanted = TopSamples(unit=page.layer.unit, most=24).run(fresh(window, "linear1")).arrays
    shown = [int(table.item(row, 0).text()) for row in range(table.rowCount())]
    assert shown == wanted["samples"].tolist()
    rect = table.visualItemRect(table.item(1, 1))
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    qtbot.waitUntil(lambda: page.inspection.index == shown[1])  # type: ignore[union-attr]


def test_damaged_weights_are_shown_as_such(digits: MainWindow, qtbot: QtBot) -> None:
    page = inspecting(digits, qtbot)
    panel: Any = digits.stages.panel("inspect")
    load = panel.inspected.models.load

    def damaged(*arguments: Any) -> Any:
        loaded = load(*arguments)
        with torch.no_grad():
            loaded.model.conv1.weight.fill_(float("nan"))
        return loaded

    panel.inspected.models.load = damaged
    before = page.inspection
    panel.inspected.changed.emit()
    qtbot.waitUntil(lambda: page.inspection is not before)
    for layer in ("conv1", "relu1", "linear2"):
        digits.workspace.select(layer)
        assert "NaN or infinite 100.0 %" in words(digits, "layerStatistics")
        assert page.layer.unit == -1
        digits.grab()
    digits.workspace.select("conv1")
    gallery = digits.findChild(Gallery, "featureMaps")
    assert gallery is not None
    qtbot.mouseClick(gallery, Qt.MouseButton.LeftButton, pos=gallery.rect_of(0).center())
    qtbot.waitUntil(lambda: "aren't finite numbers" in words(digits, "topSamplesSay"))
    click(qtbot, digits, "unitView_maximisation")
    click(qtbot, digits, "maximise")
    qtbot.waitUntil(lambda: "no finite number" in words(digits, "maximisationSay"))


def test_many_weights_are_gone_through_in_the_background(
    digits: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = inspecting(digits, qtbot)
    digits.workspace.select("conv2")
    for module in (layer_look, layer_maps):
        monkeypatch.setattr(module, "AT_ONCE", 0)
    title, gallery = page.layer.hint, digits.findChild(Gallery, "featureMaps")
    assert gallery is not None
    click(qtbot, digits, "inspectKind_weights")
    save = digits.findChild(QPushButton, "inspectLayerSave")
    assert save is not None
    assert not save.isEnabled()
    qtbot.waitUntil(lambda: title.text().startswith("weight · 64×"))
    assert save.isEnabled()
    click(qtbot, digits, "mapsSort_strength")
    weights = page.inspection.weights["conv2"]["weight"]  # type: ignore[union-attr]
    order = np.argsort(-np.abs(weights).max((1, 2, 3)), kind="stable")
    maps = page.layer.views.maps
    qtbot.waitUntil(lambda: maps._order == order.tolist())
    qtbot.waitUntil(lambda: len(gallery) == 64)
    assert [caption for _, caption, _ in gallery._items][:3] == [str(n) for n in order[:3]]
    # what isn't wanted any more when it comes is dropped
    page.layer.choose_kind("weights")
    page.layer.choose_kind("activation")
    said = title.text()
    qtbot.waitUntil(lambda: not digits.jobs.running)
    assert title.text() == said
    assert not said.startswith("weight")


def test_whoever_asks_by_key_goes_on_with_the_answer(digits: MainWindow, qtbot: QtBot) -> None:
    page = inspecting(digits, qtbot)
    digits.workspace.select("conv2")
    part = page.unit.samples
    ask = digits.findChild(QPushButton, "findTopSamples")
    gallery = digits.findChild(Gallery, "topSamples")
    assert ask is not None
    assert gallery is not None
    digits.activateWindow()
    ask.setFocus()
    qtbot.waitUntil(ask.hasFocus)
    qtbot.keyClick(ask, Qt.Key.Key_Space)
    assert part.job.busy
    assert part.hasFocus()
    part.job.cancel()
    assert ask.hasFocus()
    qtbot.waitUntil(lambda: not digits.jobs.running)
    qtbot.keyClick(ask, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: part.found is not None)
    assert gallery.hasFocus()
    ring = gallery.findChild(FocusRing)
    assert ring is not None
    assert ring.isVisible()
    qtbot.keyClick(gallery, Qt.Key.Key_Right)
    assert gallery.current == 0


def test_a_search_that_is_cancelled_can_be_asked_again(
    digits: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = inspecting(digits, qtbot)
    digits.workspace.select("conv2")
    monkeypatch.setattr("workbench.interpret.outputs.batch_size", lambda _subject: 1)
    click(qtbot, digits, "findTopSamples")
    assert page.unit.samples.job.busy
    page.unit.samples.job.progressed.connect(lambda _done, _all: page.unit.samples.job.cancel())
    qtbot.waitUntil(lambda: not page.unit.samples.job.busy)
    assert page.unit.samples.found is None
    qtbot.waitUntil(lambda: not digits.jobs.running)
    page.unit.samples.job.progressed.disconnect()
    click(qtbot, digits, "findTopSamples")
    qtbot.waitUntil(lambda: page.unit.samples.found is not None)
