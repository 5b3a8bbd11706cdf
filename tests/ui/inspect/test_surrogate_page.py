"""Surrogates in the window: each view through its widgets, and what it says when it can't."""

import time

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QSpinBox, QWidget
from sklearn.datasets import load_wine

from workbench.errors import UserError
from workbench.interpret.surrogates.tree import Tree
from workbench.ui.inspect import models, save_menu, surrogate_tree


@pytest.fixture
def page(open_sample, qtbot, monkeypatch):
    """The page of a network that sorts wines: its weights are random, but it knows how large numbers are."""
    fresh = models._fresh

    def standardised(project, facts):
        made = fresh(project, facts)
        wines = load_wine()
        made.fit_standardize(torch.from_numpy(wines.data).float(), torch.from_numpy(wines.target))
        return made

    monkeypatch.setattr(models, "_fresh", standardised)
    return shown(open_sample("wine-softmax"), qtbot)


def shown(window, qtbot):
    window.show_stage("inspect")
    page = window.stages.panel("inspect").show_page("surrogate")
    settled(page, qtbot)
    return page


def settled(page, qtbot):
    qtbot.waitUntil(lambda: page.view._shown and not page.view.job.busy)


def click(page, name):
    QTest.mouseClick(page.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def switch(page, qtbot, name):
    click(page, f"surrogateViews_{name}")
    settled(page, qtbot)


def text(page, name):
    return page.findChild(QLabel, name).text()


def test_the_tree_says_how_faithful_it_is_and_why(page, qtbot):
    view = page.view
    tree = view._tree
    assert isinstance(tree, Tree)
    assert f"{100 * tree.judged.fidelity:.3g}\N{NO-BREAK SPACE}%" in text(page, "treeVerdict")
    tone = page.findChild(QLabel, "treeVerdict").property("role")
    assert tone == ("good" if tree.judged.fidelity >= 0.9 else "warning")
    qtbot.waitUntil(lambda: "network answer" in text(page, "treeWhy"))
    assert text(page, "treeWhy").startswith(f"{page.inspected.sample_words.capitalize()}: because ")
    path = view.tree.path
    assert path[0] == 0
    assert tree.is_leaf(path[-1])
    assert [item.node for item in view.tree._nodes if item.on_path] == sorted(path)


def test_depth_asks_anew_and_what_is_known_comes_at_once(page, qtbot):
    deep, box = page.view._tree, page.findChild(QSpinBox, "treeDepth")
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "1")
    QTest.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.view._tree is not deep)
    assert page.view._tree.depth == 1
    box.setValue(4)
    assert page.view._tree is deep  # kept: nobody waits


def test_another_sample_takes_another_path_without_another_fit(page, qtbot, monkeypatch):
    tree = page.view._tree
    dataset = page.inspected.dataset
    ends = {int(n): tree.path(dataset.inputs[n])[-1] for n in page.inspected.samples}
    other = next(n for n, end in ends.items() if end != page.view.tree.path[-1])
    page.inspected.choose_sample(other)
    assert page.view._tree is tree
    assert page.view.tree.path[-1] == ends[other]


def test_the_root_stays_in_view_until_it_is_moved_out_of_it(page, qtbot):
    view, tree = page.view.tree, page.view._tree
    view.setFixedSize(300, 220)  # so small that never all of it is readable
    qtbot.waitUntil(lambda: view.viewport().width() <= 300)
    view.fit()
    assert not view._whole
    dataset = page.inspected.dataset
    for number in page.inspected.samples:
        page.inspected.choose_sample(int(number))
        assert view.path == tree.path(dataset.inputs[number])
        assert view.root_seen
    across = view.horizontalScrollBar()
    across.setValue(across.maximum())
    assert not view.root_seen
    page.inspected.choose_sample(int(page.inspected.samples[0]))
    end = view.mapFromScene(view._nodes[view.path[-1]].sceneBoundingRect()).boundingRect()
    assert view.viewport().rect().contains(end.center())


def test_keys_about_the_tree_show_a_ring(page, qtbot):
    view = page.view.tree
    ring = view.findChild(QWidget, "focusRing")
    assert not ring.isVisible()
    page.findChild(QPushButton, "treeCopy").setFocus()
    QTest.keyClick(page.findChild(QPushButton, "treeCopy"), Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: view.hasFocus() and ring.isVisible())
    assert ring.size() == view.size()


def test_copy_zoom_and_fit(page, qtbot):
    click(page, "treeCopy")
    assert QGuiApplication.clipboard().text().count(" samples") >= page.view._tree.leaves - 1
    view = page.view.tree
    before = view.zoom
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.zoom == pytest.approx(before * 1.2)
    view.setFixedSize(300, 220)  # with scroll bars, which go then
    click(page, "treeFit")
    qtbot.wait(1)
    QApplication.processEvents()
    assert view._whole
    assert view.zoom <= before


def test_linear_coefficients_are_sorted(page, qtbot):
    switch(page, qtbot, "linear")
    values = page.view.bars.values
    assert values.shape == (13, 3)
    sizes = np.abs(values).max(1)
    assert (np.diff(sizes) <= 0).all()
    assert "standard deviation" in text(page, "linearWhat")


