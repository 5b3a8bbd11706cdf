"""Dependence: how the network's answer moves with a feature, or two, all else being as it is."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QStackedWidget, QWidget

from workbench.interpret.subject import Progress
from workbench.interpret.surrogates.dependence import (
    Dependence,
    PartialDependence,
    dependence,
    own_lines,
)
from workbench.ui import theme
from workbench.ui.cards import label, scrolling
from workbench.ui.inspect.dependence_lines import Own, lines_of
from workbench.ui.inspect.dependence_map import DependenceMap
from workbench.ui.inspect.dependence_plot import DependencePlot
from workbench.ui.inspect.dependence_tools import NONE, DependenceTools
from workbench.ui.inspect.inspected import Inspected, MakeSubject
from workbench.ui.inspect.sample_in_data import in_units
from workbench.ui.inspect.surrogate_view import SurrogateView
from workbench.ui.inspect.view import View
from workbench.ui.jobs import Latest
from workbench.ui.workspace import Workspace

WIDE = 250
"""Least width of a plot among others."""


class DependenceView(SurrogateView):
    """Small plots of several features; of one a large plot; of two a map."""

    def __init__(self, workspace: Workspace, inspected: Inspected) -> None:
        super().__init__(workspace, inspected, "surrogateDependence")
        self._found: Dependence | None = None
        self._own = Latest(workspace.jobs)
        self._own.answered.connect(self._on_own)
        self._own.failed.connect(workspace.tell_error)
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._draw_next)
        self.bar = DependenceTools()
        self.bar.changed.connect(self.look)
        self.bar.restarted.connect(self._draw)
        self.tools.addWidget(self.bar)
        self._what = label("", "muted", wrap=True, name="dependenceWhat")
        self.plots: list[DependencePlot] = []
        self._plots = QWidget()
        self._plots.setObjectName("dependencePlots")
        self._grid = QGridLayout(self._plots)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.S)
        self.map = DependenceMap("dependenceMap")
        self._forms = QStackedWidget()
        for form in (self._plots, self.map):
            self._forms.addWidget(scrolling(form))
        self.content.addWidget(self._what)
        self.content.addWidget(self._forms, 1)

    def choose(self, feature: int) -> None:
        """Show one feature, by its number."""
        self.bar.choose(feature)
        self.look()

    def look(self) -> None:
        if not self.inspected.ready:
            return
        label_, choice = self.bar.chosen_class, self.bar.choice
        make = self.inspected.subject(target=label_)
        self.ask((self.inspected.part, label_, choice), partial(_found, make, choice))

    def forget(self) -> None:
        self._found = None
        self.bar.show_classes((), None)
        self.bar.choose(NONE)
        super().forget()

    def display(self, found: Dependence) -> None:
        dataset = self.inspected.dataset
        if dataset is None:
            return
        fresh = found is not self._found
        self._found = found
        if found.label is not None:  # which class it would be was left open
            self.keep((self.inspected.part, found.label, self.bar.choice), found)
        self.bar.show_classes(dataset.classes if found.label is not None else (), found.label)
        self.bar.show_features(found.features.names, PartialDependence().most)
        if fresh:
            self._draw()
        self._ask_own()

    def view(self) -> View:
        assert self._found is not None
        found = self._found
        arrays: dict[str, NDArray[Any]] = {}
        for curve in found.curves:
            arrays |= {f"{curve.name}.pdp": curve.pdp, f"{curve.name}.grid": curve.grid}
            arrays[f"{curve.name}.ice"] = curve.ice
        if found.surface is None:
            return View(self.tr("Partial dependence"), self._what.text(), self._plots, arrays)
        first, second = found.surface.names
        arrays = {"pdp": found.surface.mean}
        arrays |= {f"{first}.grid": found.surface.grids[0], f"{second}.grid": found.surface.grids[1]}
        title = self.tr("Partial dependence on {} and {}").format(first, second)
        return View(title, self._what.text(), self.map, arrays)

    def _draw(self) -> None:
        found = self._found
        if found is None:
            return
        per_cent = found.label is not None
        count = len(found.samples)
        if found.surface is not None:
            self._forms.setCurrentIndex(1)
            self._what.setText(self.tr("Mean over {} samples; the ring is the inspected one.").format(count))
            self.map.display(found.surface, per_cent=per_cent)
            return
        self._forms.setCurrentIndex(0)
        text = self.tr(
            "Blue: the mean over {} samples. Grey: single samples (ICE). Orange: the inspected one. "
            "The marks below are the samples’ values."
        )
        self._what.setText(text.format(count))
        centred = self.bar.centred.isChecked()
        low, high = _range(found, centred=centred, per_cent=per_cent)
        large = len(found.curves) == 1
        self._make_plots(len(found.curves))
        for plot, curve in zip(self.plots, found.curves, strict=True):
            plot.display(curve, low, high, per_cent=per_cent, centred=centred, large=large)
            plot.waits = not large
        self._turn.start()
        self._arrange()
        self._ask_own()

    def _draw_next(self) -> None:
        """Have the next plot draw its lines, a plot each turn of the event loop."""
        waiting = next((plot for plot in self.plots if plot.waits), None)
        if waiting is not None:
            waiting.waits = False
            waiting.update()
            self._turn.start()

    def _make_plots(self, count: int) -> None:
        while len(self.plots) > count:
            gone = self.plots.pop()
            gone.hide()
            gone.deleteLater()
        while len(self.plots) < count:
            plot = DependencePlot(f"dependencePlot{len(self.plots)}")
            plot.clicked.connect(partial(self._open, len(self.plots)))
            self.plots.append(plot)

    def _open(self, number: int) -> None:
        found = self._found
        if found is not None and len(found.curves) > 1:
            self.choose(found.curves[number].feature)

    def _arrange(self) -> None:
        while self._grid.count():
            self._grid.takeAt(0)
        columns = max(1, self._forms.width() // WIDE)
        for number, plot in enumerate(self.plots):
            self._grid.addWidget(plot, *divmod(number, columns))
            plot.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _ask_own(self) -> None:
        found, sample = self._found, in_units(self.inspected)
        if found is None or sample is None:
            return
        if found.surface is not None:
            first, second = (found.features.names.index(name) for name in found.surface.names)
            one, two = (float(found.features.values(sample[None], n)[0]) for n in (first, second))
            self.map.show_own((one, two))
            return
        values = [float(found.features.values(sample[None], c.feature)[0]) for c in found.curves]
        for plot, value in zip(self.plots, values, strict=True):
            plot.show_own(Own(value, None))
        self._own.ask(partial(_own, self.inspected.subject(), found, sample, values))

    def _on_own(self, answer: tuple[Dependence, list[Own]]) -> None:
        found, own = answer
        if found is self._found:
            for plot, mark in zip(self.plots, own, strict=True):
                plot.show_own(mark)


def _range(found: Dependence, *, centred: bool, per_cent: bool) -> tuple[float, float]:
    """What the plots go from and to, all the same: shares whole, else what there is."""
    if per_cent and not centred:
        return 0.0, 1.0
    lines = [lines_of(curve.ice, centred=centred) for curve in found.curves]
    low, high = min(float(np.min(part)) for part in lines), max(float(np.max(part)) for part in lines)
    if centred:  # nothing moving stands in the middle
        high = max(abs(low), abs(high), 1e-6)
        low = -high
    air = 0.04 * (high - low) or 1.0
    return low - air, high + air


def _found(make: MakeSubject, choice: tuple[int, int], progress: Progress) -> Dependence:
    from workbench.interpret.surrogates.dependence import input_features

    subject = make(progress)
    feature, other = choice
    if other == NONE:
        return dependence(subject, PartialDependence(), None if feature == NONE else [feature])
    names = input_features(subject).names
    return dependence(subject, PartialDependence(feature=names[feature], other=names[other], points=16))


def _own(
    make: MakeSubject, found: Dependence, sample: NDArray[Any], values: list[float]
) -> tuple[Dependence, list[Own]]:
    lines = own_lines(make(None), found.features, sample, found.curves, found.label)
    return found, [Own(value, line) for value, line in zip(values, lines, strict=True)]
