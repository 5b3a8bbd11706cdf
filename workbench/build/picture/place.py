"""Where everything of a picture goes: columns, rows, the bands of blocks. In pixels of the SVG."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from workbench.build.picture.rows import PictureRow
from workbench.build.picture.words import width

MARGIN = 32
ROW = 32
BAND_HEAD = 28
INSET = 10
EDGE = 8
"""Within a band, from its edge to what is in it."""
PAD = 6
GAP = 28
DOT = 5.5
TOP = 118
"""Above the first row: title, totals, headings."""

TITLE, TYPE, NAME, SMALL, FIGURE, HEADING = 20, 13, 12, 11, 12, 10
"""Font sizes."""
BOLD = 1.08
"""How much wider bold text is."""
SETTINGS = 300.0
"""The width at which settings are cut."""


@dataclass(frozen=True)
class Band:
    """A block's ground; ``depth`` is the number of blocks around it."""

    block: str
    depth: int
    top: float
    bottom: float


@dataclass(frozen=True)
class Columns:
    """Left edges of the text columns; ``end`` is the right edge of the figures."""

    trunk: float
    lane: float
    """From one lane to the next."""
    types: float
    ids: float
    settings: float
    output: float
    end: float
    width: float


@dataclass
class Rows:
    """The middle of each row, the bands, and where the rows end."""

    middles: list[float] = field(default_factory=list)
    bands: list[Band] = field(default_factory=list)
    bottom: float = TOP


def columns(
    found: Sequence[PictureRow], names: Mapping[str, str], figures: Sequence[str], least: float
) -> Columns:
    """Return the columns, wide enough for every row. ``least`` is the width that the title takes.

    ``names`` are those of the blocks with bands, ``figures`` the parameters' texts.
    """
    deepest = max((len(row.path) for row in found), default=0)
    lanes = max((c for row in found for c in (*row.lanes.starts, *row.lanes.ends)), default=0)
    lane = min(13.0, max(2.0, 520 / max(lanes, 1)))
    pad = deepest * INSET + (EDGE if deepest else 0)
    trunk = MARGIN + pad + DOT
    types = trunk + lane * lanes + 22
    named = (width(name, NAME) * BOLD for name in names.values())
    ids = types + max((*(width(row.title, TYPE) for row in found), *named), default=0.0) + 14
    settings = ids + _widest((*(row.id for row in found), *names), SMALL) + GAP
    output = settings + min(SETTINGS, max(_widest((row.settings for row in found), FIGURE), 60)) + GAP
    end = output + max(_widest((row.output for row in found), FIGURE), 48) + GAP
    end += max(_widest(figures, FIGURE), 84)
    inner = max(end + pad, MARGIN + least)
    return Columns(trunk, lane, types, ids, settings, output, inner - pad, inner + MARGIN)


def rows(found: Sequence[PictureRow]) -> Rows:
    """Return where the rows lie, one under another with room for the bands of blocks."""
    made = Rows()
    opened: list[tuple[str, float]] = []
    y = float(TOP)

    def close(depth: int, at: float) -> float:
        while len(opened) > depth:
            block, top = opened.pop()
            at += PAD
            made.bands.append(Band(block, len(opened), top, at))
        return at

    for row in found:
        kept = _common([block for block, _ in opened], row.path)
        if kept < max(len(opened), len(row.path)):
            y = close(kept, y) + PAD
        for part in row.path[kept:]:
            opened.append((part, y))
            y += BAND_HEAD
        made.middles.append(y + ROW / 2)
        y += ROW
    made.bottom = close(0, y)
    made.bands.sort(key=lambda band: (band.top, band.depth))
    return made


def _common(opened: Sequence[str], path: Sequence[str]) -> int:
    """How many blocks, from the outermost, go on."""
    pairs = zip(opened, path, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(opened), len(path)))


def _widest(texts: Iterable[str], size: float) -> float:
    return max((width(text, size, mono=True) for text in texts), default=0.0)
