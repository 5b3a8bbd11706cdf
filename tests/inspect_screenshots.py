"""Pictures of Inspect: each page, what a person opens on them, and the busy, wrong and empty states."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.screenshots import Camera


def inspect(camera: Camera, layer: str) -> None:
    """Go through every page of Inspect, at a layer."""
    window = camera.window
    window.show_stage("inspect")
    panel = window.stages.panel("inspect")
    camera.wait(lambda: panel.inspection is not None, "an inspection")
    window.workspace.select(layer)
    camera.settle(0.6)
    camera.take("4-inspect-activation")
    for kind in ("gradient", "weights"):
        panel.layer.choose_kind(kind)
        camera.settle(0.6)
        camera.take(f"4-inspect-{kind}")
    panel.layer.choose_kind("activation")
    _health(camera, layer)
    _units(camera)
    for name, at in (("input", 0), ("vector", -1)):
        window.workspace.select(list(panel.inspection.activations)[at])
        camera.settle(0.6)
        camera.take(f"4-inspect-{name}")
    window.workspace.select(layer)
    for page in ("attribution", "epochs", "representation", "compare", "surrogate"):
        panel.show_page(page)
        camera.settle(1.0)
        camera.take(f"4-inspect-{page}")
    _parts(camera)
    _save_menu(camera)
    _busy(camera)
    _own_sample(camera)


def _health(camera: Camera, layer: str) -> None:
    """The card that a click on a row's vitals opens."""
    row = [node.id for node in camera.window.workspace.graph].index(layer)
    if not camera.window.health.open(row):
        raise SystemExit(f"{layer} has no card of its health")
    camera.settle()
    camera.take("4-inspect-health")
    camera.window.health.close()


def _units(camera: Camera) -> None:
    """The samples that make a unit fire most, and what would make it fire more."""
    from PySide6.QtWidgets import QAbstractButton

    panel = camera.window.stages.panel("inspect")
    for view, ask, name in (
        ("samples", "findTopSamples", "top-samples"),
        ("maximisation", "maximise", "maximisation"),
    ):
        panel.findChild(QAbstractButton, f"unitView_{view}").click()
        asked = panel.findChild(QAbstractButton, ask)
        if asked is not None and asked.isVisible() and asked.isEnabled():
            asked.click()
            camera.settle(1.5)
        camera.take(f"4-inspect-{name}")


def _parts(camera: Camera) -> None:
    """The parts of Representation and of Surrogates that are not the first."""
    from PySide6.QtWidgets import QAbstractButton

    panel = camera.window.stages.panel("inspect")
    for page, group in (("representation", "representationViews"), ("surrogate", "surrogateViews")):
        shown = panel.show_page(page)
        names = [button.objectName() for button in shown.findChildren(QAbstractButton)]
        for name in [name for name in names if name.startswith(f"{group}_")]:
            shown.findChild(QAbstractButton, name).click()
            camera.settle(1.2)
            camera.take(f"4-inspect-{page}-{name.rpartition('_')[2]}")


def _save_menu(camera: Camera) -> None:
    """The menu of a card's Save, over the page."""
    from workbench.ui.inspect.save_menu import made
    from workbench.ui.inspect.view import View

    window = camera.window
    panel = window.stages.panel("inspect")
    page = panel.show_page("layer")
    camera.settle()
    menu = made(page.layer, window.workspace, View("", "", page.layer, {}))
    menu.ensurePolished()
    menu.resize(menu.sizeHint())
    camera.take("4-inspect-save", over=menu)


def _busy(camera: Camera) -> None:
    """A map that takes its time, and what is said where it was cancelled."""
    from PySide6.QtWidgets import QAbstractButton

    panel = camera.window.stages.panel("inspect")
    page = panel.show_page("representation")
    page.show_view("map")
    samples = camera.window.workspace.dataset.splits
    panel.bar.go_to("train", int(samples["train"][0]))  # many, so that it takes long
    camera.settle()
    panel.findChild(QAbstractButton, "mapMethod_tsne").click()
    cancel = panel.findChild(QAbstractButton, "mapWorkingCancel")
    camera.wait(lambda: cancel.isVisible() or not camera.window.jobs.running, "t-SNE")
    camera.take("4-inspect-busy", settle=False)
    cancel.click()
    camera.settle()
    camera.take("4-inspect-cancelled")
    panel.findChild(QAbstractButton, "mapMethod_pca").click()
    panel.bar.go_to("test", int(samples["test"][0]))
    camera.settle()


def _own_sample(camera: Camera) -> None:
    """Each page beside the editor of a sample of one's own."""
    panel = camera.window.stages.panel("inspect")
    panel.own.begin()
    for page in ("surrogate", "compare", "representation", "epochs", "attribution", "layer"):
        panel.show_page(page)
        camera.settle(1.0)
        camera.take(f"4-inspect-own-{page}")
    panel.bar.back_to_data()
    camera.settle()
