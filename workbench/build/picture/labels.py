"""What is written in a picture: title, headings, a row's texts, the names of blocks, the key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from workbench.build.picture import place
from workbench.build.picture.look import Look
from workbench.build.picture.marks import number
from workbench.build.picture.place import DOT, MARGIN, Band, Columns
from workbench.build.picture.rows import PictureRow
from workbench.build.picture.words import MONO, SANS, elided, width, xml

_RISE = 0.355
"""From a line's middle down to where letters stand, as a share of the font size."""


def heading(title: str, totals: str, columns: Columns, look: Look) -> Iterator[str]:
    """The title, the totals, and the columns' headings over a line."""
    yield (
        f'<text x="{MARGIN}" y="48" font-family="{SANS}" font-size="{place.TITLE}" font-weight="600" '
        f'fill="{look.text}">{xml(title)}</text>'
    )
    yield (
        f'<text x="{MARGIN}" y="70" font-family="{SANS}" font-size="{place.NAME}" '
        f'fill="{look.muted}">{xml(totals)}</text>'
    )
    right = number(columns.width - MARGIN)
    yield f'<path d="M{MARGIN} 109.5H{right}" stroke="{look.border}"/>'
    yield (
        f'<g font-family="{SANS}" font-size="{place.HEADING}" font-weight="600" letter-spacing="0.6" '
        f'fill="{look.muted}">'
    )
    named = {"LAYER": columns.types, "SETTINGS": columns.settings, "OUTPUT": columns.output}
    for text, x in named.items():
        yield f'<text x="{number(x)}" y="101">{text}</text>'
    yield f'<text x="{number(columns.end)}" y="101" text-anchor="end">PARAMETERS</text>'
    yield "</g>"


def texts(
    rows: Sequence[PictureRow],
    figures: Sequence[str],
    middles: Sequence[float],
    columns: Columns,
    look: Look,
) -> Iterator[str]:
    """What the rows say, a column after another; what is bypassed is muted."""
    types = [row.title for row in rows]
    inks = [look.problem if row.faulty else look.muted if row.bypass else "" for row in rows]
    plain = [""] * len(rows)
    opened = f'font-family="{SANS}" font-size="{place.TYPE}" font-weight="500" fill="{look.text}"'
    yield from _column(opened, columns.types, types, inks, middles, place.TYPE)
    small = f'font-family="{MONO}" font-size="{place.SMALL}" fill="{look.muted}"'
    yield from _column(small, columns.ids, [row.id for row in rows], plain, middles, place.SMALL)
    mono = f'font-family="{MONO}" font-size="{place.FIGURE}"'
    muted = f'{mono} fill="{look.muted}"'
    room = columns.output - columns.settings - place.GAP + 1
    settings = [elided(row.settings, place.FIGURE, room, mono=True) for row in rows]
    yield from _column(muted, columns.settings, settings, plain, middles, place.FIGURE)
    output = [row.output for row in rows]
    yield from _column(f'{mono} fill="{look.text}"', columns.output, output, inks, middles, place.FIGURE)
    right = f'{muted} text-anchor="end"'
    yield from _column(right, columns.end, figures, plain, middles, place.FIGURE)


def _column(
    opened: str, x: float, cells: Sequence[str], inks: Sequence[str], middles: Sequence[float], size: float
) -> Iterator[str]:
    """Texts under one another; an empty ink is the column's."""
    yield f"<g {opened}>"
    for cell, ink, middle in zip(cells, inks, middles, strict=True):
        if cell:
            fill = f' fill="{ink}"' if ink else ""
            yield f'<text x="{number(x)}" y="{_base(middle, size)}"{fill}>{xml(cell)}</text>'
    yield "</g>"


def band_names(
    bands: Sequence[Band],
    names: Mapping[str, str],
    sums: Mapping[str, int],
    columns: Columns,
    look: Look,
) -> Iterator[str]:
    """A block's name, id and parameters at the top of its band."""
    if not bands:
        return
    middles = [band.top + place.BAND_HEAD / 2 + 2 for band in bands]
    plain = [""] * len(bands)
    own = [names[band.block] for band in bands]
    figures = [f"{sums[band.block]:,}" if sums[band.block] else "" for band in bands]
    ink = f'fill="{look.accent}"'
    opened = f'font-family="{SANS}" font-size="{place.NAME}" font-weight="600" {ink}'
    yield from _column(opened, columns.types, own, plain, middles, place.NAME)
    small = f'font-family="{MONO}" font-size="{place.SMALL}"'
    ids = [band.block for band in bands]
    yield from _column(f'{small} fill="{look.muted}"', columns.ids, ids, plain, middles, place.SMALL)
    right = f'{small} {ink} text-anchor="end"'
    yield from _column(right, columns.end, figures, plain, middles, place.SMALL)


def key(rows: Sequence[PictureRow], look: Look, columns: Columns, top: float) -> tuple[list[str], float]:
    """What the dots' colours mean, and how far down that reaches from ``top``."""
    groups = dict.fromkeys(row.group for row in rows if not (row.folded or row.faulty))
    step = max((width(group, place.SMALL) for group in groups), default=0.0) + 28
    beside = max(1, int((columns.width - 2 * MARGIN + 8) / step))
    lines: list[str] = []
    y = top
    for count, group in enumerate(groups):
        x, y = MARGIN + DOT + step * (count % beside), top + 20 * (count // beside)
        lines.append(f'<circle cx="{number(x)}" cy="{number(y)}" r="4" fill="{look.of(group)}"/>')
        lines.append(f'<text x="{number(x + 10)}" y="{_base(y, place.SMALL)}">{group.capitalize()}</text>')
    opened = f'<g font-family="{SANS}" font-size="{place.SMALL}" fill="{look.muted}">'
    return ([opened, *lines, "</g>"] if lines else []), y - top


def _base(middle: float, size: float) -> str:
    return number(middle + _RISE * size)
