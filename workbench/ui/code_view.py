"""Python source, coloured, to read and to copy."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent
from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from workbench.ui import theme

_PATTERNS = (
    (re.compile(r"\b(class|def|return|from|import|if|else|for|in|with|as|None|True|False|self)\b"), "core"),
    (re.compile(r"\b(nn\.\w+|torch\.\w+|super|Tensor)\b"), "convolution"),
    (re.compile(r"\b\d[\d_.e-]*\b"), "activation"),
    (re.compile(r"'[^']*'|\"[^\"]*\""), "good"),
    (re.compile(r"#.*$"), "muted"),
)


class _Colours(QSyntaxHighlighter):
    """Python's words, names of torch, numbers and strings."""

    def highlightBlock(self, text: str) -> None:
        look = theme.current()
        for pattern, token in _PATTERNS:
            style = QTextCharFormat()
            style.setForeground(look.color(token))
            for match in pattern.finditer(text):
                self.setFormat(match.start(), match.end() - match.start(), style)


class CodeView(QPlainTextEdit):
    """Read-only source."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setReadOnly(True)
        self.setFont(theme.mono(12))
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setAccessibleName(self.tr("Python source of the stack"))
        self._colours = _Colours(self.document())

    def set_source(self, text: str) -> None:
        """Show source, staying where the reader has scrolled to."""
        if text == self.toPlainText():
            return
        at = self.verticalScrollBar().value()
        self.setPlainText(text)
        self.verticalScrollBar().setValue(at)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_colours"):
            self._colours.rehighlight()
