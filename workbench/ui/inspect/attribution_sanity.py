"""Whether an attribution hangs on what was learned: a check by randomised weights."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.errors import UserError
from workbench.interpret.method import Method
from workbench.interpret.subject import Progress
from workbench.ui import theme
from workbench.ui.cards import label, set_role
from workbench.ui.inspect.attribution_turns import Turns
from workbench.ui.inspect.inspected import MakeSubject
from workbench.ui.inspect.method_job import MethodJob
from workbench.ui.inspect.working import Working
from workbench.ui.plots import Plot, Series, pen
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.interpret.attribution.sanity import Sanity

Array = NDArray[Any]
ALIKE, UNLIKE = 0.8, 0.5
"""Rank correlations from which on maps look alike, and below which they don't."""
NAMED = 3
"""Layers that a plot as narrow as a tile can name."""


class SanityPart(QWidget):
    """Runs the check, and shows how the attribution changes, layer by layer, with a verdict."""

    def __init__(self, workspace: Workspace, turns: Turns, name: str) -> None:
        super().__init__()
        self.setObjectName(f"{name}SanityPart")
        self.found: Sanity | None = None
        self.help = self.tr(
            "Layers get random weights, from the last to the first. A map that hardly changes shows the"
            " sample, not what was learned. Adebayo et al., 2018."
        )
        self._workspace, self._turns = workspace, turns
        self.job = MethodJob(workspace.jobs, self)
        self.job.answered.connect(self._on_answer)
        self.job.failed.connect(self._on_failure)
        self.job.busy_changed.connect(self._on_busy)
        self._pending = False
        self.verdict = label("", "small", wrap=True, name=f"{name}Verdict")
        self.plot: SanityPlot | None = None
        """Made at the first answer: most tiles are never checked, and plots are dear."""
        self._name = name
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.S)
        column.addWidget(Working(self.job, f"{name}SanityWorking"))
        column.addWidget(self.verdict)
        self._column = column
        self.hide()

    def ask(self, make: MakeSubject, method: Method) -> None:
        """Check a method on a subject."""

        def work(progress: Progress) -> Sanity:
            from workbench.interpret.attribution.sanity import sanity_check

            return sanity_check(method, make(progress))

        self._say(self.tr("Randomising weights, layer by layer"), "small")
        self.show()
        self._pending = False
        self._turns.ask(self.job, work)
        self._pending = True

    def forget(self) -> None:
        """Show nothing: what was checked is another now."""
        self._turns.leave(self.job)
        self.found = None
        self.hide()

    def _on_answer(self, found: Sanity) -> None:
        self._pending = False
        self.found = found
        self._say(*verdict(found.correlations))
        if self.plot is None:
            self.plot = SanityPlot(f"{self._name}SanityPlot")
            self.plot.failed = self._workspace.tell_error
            self._column.addWidget(self.plot)
        self.plot.display(found)
        self.plot.show()

    def _on_failure(self, error: Exception) -> None:
        self._pending = False
        self._say(str(error), "warning")
        if not isinstance(error, UserError):
            self._workspace.tell_error(error)

    def _on_busy(self, busy: bool) -> None:
        if not busy and self._pending:
            self._pending = False
            self._say(self.tr("Cancelled"), "small")

    def _say(self, text: str, role: str) -> None:
        if self.plot is not None:
            self.plot.hide()
        set_role(self.verdict, role)
        self.verdict.setText(text)


def verdict(correlations: tuple[float, ...]) -> tuple[str, str]:
    """Return what the correlation after the last layer means, and the role to say it in."""
    say, last = QCoreApplication.translate, correlations[-1]
    if math.isnan(last):
        text = say("sanity", "With random weights nothing is left of it: it depends on what was learned.")
        return text, "good"
    if last >= ALIKE:
        text = say(
            "sanity",
            "It hardly changes as weights are randomised (rank correlation {}): don't trust it as an"
            " explanation of this model.",
        )
        return text.format(f"{last:.2f}"), "problem"
    if last >= UNLIKE:
        text = say(
            "sanity",
            "It changes in part as weights are randomised (rank correlation {}): some of it is the sample"
            " rather than what was learned.",
        )
        return text.format(f"{last:.2f}"), "warning"
    text = say(
        "sanity",
        "It changes as weights are randomised (rank correlation {}): it depends on what was learned.",
    )
    return text.format(f"{last:.2f}".replace("-", "−")), "good"


class SanityPlot(Plot):
    """The rank correlation with the original over the layers that are randomised."""

    def __init__(self, name: str) -> None:
        super().__init__(name, bottom="randomised up to", left="correlation")
        self.setFixedHeight(150)
        self._found: Sanity | None = None
        self._curve = pg.PlotDataItem(symbol="o", symbolSize=7)
        self._alike = pg.InfiniteLine(ALIKE, angle=0)
        for item in (self._alike, self._curve):
            self.getPlotItem().addItem(item)
        self.getPlotItem().setMouseEnabled(x=False, y=False)
        self.getPlotItem().setYRange(0, 1)
        self.redress()

    def redress(self) -> None:
        self._curve.setPen(pen("accent"))
        self._curve.setSymbolBrush(theme.current().color("accent"))
        self._curve.setSymbolPen(None)
        self._alike.setPen(pen("problem", 1, dash=True))

    def display(self, found: Sanity) -> None:
        """Show a check."""
        self._found = found
        x, y = self._points()
        self._curve.setData(x, y, connect="finite")
        names = [self.tr("none"), *found.layers]
        wanted = range(len(names)) if len(names) <= NAMED else (0, len(names) - 1)
        self.getPlotItem().getAxis("bottom").setTicks([[(n, names[n]) for n in wanted]])
        low = min(0.0, float(np.nan_to_num(y).min()))
        self.getPlotItem().setYRange(low, 1)
        self.getPlotItem().setXRange(-0.2 * len(names), 1.2 * len(names) - 1)
        self.setAccessibleName(", ".join(f"{name} {value:.2f}" for name, value in zip(names, y, strict=True)))
        self.setToolTip("\n".join(f"{name}: {value:.2f}" for name, value in zip(names, y, strict=True)))

    def series(self) -> Series:
        """See `Plot.series`."""
        return {"rank correlation": self._points()} if self._found else {}

    def _points(self) -> tuple[Array, Array]:
        assert self._found is not None
        y = np.array([1.0, *self._found.correlations])
        return np.arange(len(y), dtype=np.float64), y
