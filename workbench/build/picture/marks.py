"""What is drawn without words: bands, trunk, lanes, dots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbench.build.picture.look import Look
from workbench.build.picture.place import DOT, INSET, MARGIN, ROW, Band, Columns
from workbench.build.picture.rows import PictureRow


def number(value: float) -> str:
    """Return a length as short as it gets: 12, 12.5."""
    return f"{value:.1f}".removesuffix(".0")


def bands(found: Sequence[Band], columns: Columns, look: Look) -> Iterator[str]:
    """The grounds of blocks; a band in a band is darker."""
    if not found:
        return
    yield f'<g fill="{look.accent}" fill-opacity="0.055" stroke="{look.accent}" stroke-opacity="0.3">'
    for band in found:
        left = MARGIN + band.depth * INSET
        wide = columns.width - 2 * left
        # Half a pixel off, so that the line is one pixel wide.
        place = f'x="{number(left + 0.5)}" y="{number(band.top + 0.5)}"'
        size = f'width="{number(wide - 1)}" height="{number(band.bottom - band.top - 1)}"'
        yield f'<rect {place} {size} rx="8"/>'
    yield "</g>"


def trunk(
    rows: Sequence[PictureRow], middles: Sequence[float], columns: Columns, look: Look
) -> Iterator[str]:
    """Lines between rows of which the lower reads the upper, joined where they meet."""
    x = number(columns.trunk)
    path: list[str] = []
    top = 0
    for row in range(1, len(rows) + 1):
        if row < len(rows) and rows[row].lanes.trunk_in:
            continue
        if row - 1 > top:
            path.append(f"M{x} {number(middles[top])}V{number(middles[row - 1])}")
        top = row
    if path:
        yield f'<path d="{"".join(path)}" fill="none" stroke="{look.muted}" stroke-width="1.5"/>'


def lanes(
    rows: Sequence[PictureRow], middles: Sequence[float], columns: Columns, look: Look
) -> Iterator[str]:
    """Links that skip rows: out of the trunk in a curve, down, and back in a curve at each row that reads."""
    opened: dict[int, float] = {}
    path: list[str] = []
    bend = ROW / 2
    x = number(columns.trunk)
    for row, middle in zip(rows, middles, strict=True):
        y = number(middle)
        for column in row.lanes.ends:
            at = number(columns.trunk + columns.lane * column)
            path.append(f"M{x} {y}C{at} {y} {at} {y} {at} {number(middle - bend)}")
            if column not in row.lanes.passing:
                top = opened.pop(column)
                if middle - bend > top:
                    path.append(f"V{number(top)}")
        for column in row.lanes.starts:
            at = number(columns.trunk + columns.lane * column)
            path.append(f"M{x} {y}C{at} {y} {at} {y} {at} {number(middle + bend)}")
            opened[column] = middle + bend
    if path:
        yield (
            f'<path d="{"".join(path)}" fill="none" stroke="{look.merge}" stroke-width="1.6" '
            'stroke-linecap="round"/>'
        )


def dots(rows: Sequence[PictureRow], middles: Sequence[float], columns: Columns, look: Look) -> Iterator[str]:
    """A dot a row in the colour of its group: hollow where bypassed, a square for a collapsed block."""
    yield f'<g stroke="{look.window}" stroke-width="2">'
    for row, middle in zip(rows, middles, strict=True):
        colour = look.problem if row.faulty else look.of(row.group)
        if row.folded:
            corner = f'x="{number(columns.trunk - 6)}" y="{number(middle - 6)}"'
            ink = look.problem if row.faulty else look.accent
            yield f'<rect {corner} width="12" height="12" rx="3" fill="{ink}"/>'
            continue
        paint = (
            f'fill="{look.window}" stroke="{colour}" stroke-width="1.5"' if row.bypass else f'fill="{colour}"'
        )
        centre = f'cx="{number(columns.trunk)}" cy="{number(middle)}"'
        yield f'<circle {centre} r="{DOT if not row.bypass else 4.5}" {paint}/>'
    yield "</g>"
