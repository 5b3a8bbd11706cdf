"""Moving through the epochs: play, a slider, the best, and a second slider to compare with."""

from __future__ import annotations

from bisect import bisect_right

from PySide6.QtCore import QSize, QTimer
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QWidget

from workbench.ui import theme
from workbench.ui.cards import Card, button
from workbench.ui.icons import icon
from workbench.ui.inspect.epochs_cursor import EpochCursor
from workbench.ui.inspect.epochs_history import History
from workbench.ui.inspect.epochs_slider import EpochSlider
from workbench.ui.inspect.still_text import StillText

WHOLE_MS = 8000
"""Time that playing through all epochs takes, about."""
FASTEST_MS, SLOWEST_MS = 40, 600


class EpochsBar(Card):
    """Moves a cursor."""

    def __init__(self, cursor: EpochCursor) -> None:
        super().__init__()
        self._cursor = cursor
        self._play = button("", "flat", glyph="play", name="epochsPlay")
        self._play.setIconSize(QSize(18, 18))
        self.slider = EpochSlider("epochsSlider")
        self.slider.setAccessibleName(self.tr("Epoch"))
        self.slider.setToolTip(self.tr("The recorded epochs; the mark is the best by validation loss."))
        self._epoch = StillText("epochsEpoch", 1, "mono", 126)
        self._best = button("", "flat", glyph="star", name="epochsBest")
        self._compare = QCheckBox(self.tr("Compare with"))
        self._compare.setObjectName("epochsCompare")
        self.other = EpochSlider("epochsOtherSlider", "warning")
        self.other.setAccessibleName(self.tr("Epoch to compare with"))
        self._other_epoch = StillText("epochsOtherEpoch", 1, "mono", 126)
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._step)
        self._play.clicked.connect(self._toggle)
        self.slider.valueChanged.connect(cursor.move)
        self.other.valueChanged.connect(cursor.move_other)
        self._compare.toggled.connect(cursor.compare)
        self._best.clicked.connect(self._go_to_best)
        self._best_epoch: int | None = None
        cursor.moved.connect(self._follow)
        self._show_playing(False)
        self._follow()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.S)
        grid.setVerticalSpacing(2)
        ends = QWidget()
        row = QHBoxLayout(ends)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._best)
        row.addWidget(self._compare)
        for column, part in enumerate((self._play, self.slider, self._epoch, ends)):
            grid.addWidget(part, 0, column)
        grid.addWidget(self.other, 1, 1)
        grid.addWidget(self._other_epoch, 1, 2)
        grid.setColumnStretch(1, 1)
        self.body.setContentsMargins(10, 6, 14, 6)
        self.body.addLayout(grid)

    @property
    def playing(self) -> bool:
        """Whether it moves by itself."""
        return self._timer.isActive()

    def stop(self) -> None:
        """Stop playing."""
        self._timer.stop()
        self._show_playing(False)

    def show_history(self, history: History) -> None:
        """Offer a run's recorded epochs."""
        epochs, best = history.epochs, history.best
        self._best_epoch = best
        place = -1 if best is None else bisect_right(epochs, best) - 1
        self.slider.set_places(len(epochs), place)
        self.other.set_places(len(epochs), place)
        self._best.setVisible(best is not None)
        self._best.setText(self.tr("Best: {}").format(best))
        said = self.tr("Go to epoch {}, the best by validation loss").format(best)
        if best is not None and best not in epochs:
            said = self.tr("Epoch {} is the best; the last recorded before it is shown").format(best)
        self._best.setToolTip(said)
        self._follow()

    def _follow(self) -> None:
        cursor = self._cursor
        for slider, place in ((self.slider, cursor.place), (self.other, cursor.other)):
            slider.blockSignals(True)
            slider.setValue(place)
            slider.blockSignals(False)
            slider.update()
        last = cursor.epochs[-1] if cursor.epochs else 0
        self._epoch.setText(self.tr("epoch {} / {}").format(cursor.epoch, last))
        self._other_epoch.setText(self.tr("epoch {}").format(cursor.other_epoch))
        for part in (self.other, self._other_epoch):
            part.setVisible(cursor.comparing)

    def _toggle(self) -> None:
        if self.playing:
            self.stop()
            return
        cursor = self._cursor
        if cursor.place >= len(cursor.epochs) - 1:
            cursor.move(0)
        self._timer.start(max(FASTEST_MS, min(SLOWEST_MS, WHOLE_MS // max(1, len(cursor.epochs)))))
        self._show_playing(True)

    def _step(self) -> None:
        self._cursor.move(self._cursor.place + 1)
        if self._cursor.place >= len(self._cursor.epochs) - 1:
            self.stop()

    def _show_playing(self, on: bool) -> None:
        self._play.setIcon(icon("pause" if on else "play"))
        said = self.tr("Pause") if on else self.tr("Play through the epochs")
        self._play.setAccessibleName(said)
        self._play.setToolTip(said)

    def _go_to_best(self) -> None:
        if self._best_epoch is not None:
            self._cursor.go_to(self._best_epoch)
