"""The input that a unit asks for, growing while it is found."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from workbench.data.dataset import Dataset
from workbench.interpret.maximisation import Maximisation
from workbench.interpret.method import Result
from workbench.interpret.subject import Progress
from workbench.ui import theme
from workbench.ui.bars import NamedBars
from workbench.ui.cards import button, label, scrolling
from workbench.ui.form import ModelForm
from workbench.ui.images import heat, pixmap
from workbench.ui.inspect.inspected import Inspected, MakeSubject
from workbench.ui.inspect.method_job import MethodJob
from workbench.ui.inspect.sample_pictures import as_picture, in_words
from workbench.ui.inspect.trace_plot import TracePlot
from workbench.ui.inspect.view import View
from workbench.ui.inspect.working import Working
from workbench.ui.workspace import Workspace

SIDE = 144
FRAME = 0.033
"""Seconds from one picture of the growing input to the next."""
EVERYWHERE = ("start", "steps", "lr", "l2", "bounded", "seed")
ALONG = ("objective", "start", "steps", "lr", "l2", "total_variation", "jitter", "blur", "bounded", "seed")
"""Params that mean something where the input has neighbours: pixels, or steps of time."""


class Growing:
    """What the ascent in the background hands over: its latest input and values."""

    def __init__(self) -> None:
        self.latest: tuple[NDArray[Any], NDArray[np.float64]] | None = None
        self._at = 0.0

    def watch(self, ascent: Any) -> None:
        """Copy the ascent's input, no more often than it is drawn."""
        now = time.monotonic()
        if now - self._at >= FRAME:
            self._at = now
            self.latest = (ascent.input(), np.array(ascent.trace))


def maximise(make: MakeSubject, method: Maximisation, growing: Growing, progress: Progress) -> Result:
    """Find the input. Raises `UserError`."""
    return method.ascend(make(progress), growing.watch)


