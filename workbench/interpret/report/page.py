"""Sections with a picture, a note and a table each, as one HTML file without scripts or links."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2.5rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.6rem; margin-bottom: .2rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .3rem; }
p { margin: .2rem 0 .8rem; color: GrayText; } pre { overflow-x: auto; font-size: 13px; }
img { max-width: 100%; border: 1px solid rgba(128, 128, 128, .35); border-radius: 8px; }
table { border-collapse: collapse; font-size: 14px; }
td { padding: .15rem 1.2rem .15rem 0; vertical-align: top; } td:first-child { color: GrayText; }
"""


@dataclass(frozen=True)
class Section:
    """A part of a report. ``picture``: SVG or PNG; ``rows``: of a table, a name and a value each."""

    title: str
    note: str = ""
    picture: bytes = b""
    rows: Sequence[tuple[str, str]] = ()
    text: str = ""
    """Lines that keep their breaks, such as rules."""


def page(title: str, subtitle: str, sections: Sequence[Section]) -> str:
    """Return the whole page. Pictures lie in it, as images: nothing in them runs, and nothing is fetched."""
    parts = "".join(_section(section) for section in sections)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>\n'
        f"<body><h1>{escape(title)}</h1><p>{escape(subtitle)}</p>\n{parts}</body></html>\n"
    )


def _section(section: Section) -> str:
    title = escape(section.title)
    found = [f"<section><h2>{title}</h2>"]
    if section.note:
        found.append(f"<p>{escape(section.note)}</p>")
    if section.picture:
        kind = "png" if section.picture.startswith(b"\x89PNG") else "svg+xml"
        content = base64.b64encode(section.picture).decode()
        found.append(f'<img alt="{title}" src="data:image/{kind};base64,{content}">')
    if section.text:
        found.append(f"<pre>{escape(section.text)}</pre>")
    if section.rows:
        rows = "".join(f"<tr><td>{escape(n)}</td><td>{escape(v)}</td></tr>" for n, v in section.rows)
        found.append(f"<table>{rows}</table>")
    return "".join([*found, "</section>\n"])
