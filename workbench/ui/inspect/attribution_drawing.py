"""What drawings of attributions have in common: parts that can be pointed at, with the mouse or the keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.ui.inspect.attribution_colors import Look
from workbench.ui.inspect.attribution_reading import Reading, strongest


class Drawing(QWidget):
    """Draws a `Reading`. `at` is the flat place that is pointed at, -1 for none."""

    pointed = Signal(str, bool)
    """What is said of the part that is pointed at, and True; or of the strongest, and False."""

    def __init__(self, name: str, *, whole: bool, tallest: int) -> None:
        """``whole``: draw everything; else what a tile has room for. ``tallest``: pixels, of a picture."""
        super().__init__()
        self.setObjectName(name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(not whole)
        self.setSizePolicy(policy)
        self.whole, self.tallest = whole, tallest
        self.at = -1
        self.reading: Reading | None = None
        self.look = Look()

    def display(self, reading: Reading, look: Look) -> None:
        """Draw a reading."""
        if self.reading is not reading:
            self.at = -1
        self.reading, self.look = reading, look
        self._prepare()
        self._fit()
        self.update()
        best = strongest(reading)
        self.setAccessibleName(self.tr("Attribution. Strongest: {}").format(self.words(best)))
        self._tell()

    @property
    def signed(self) -> bool:
        """Whether signs are drawn."""
        return self.look.signed and self.reading is not None and self.reading.signed

    def words(self, place: int) -> str:
        """Return what is said of a flat place."""
        raise NotImplementedError

    def _prepare(self) -> None:
        """Work out what is drawn, which doesn't hang on the size."""

    def high_for(self, width: int) -> int:
        """Return the height that a width needs."""
        raise NotImplementedError

    def _place(self, point: QPointF) -> int:
        """Return the flat place under a point, -1 for none."""
        raise NotImplementedError

    def _step(self, right: int, down: int) -> int:
        """Return the flat place beside the one that is pointed at."""
        raise NotImplementedError

    def sizeHint(self) -> QSize:
        return QSize(200, self.high_for(200))

    def heightForWidth(self, width: int) -> int:
        return -1 if self.whole else self.high_for(width)

    def _fit(self) -> None:
        """Ask for the height that the width needs; a scroll area gives it only to what insists on it."""
        if self.whole:
            self.setFixedHeight(self.high_for(max(self.width(), 1)))
        else:
            self.updateGeometry()

    def _tell(self) -> None:
        if self.reading is None:
            return
        if self.at >= 0:
            self.pointed.emit(self.words(self.at), True)
        else:
            said = self.tr("Strongest: {}").format(self.words(strongest(self.reading)))
            self.pointed.emit(said, False)

    def _point(self, place: int) -> None:
        if place != self.at:
            self.at = place
            self.update()
            self._tell()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.reading is not None and self.whole:
            self._fit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.reading is not None:
            self._point(self._place(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key
        ways = {
            key.Key_Left: (-1, 0),
            key.Key_Right: (1, 0),
            key.Key_Up: (0, -1),
            key.Key_Down: (0, 1),
        }
        way = ways.get(key(event.key()))
        if way is None or self.reading is None:
            super().keyPressEvent(event)
            return
        self._point(strongest(self.reading) if self.at < 0 else self._step(*way))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        reading: Reading | None = getattr(self, "reading", None)
        if event.type() == QEvent.Type.PaletteChange and reading is not None:
            self._prepare()
            self.update()
