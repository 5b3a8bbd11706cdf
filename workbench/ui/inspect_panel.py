"""Inspect: what every layer makes of one sample, and how the loss would change with it."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSpinBox, QStackedWidget, QVBoxLayout, QWidget

from workbench.ui import cards, theme
from workbench.ui.bars import NamedBars
from workbench.ui.cards import Card, Empty, Page, label
from workbench.ui.form import Choice
from workbench.ui.images import heat, picture, pixmap
from workbench.ui.inspection import UNTRAINED, Inspection, Inspector
from workbench.ui.jobs import Latest
from workbench.ui.layer_view import LayerCard
from workbench.ui.notice import Notice
from workbench.ui.runs_choice import RunsChoice
from workbench.ui.training import Training
from workbench.ui.workspace import Workspace

SIDE = 176


class InspectPanel(Page):
    """The stage in which the network is looked into."""

    vitals_ready = Signal(dict)
    """Every layer's vitals, for the rows of the stack."""

    def __init__(self, workspace: Workspace, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspectPanel")
        self._workspace = workspace
        self._inspector = Inspector()
        self.inspection: Inspection | None = None
        self._pages = QStackedWidget()
        self.column.addWidget(self._pages)
        self._empty = Empty("eye", self.tr("Nothing to inspect yet"), "")
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._full(training))
        self._look = Latest(workspace.jobs)
        self._look.answered.connect(self._show)
        self._look.failed.connect(self._fail)
        self._search = Latest(workspace.jobs)
        self._search.answered.connect(self._go_to)
        self._search.failed.connect(workspace.tell_error)
        # edits come in bursts while a number is typed; one look when they pause is enough
        self._soon = QTimer(self, singleShot=True, interval=30)
        self._soon.timeout.connect(self._ask)
        workspace.data_changed.connect(self._on_data)
        workspace.checked.connect(self._on_checked)
        self._run.chosen.connect(self.refresh)
        self._on_data()

    def refresh(self) -> None:
        """Look again, soon."""
        self._soon.start()

    def go_to(self, part: str, index: int) -> None:
        """Look at one sample of a part of the data, by its index in the data."""
        self._part.setCurrentIndex(self._part.findData(part))
        self._on_part()
        self._go_to(index)

    def _full(self, training: Training) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.M)
        column.addLayout(self._controls(training))
        body = QHBoxLayout()
        body.setSpacing(theme.M)
        body.addWidget(self._sample_card())
        self.layer = LayerCard(self._workspace, self._weights)
        body.addWidget(self.layer, 1)
        column.addLayout(body, 1)
        return page

    def _controls(self, training: Training) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.S)
        self._run = RunsChoice(self._workspace, training, untrained=True)
        self._part = Choice()
        self._part.setObjectName("inspectSplit")
        self._part.setAccessibleName(self.tr("Part of the data"))
        for key, text in (("test", "Test"), ("validation", "Validation"), ("train", "Train")):
            self._part.addItem(text, key)
        self._part.activated.connect(self._on_part)
        self._number = QSpinBox()
        self._number.setObjectName("inspectSample")
        self._number.setAccessibleName(self.tr("Sample"))
        self._number.setKeyboardTracking(False)
        self._number.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        before = cards.button("", "flat", glyph="caret-left", name="previousSample")
        before.setAccessibleName(self.tr("Previous sample"))
        before.clicked.connect(self._number.stepDown)
        after = cards.button("", "flat", glyph="caret-right", name="nextSample")
        after.setAccessibleName(self.tr("Next sample"))
        after.clicked.connect(self._number.stepUp)
        self._number.setMinimumWidth(84)
        self._number.setRange(1, 1)
        self._number.setWrapping(True)
        self._number.valueChanged.connect(self.refresh)
        self._random = cards.button(self.tr("Random"), name="randomSample")
        self._random.clicked.connect(self._choose_random)
        self._mistake = cards.button(self.tr("Next mistake"), name="nextMistake")
        self._mistake.clicked.connect(self._find_mistake)
        self._busy = label("", "muted", name="inspectState")
        self._busy.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        for part in (
            self._run,
            self._part,
            before,
            self._number,
            after,
            self._random,
            self._mistake,
        ):
            row.addWidget(part)
        row.addWidget(self._busy, 1)
        return row

    def _sample_card(self) -> Card:
        card = Card(self.tr("Sample"))
        self._sample = card
        card.setFixedWidth(SIDE + 30)
        self._picture = QLabel()
        self._picture.setObjectName("samplePicture")
        self._picture.setFixedSize(SIDE, SIDE)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._values = NamedBars("sampleValues", bars=False)
        self._truth = label("", wrap=True, name="sampleTruth")
        self._answer = label("", wrap=True, name="sampleAnswer")
        self._shares = NamedBars("probabilities")
        for part in (self._picture, self._values, self._truth, self._answer, self._shares):
            card.body.addWidget(part)
        card.body.addStretch(1)
        return card

    # Asking

    def _indices(self) -> Any:
        dataset = self._workspace.dataset
        found = dataset.splits.get(self._part.currentData()) if dataset else None
        return np.array([], np.int64) if found is None else found

    def _on_data(self) -> None:
        dataset = self._workspace.dataset
        if dataset is None:
            self._pages.setCurrentIndex(0)
            error = self._workspace.data_error
            text = str(error) if error else self.tr("Load data in the Data stage first.")
            self._empty.display(self.tr("Nothing to inspect yet"), text)
            return
        if not len(self._indices()):
            self._part.setCurrentIndex(1)
        self._on_part()

    def _on_part(self) -> None:
        self._number.blockSignals(True)
        before = self._number.value()
        self._number.setRange(1, max(len(self._indices()), 1))
        self._number.setValue(min(max(before, 1), self._number.maximum()))
        self._number.setSuffix(f" of {len(self._indices())}")
        self._number.blockSignals(False)
        self.refresh()

    def _on_checked(self) -> None:
        if self._run.run == UNTRAINED:
            self.refresh()

    def _ask(self) -> None:
        workspace, indices = self._workspace, self._indices()
        report = workspace.report
        if workspace.folder is None or workspace.dataset is None or not len(indices) or not self._run.listed:
            return
        if self._run.run == UNTRAINED and (report is None or report.errors):
            self._pages.setCurrentIndex(0)
            text = self.tr("The stack doesn't fit yet: see the problems in the Design stage.")
            self._empty.display(self.tr("Nothing to inspect yet"), text)
            return
        self._busy.setText(self.tr("Looking…"))
        index = int(indices[min(self._number.value(), len(indices)) - 1])
        self._look.ask(
            partial(
                self._inspector.inspect,
                workspace.folder,
                workspace.project,
                workspace.dataset,
                self._run.run,
                index,
            )
        )

    def _choose_random(self) -> None:
        self._number.setValue(int(np.random.default_rng().integers(0, max(len(self._indices()), 1))) + 1)

    def _find_mistake(self) -> None:
        workspace, indices = self._workspace, self._indices()
        if workspace.folder is None or workspace.dataset is None or not len(indices):
            return
        self._busy.setText(self.tr("Searching…"))
        after = int(indices[min(self._number.value(), len(indices)) - 1])
        self._search.ask(
            partial(
                self._inspector.next_mistake,
                workspace.folder,
                workspace.project,
                workspace.dataset,
                self._run.run,
                indices,
                after,
            )
        )

    def _go_to(self, index: int | None) -> None:
        self._busy.setText("")
        if index is None:
            text = self.tr("This model makes no mistakes in this part of the data.")
            self._workspace.tell(Notice("good", text))
            return
        self._number.setValue(int(np.flatnonzero(self._indices() == index)[0]) + 1)

    def _weights(self, layer: str) -> Any:
        """A function for the background that fetches a layer's weights."""
        workspace = self._workspace
        if workspace.folder is None or workspace.facts is None:
            return None
        return partial(
            self._inspector.weights,
            workspace.folder,
            workspace.project,
            workspace.facts,
            self._run.run,
            layer,
        )

    # Showing

    def _fail(self, error: Exception) -> None:
        self._busy.setText("")
        self._workspace.tell_error(error)

    def _show(self, found: Inspection) -> None:
        dataset = self._workspace.dataset
        if dataset is None:
            return
        self.inspection = found
        self._busy.setText("")
        self._pages.setCurrentIndex(1)
        self._sample.title.setText(self.tr("Sample"))
        self._sample.set_hint(self.tr("row {}").format(found.index))
        self._mistake.setVisible(dataset.task == "classification")
        self._show_sample(found, dataset)
        self._truth.setText(self.tr("true  <b>{}</b>").format(found.truth))
        color = theme.current().color("good" if found.right else "problem").name()
        if dataset.task == "regression":
            color = theme.current().text
        loss = "" if found.loss is None else self.tr("<br>loss {:.4g}").format(found.loss)
        text = self.tr("predicted <b style='color:{}'>{}</b>{}")
        self._answer.setText(text.format(color, found.answer, loss))
        self._shares.setVisible(found.probabilities is not None)
        if found.probabilities is not None:
            self._show_shares(found, dataset.classes)
        self.layer.show_inspection(found)
        if self.isVisible():
            self.vitals_ready.emit(dict(found.vitals))

    def _show_sample(self, found: Inspection, dataset: Any) -> None:
        as_picture = found.sample.ndim in (2, 3)
        self._picture.setVisible(as_picture)
        self._values.setVisible(not as_picture)
        if as_picture:
            image = (
                picture(found.sample)
                if dataset.kind == "image"
                else heat(found.sample.reshape(-1, found.sample.shape[-1]))
            )
            mode = Qt.TransformationMode.FastTransformation
            self._picture.setPixmap(
                pixmap(image).scaled(SIDE, SIDE, Qt.AspectRatioMode.KeepAspectRatio, mode)
            )
            return
        flat = found.sample.reshape(-1)[:10]
        names = list(dataset.features) or [f"[{i}]" for i in range(len(flat))]
        rows = [(n, 0.0, f"{float(v):.4g}") for n, v in zip(names, flat, strict=False)]
        self._values.display(rows)

    def _show_shares(self, found: Inspection, classes: tuple[str, ...]) -> None:
        assert found.probabilities is not None
        order = np.argsort(found.probabilities)[::-1][:5]
        rows = [
            (classes[int(i)], float(found.probabilities[i]), f"{100 * found.probabilities[i]:.1f} %")
            for i in order
        ]
        self._shares.display(rows, 0, "good" if found.right else "problem")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        found: Inspection | None = getattr(self, "inspection", None)
        if event.type() == QEvent.Type.PaletteChange and found is not None:
            self._show(found)  # heat maps and words in the theme's colours

    def hideEvent(self, event: object) -> None:
        super().hideEvent(event)  # type: ignore[arg-type]
        self.vitals_ready.emit({})

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self.refresh()
