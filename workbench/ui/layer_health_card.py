"""A small card beside a row of the stack: how its layer fares, why, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench.train.events import Finding, Remedy
from workbench.ui import theme
from workbench.ui.cards import label, set_role
from workbench.ui.finding_row import FindingRow
from workbench.ui.icons import icon
from workbench.ui.layer_health import Figure, Histogram, LayerHealth
from workbench.ui.layer_health_plot import HealthPlot

WIDE = 460
MOST = 3
"""Findings that are told of a layer."""
EDGE = 8
"""Room left between the card and the window's edges."""


class LayerHealthCard(QFrame):
    """Lies over the window beside a row until Escape, or a click elsewhere."""

    remedy_wanted = Signal(object, object)
    """A click on a remedy: the `Finding` and the `Remedy`."""
    layer_wanted = Signal(str)
    """A click on the name of another layer."""
    stepped = Signal(int)
    """The arrow keys: 1 for the row below, -1 for the one above."""
    left = Signal()
    """It was closed by a key or its button: the focus goes back to the rows."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.health: LayerHealth | None = None
        self.setProperty("role", "popover")
        self.setObjectName("layerHealth")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedWidth(WIDE)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 14)
        column.setSpacing(theme.M)
        column.addLayout(self._make_head())
        self._why = label("", "muted", wrap=True, name="layerHealthWhy")
        column.addWidget(self._why)
        self._findings: list[FindingRow] = []
        self._told = QVBoxLayout()
        self._told.setSpacing(theme.S)
        column.addLayout(self._told)
        plots = QHBoxLayout()
        plots.setSpacing(theme.L)
        self._plots = {
            "activations": self._make_plot(plots, self.tr("Activations"), "activations"),
            "gradients": self._make_plot(plots, self.tr("Sizes of gradients"), "gradients"),
        }
        column.addLayout(plots)
        self._table = QGridLayout()
        self._table.setHorizontalSpacing(18)
        self._table.setVerticalSpacing(5)
        self._table.setColumnStretch(2, 1)
        self._cells: list[QLabel] = []
        column.addLayout(self._table)
        self._foot = label("", "small", wrap=True, name="layerHealthFoot")
        column.addWidget(self._foot)
        self.hide()

    def _make_head(self) -> QHBoxLayout:
        self._title = label("", "heading", name="layerHealthTitle")
        self._state = label("", "muted", name="layerHealthState")
        close = self._close = QToolButton()
        close.setObjectName("layerHealthClose")
        close.setProperty("role", "flat")
        close.setIcon(icon("x", "muted"))
        close.setToolTip(self.tr("Close (Esc)"))
        close.setAccessibleName(self.tr("Close"))
        close.setFixedSize(32, 28)
        close.clicked.connect(self.leave)
        head = QHBoxLayout()
        head.setSpacing(theme.S)
        for part in (self._title, self._state):
            head.addWidget(part)
        head.addStretch(1)
        head.addWidget(close)
        return head

    def _make_plot(self, row: QHBoxLayout, title: str, name: str) -> tuple[HealthPlot, QLabel, QLabel]:
        plot, note = HealthPlot(f"layerHealth_{name}"), label("", "small", name=f"layerHealthNote_{name}")
        none = label("", "muted", name=f"layerHealthNone_{name}")
        none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        none.setFixedHeight(plot.height())
        note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout()
        column.setSpacing(2)
        for part in (label(title, "group"), plot, none, note):
            column.addWidget(part)
        row.addLayout(column, 1)
        return plot, none, note

    # What it says

    def display(self, health: LayerHealth, title: str, foot: str, is_done: Callable[..., bool]) -> None:
        """Show how a layer fares; told of the same layer again, only what is new changes.

        ``is_done(finding, remedy)`` says whether a remedy is applied already.
        """
        self.health = health
        words = {
            "good": self.tr("Healthy"),
            "warning": self.tr("Watch"),
            "problem": self.tr("Broken"),
        }
        self._title.setText(title)
        self._state.setText(words[health.tone])
        set_role(self._state, health.tone)
        self.setAccessibleName(self.tr("{}: {}").format(title, words[health.tone]))
        self._why.setText(health.why)
        self._why.setVisible(bool(health.why))
        self._foot.setText(foot)
        self._foot.setVisible(bool(foot))
        self._show_findings(health, is_done)
        self._show_plot("activations", health.activations, health.tone)
        self._show_plot("gradients", health.gradients, "accent")
        self._show_figures(health.figures)
        self._column.activate()
        self.resize(WIDE, self._column.totalHeightForWidth(WIDE))

    def _show_findings(self, health: LayerHealth, is_done: Callable[..., bool]) -> None:
        shown = health.findings[:MOST]
        while len(self._findings) < len(shown):
            row = FindingRow()
            row.remedy_wanted.connect(partial(self._want, len(self._findings)))
            row.layer_wanted.connect(self.layer_wanted)
            self._told.addWidget(row)
            self._findings.append(row)
        for number, row in enumerate(self._findings):
            row.setVisible(number < len(shown))
            if number < len(shown):
                finding = shown[number]
                done = [remedy for remedy in finding.remedies if is_done(finding, remedy)]
                own = finding.layer == health.layer
                row.display(replace(finding, layer="") if own else finding, known=not own, done=done)

    def _want(self, number: int, _shown: Finding, remedy: Remedy) -> None:
        if self.health is not None and number < len(self.health.findings):
            self.remedy_wanted.emit(self.health.findings[number], remedy)

    def _show_plot(self, name: str, shown: Histogram | None, token: str) -> None:
        plot, none, note = self._plots[name]
        some = shown is not None and bool(np.any(shown.counts))
        plot.setVisible(some)
        none.setVisible(not some)
        none.setText(self.tr("none reach it") if shown is None else self.tr("all are zero"))
        note.setText(shown.note if shown and some else "")
        if shown is not None and some:
            plot.display(shown, token)

    def _show_figures(self, figures: tuple[Figure, ...]) -> None:
        heads = (("", "small"), (self.tr("now"), "small"), (self.tr("normal"), "small"))
        rows = [
            heads,
            *(((f.name, "muted"), (f.value, f.tone or "mono"), (f.normal, "small")) for f in figures),
        ]
        while len(self._cells) < 3 * len(rows):
            number = len(self._cells)
            cell = label()
            self._table.addWidget(cell, number // 3, number % 3)
            self._cells.append(cell)
        for number, cell in enumerate(self._cells):
            row = number // 3
            cell.setVisible(row < len(rows))
            if row < len(rows):
                text, role = rows[row][number % 3]
                cell.setText(text)
                set_role(cell, role)
                cell.setToolTip(figures[row - 1].help if row else "")
                cell.setObjectName(f"layerHealthCell_{row}_{number % 3}")

    # Where it is, and when it goes

    def present(self, row: QRect) -> None:
        """Show it right of a row of the stack, a rectangle of the window."""
        room = self._window.rect().adjusted(EDGE, EDGE, -EDGE, -EDGE)
        at = min(row.top() - 44, room.bottom() - self.height())
        self.move(min(row.right() + EDGE, room.right() - self.width()), max(at, room.top()))
        if not self.isVisible():
            app = QApplication.instance()
            assert app is not None
            app.installEventFilter(self)
            self.show()
        self.raise_()

    def leave(self) -> None:
        """Close it and give the focus back."""
        if self.isVisible():
            self.hide()
            self.left.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
        super().hideEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            inside = isinstance(watched, QWidget) and watched.window() is not self._window
            point = self._window.mapFromGlobal(event.globalPosition().toPoint())
            if not inside and not self.geometry().contains(point):
                self.hide()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.stepped.emit(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)
