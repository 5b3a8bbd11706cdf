"""Text in a picture: how wide it gets, cutting it to fit, and writing it as XML."""

from __future__ import annotations

import re
import unicodedata
from xml.sax.saxutils import escape

SANS = "Inter, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"
MONO = "'JetBrains Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"

# Widths as shares of the font size, of the widest of the fonts that may stand in (DejaVu Sans), so that
# text never meets the next column wherever the picture is opened.
_SHARES = {
    **dict.fromkeys("ijlI|.,:;'!", 0.35),
    **dict.fromkeys('frt ()[]{}-"`', 0.42),
    **dict.fromkeys("mMWw%@", 0.99),
    **dict.fromkeys("ABCDEFGHKLNOPQRSTUVXYZ&+<>=~#×›·", 0.79),
}
_SANS = 0.64
_MONO = 0.61
_WIDE = 1.0


def width(text: str, size: float, mono: bool = False) -> float:
    """Return how wide text of this font size gets at most, in the size's unit."""
    return size * sum(_mono(c) if mono else _sans(c) for c in text)


def elided(text: str, size: float, room: float, mono: bool = False) -> str:
    """Return text that isn't wider than ``room``, cut with an ellipsis if it must be."""
    if width(text, size, mono) <= room:
        return text
    used = width("…", size, mono)
    for at, character in enumerate(text):
        used += width(character, size, mono)
        if used > room:
            return text[:at].rstrip() + "…"
    return text


def clean(text: str) -> str:
    """Return text as one line, without characters that XML can't hold."""
    return " ".join(_UNFIT.sub("", text).split())


def xml(text: str) -> str:
    """Return text as it stands in XML, within attributes too."""
    return escape(clean(text), {'"': "&quot;"})


_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _sans(character: str) -> float:
    if character < "\x7f":
        return _SHARES.get(character, _SANS)
    return _SHARES.get(character) or _other(character, 0.8)


def _mono(character: str) -> float:
    return _MONO if character < "\x7f" else _other(character, _MONO)


def _other(character: str, usual: float) -> float:
    if unicodedata.combining(character):
        return 0.0
    return _WIDE if unicodedata.east_asian_width(character) in "WF" else usual