def test_importance_opens_the_dependence(page, qtbot):
    switch(page, qtbot, "importance")
    view = page.view
    most = view._found.features.names[view._order[0]]
    QTest.mouseClick(view.bars, Qt.MouseButton.LeftButton, pos=view.bars.rect_of(0).center().toPoint())
    assert page.views.value == "dependence"
    settled(page, qtbot)
    (plot,) = page.view.plots
    assert plot.curve.name == most == page.view.bar.feature.currentText()
    qtbot.waitUntil(lambda: plot.own is not None and plot.own.line is not None)


def test_dependence_of_all_of_one_and_of_two(page, qtbot):
    switch(page, qtbot, "dependence")
    view = page.view
    assert len(view.plots) == 12  # of 13 features
    assert view.bar.label.currentText() in page.inspected.dataset.classes
    QTest.mouseClick(
        view.bar.centred, Qt.MouseButton.LeftButton, pos=QPoint(10, view.bar.centred.height() // 2)
    )
    assert all(plot.centred for plot in view.plots)
    name = view.plots[2].curve.name
    QTest.mouseClick(view.plots[2], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(view.plots) == 1)
    assert view.plots[0].curve.name == name
    view.bar.other.setFocus()
    QTest.keyClick(view.bar.other, Qt.Key.Key_Down)
    view.bar.other.activated.emit(view.bar.other.currentIndex())
    qtbot.waitUntil(lambda: view._found.surface is not None)
    assert view._found.surface.names == (name, page.inspected.dataset.features[0])
    assert set(view.view().arrays) == {"pdp", f"{name}.grid", f"{page.inspected.dataset.features[0]}.grid"}


def test_another_class_has_other_curves(page, qtbot):
    switch(page, qtbot, "dependence")
    view = page.view
    first = view._found
    other = (first.label + 1) % 3
    view.bar.label.setCurrentIndex(other)
    view.bar.label.activated.emit(other)
    qtbot.waitUntil(lambda: view._found is not first)
    assert view._found.label == other
    view.bar.label.setCurrentIndex(first.label)
    view.bar.label.activated.emit(first.label)
    assert view._found is first  # kept, though its class was left open when it was asked for


def test_every_view_can_be_saved(page, qtbot, monkeypatch):
    offered = []
    monkeypatch.setattr(save_menu, "offer", lambda _parent, _workspace, view: offered.append(view))
    for name in ("tree", "linear", "dependence", "importance"):
        switch(page, qtbot, name)
        click(page, f"surrogate{name.capitalize()}Save")
    assert len({view.title for view in offered}) == 4
    for view in offered:
        assert view.note
        assert not view.picture.grab().isNull()
        assert all(np.asarray(values).dtype.kind in "if" for values in view.arrays.values())


def test_what_cannot_be_fitted_is_told(page, qtbot, monkeypatch):
    def fail(_subject, _params):
        raise UserError("the model's output is no finite number.", place="model", remedy="Train again.")

    monkeypatch.setattr(surrogate_tree, "fit_tree", fail)
    page.inspected.changed.emit()  # new weights
    qtbot.waitUntil(lambda: not page.view.job.busy)
    assert not page.view._shown
    assert "no finite number. Train again." in page.view._empty._text.text()
    assert not page.view.save.isEnabled()


def test_cancelling_offers_to_try_again(page, qtbot, monkeypatch):
    real = surrogate_tree.fit_tree

    def slow(subject, params):
        while True:
            subject.tell(0, 1)
            time.sleep(0.002)

    monkeypatch.setattr(surrogate_tree, "fit_tree", slow)
    page.inspected.changed.emit()
    qtbot.waitUntil(lambda: page.findChild(QPushButton, "surrogateTreeWorkingCancel").isVisible())
    click(page, "surrogateTreeWorkingCancel")
    assert page.view._empty._title.text() == "Cancelled"
    monkeypatch.setattr(surrogate_tree, "fit_tree", real)
    click(page, "surrogateTreeAgain")
    settled(page, qtbot)


def test_new_weights_are_asked_anew_even_when_they_came_while_hidden(page, qtbot):
    before = page.view._tree
    window = page.window()
    window.show_stage("design")
    page.inspected.changed.emit()
    window.show_stage("inspect")
    qtbot.waitUntil(lambda: page.view._tree not in (None, before))


def test_a_network_that_always_says_the_same(open_sample, qtbot):
    page = shown(open_sample("wine-softmax"), qtbot)  # its scales are those of fresh weights
    assert page.view._tree.leaves == 1
    assert "for all samples" in text(page, "treeVerdict")
    assert page.findChild(QLabel, "treeVerdict").property("role") == "warning"


def test_images_are_maps(open_sample, qtbot):
    page = shown(open_sample("digits-mlp"), qtbot)
    switch(page, qtbot, "linear")
    assert len(page.view.maps) == 10
    assert page.view.maps.isVisible()
    switch(page, qtbot, "tree")
    assert "row " in text(page, "treeWhy")


def test_values_have_r2(open_sample, qtbot):
    page = shown(open_sample("diabetes-regression"), qtbot)
    assert "R²" in text(page, "treeVerdict")
    switch(page, qtbot, "dependence")
    assert not page.view.bar.label.isVisible()
    assert len(page.view.plots) == 10
