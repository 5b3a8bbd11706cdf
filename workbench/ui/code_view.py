"""Python source, coloured, to read and to copy."""

from __future__ import annotations

import re
import sys

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from workbench.ui import theme

_PATTERNS = (
    (re.compile(r"\b(class|def|return|from|import|if|else|for|in|with|as|None|True|False|self)\b"), "core"),
    (re.compile(r"\b(nn\.\w+|torch\.\w+|super|Tensor)\b"), "convolution"),
    (re.compile(r"\b\d[\d_.e-]*\b"), "activation"),
    (re.compile(r"'[^']*'|\"[^\"]*\""), "good"),
    (re.compile(r"#.*$"), "muted"),
)

_QUOTES = '"""'
_DOCSTRING = 1
"""State of a line that ends within a docstring."""

STRETCH = 150
"""Lines that are coloured at once."""


class _Colours(QSyntaxHighlighter):
    """Python's words, names of torch, numbers and strings; of a long source a stretch at a time."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._reach = STRETCH
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._go_on)

    def begin(self) -> None:
        """Colour the start of what comes, and the rest bit by bit."""
        self._reach = STRETCH
        self._timer.start()

    def _go_on(self) -> None:
        block = self.document().findBlockByNumber(self._reach)
        self._reach += STRETCH
        while block.isValid() and block.blockNumber() < self._reach:
            self.rehighlightBlock(block)
            block = block.next()
        if not block.isValid():
            self._reach = sys.maxsize
            self._timer.stop()

    def highlightBlock(self, text: str) -> None:
        if self.currentBlock().blockNumber() >= self._reach:
            return
        look = theme.current()
        inside, start = self.previousBlockState() == _DOCSTRING, 0
        if inside:
            end = text.find(_QUOTES)
            start = len(text) if end < 0 else end + len(_QUOTES)
        for pattern, token in _PATTERNS:
            style = QTextCharFormat()
            style.setForeground(look.color(token))
            for match in pattern.finditer(text, start):
                self.setFormat(match.start(), match.end() - match.start(), style)
        style = QTextCharFormat()
        style.setForeground(look.color("good"))
        self.setFormat(0, start, style)
        opened = inside and start == len(text) and not text.endswith(_QUOTES)
        if text.count(_QUOTES, start) % 2:
            opened, start = True, text.rfind(_QUOTES)
            self.setFormat(start, len(text) - start, style)
        self.setCurrentBlockState(_DOCSTRING if opened else -1)


class CodeView(QPlainTextEdit):
    """Read-only source."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setReadOnly(True)
        self.setFont(theme.mono(12))
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setAccessibleName(self.tr("Python source of the stack"))
        self._lines: list[str] = []
        self._colours = _Colours(self.document())

    def set_source(self, text: str) -> None:
        """Show source, staying where the reader has scrolled to.

        Only lines that differ are written and coloured anew: a long stack's source is long too.
        """
        old, new = self._lines, text.split("\n")
        if new == old:
            return
        self._lines = new
        at, along = self.verticalScrollBar().value(), self.horizontalScrollBar().value()
        differing = changes(old, new) if old else []
        if not old or sum(len(lines) for _, _, lines in differing) > STRETCH:
            self._colours.begin()
            self.setPlainText(text)
        else:
            for start, stop, lines in reversed(differing):
                self._replace(start, stop, lines)
        self.verticalScrollBar().setValue(at)
        self.horizontalScrollBar().setValue(along)

    def _replace(self, start: int, stop: int, lines: list[str]) -> None:
        """Put lines in the place of those from ``start`` to before ``stop``."""
        document = self.document()
        first, last = document.findBlockByNumber(start), document.findBlockByNumber(stop)
        keep, move = QTextCursor.MoveMode.KeepAnchor, QTextCursor.MoveOperation
        cursor = QTextCursor(document)
        if last.isValid():
            cursor.setPosition(first.position())
            cursor.setPosition(last.position(), keep)
            cursor.insertText("".join(f"{line}\n" for line in lines))
            return
        # To the end: the line break that goes with these lines is the one before them.
        cursor.movePosition(move.End)
        if first.isValid():
            cursor.setPosition(max(0, first.position() - 1))
            cursor.movePosition(move.End, keep)
        cursor.insertText(("\n" if start and lines else "") + "\n".join(lines))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_colours"):
            self._colours.begin()
            self._colours.rehighlight()


def changes(old: list[str], new: list[str]) -> list[tuple[int, int, list[str]]]:
    """Return what turns some lines into others: (first line, line after the last, the lines instead).

    Single lines that differ at the start and at the end are found, and one stretch between, in O(n).
    """
    head, start = _alike(old, new)
    rest = min(len(old), len(new)) - start
    tail, stop = _alike(old[::-1][:rest], new[::-1][:rest])
    found = [(place, place + 1, [new[place]]) for place in head]
    if start < max(len(old), len(new)) - stop:
        found.append((start, len(old) - stop, new[start : len(new) - stop]))
    found += [(len(old) - 1 - place, len(old) - place, [new[-1 - place]]) for place in reversed(tail)]
    return found


def _alike(old: list[str], new: list[str]) -> tuple[list[int], int]:
    """Single lines that differ before the first two in a row that do, and where those are."""
    differ: list[int] = []
    shorter = min(len(old), len(new))
    for place in range(shorter):
        if old[place] == new[place]:
            continue
        if place + 1 >= shorter or old[place + 1] != new[place + 1]:
            return differ, place
        differ.append(place)
    return differ, shorter