class UnitMaximisation(QWidget):
    """The picture, what the unit gave on the way, and the params."""

    changed = Signal()
    """There is something to save, or nothing any more."""

    def __init__(self, workspace: Workspace, inspected: Inspected) -> None:
        super().__init__()
        self._workspace, self._inspected = workspace, inspected
        self.method = Maximisation()
        self.result: Result | None = None
        self._growing = Growing()
        self._meant = ("", -1, "")
        self.job = MethodJob(workspace.jobs, self)
        self.job.answered.connect(self._show)
        self.job.failed.connect(self._fail)
        self.job.busy_changed.connect(self._on_busy)
        self._frames = QTimer(self, interval=int(1000 * FRAME))
        self._frames.timeout.connect(self._grow)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.L)
        row.addLayout(self._seen(), 1)
        row.addWidget(self._params())
        self._trace.failed = workspace.tell_error

    def _seen(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(theme.S)
        head = QHBoxLayout()
        self.start = button(self.tr("Maximise"), glyph="play", name="maximise")
        self.start.setToolTip(Maximisation.help)
        self.start.setEnabled(False)
        self.start.clicked.connect(self._begin)
        head.addWidget(self.start)
        head.addWidget(Working(self.job, "maximisationWorking"), 1)
        head.addStretch(0)
        column.addLayout(head)
        self._picture = QLabel()
        self._picture.setObjectName("maximisedInput")
        self._picture.setFixedSize(SIDE, SIDE)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._values = NamedBars("maximisedValues", bars=False)
        self._trace = TracePlot("maximisationTrace", bottom="step", left="unit")
        self._trace.setMinimumHeight(110)
        self._rows = scrolling(self._values)
        self._rows.setFixedWidth(190)
        self._rows.hide()
        self.shown = QWidget()
        row = QHBoxLayout(self.shown)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.M)
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._rows)
        row.addWidget(self._trace, 1)
        column.addWidget(self.shown, 1)
        self._say = label("", "muted", wrap=True, name="maximisationSay")
        column.addWidget(self._say)
        column.addStretch(0)
        return column

    def _params(self) -> QWidget:
        self._form = ModelForm()
        self._form.edited.connect(lambda _path, method: setattr(self, "method", method))
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 6, 0)
        column.addWidget(self._form)
        column.addStretch(1)
        area = scrolling(holder)
        area.setFixedWidth(230)
        return area

    def forget(self, layer: str, unit: int, words: str) -> None:
        """Another unit is meant: what was found is of no use."""
        self.job.cancel()
        self._meant = (layer, unit, words)
        self.result = None
        self.shown.hide()
        self.start.setEnabled(bool(words))
        dataset = self._inspected.dataset
        along = dataset is not None and len(dataset.sample_shape) > 1 and dataset.input_dtype != "int64"
        self._form.show_model(self.method, ALONG if along else EVERYWHERE)
        text = self.tr("Gradient ascent on the input finds what {} looks for.")
        self._say.setText(
            text.format(words) if words else self.tr("No unit of this layer fires for the sample.")
        )
        self.changed.emit()

    def view(self) -> View | None:
        """See `View`; None while there is nothing."""
        if self.result is None:
            return None
        return View("Activation maximisation", self.result.note, self.shown, self.result.arrays)

    def _begin(self) -> None:
        if not self._inspected.ready:
            return
        layer, unit, _ = self._meant
        self._growing = Growing()
        method = self.method.model_copy(update={"unit": unit})
        self.job.ask(partial(maximise, self._inspected.subject(layer=layer), method, self._growing))

    def _on_busy(self, busy: bool) -> None:
        self.start.setEnabled(not busy and bool(self._meant[2]))
        if busy:
            self._frames.start()
        else:
            self._frames.stop()

    def _grow(self) -> None:
        latest, self._growing.latest = self._growing.latest, None
        if latest is not None:
            self._draw(*latest)

    def _show(self, result: Result) -> None:
        self.result = result
        self._draw(result.arrays["input"], result.arrays["trace"].astype(np.float64))
        ends = self.tr(" From {:.4g} to {:.4g}.").format(result.figures["start"], result.figures["end"])
        self._say.setText(result.note + ends + self._nearest(result.arrays.get("ids")))
        self.changed.emit()

    def _nearest(self, ids: NDArray[Any] | None) -> str:
        """What the ids nearest to an input behind an Embedding are."""
        dataset = self._inspected.dataset
        if ids is None or dataset is None:
            return ""
        text = self.tr(" Nearest words: {}.") if dataset.vocabulary else self.tr(" Nearest ids: {}.")
        return text.format(in_words(dataset, ids, 16))

    def _draw(self, values: NDArray[Any], trace: NDArray[np.float64]) -> None:
        dataset = self._inspected.dataset
        if dataset is None:
            return
        self.shown.show()
        behind_ids = values.shape != dataset.sample_shape
        image = heat(values.T, signed=True) if behind_ids else as_picture(dataset, values)
        self._picture.setVisible(image is not None)
        self._rows.setVisible(image is None)
        if image is not None:
            self._picture.setPixmap(_fitted(image))
        else:
            self._values.display(_rows(dataset, values))
        self._trace.display(trace, self._meant[2].partition(" ")[0] or "unit")

    def _fail(self, error: Exception) -> None:
        self.shown.hide()
        self._say.setText(str(error))


def _fitted(image: QImage) -> Any:
    keep = Qt.AspectRatioMode.KeepAspectRatio
    how = Qt.TransformationMode.FastTransformation
    if image.hasAlphaChannel():  # lines, not pixels
        how = Qt.TransformationMode.SmoothTransformation
    return pixmap(image).scaled(SIDE, SIDE, keep, how)


def _rows(dataset: Dataset, values: NDArray[Any]) -> list[tuple[str, float, str]]:
    flat = values.reshape(-1)[:100]
    names = dataset.features if len(dataset.features) == values.size else ()
    return [(names[at] if names else f"[{at}]", 0.0, f"{float(value):.4g}") for at, value in enumerate(flat)]
