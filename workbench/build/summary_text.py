"""The summary table as text, CSV and Markdown."""

from __future__ import annotations

import csv
import io
import re

from workbench.build.summary import Summary, SummaryRow
from workbench.layers import TensorSpec

_HEADINGS = ("id", "type", "settings", "input", "output", "params", "FLOPs", "share")
_RIGHT = frozenset({"params", "FLOPs", "share"})
_NARROWEST = 8
_GAP = 2


def as_text(summary: Summary, width: int = 120) -> str:
    """Return the table for a terminal of ``width`` characters, blocks indented, and the totals.

    Where it doesn't fit, settings are cut, then inputs, to eight characters; then inputs are left out, then
    types and ids cut. Figures are never cut, so a very narrow table stays wider than asked.
    """
    table = [_HEADINGS, *(_cells(row) for row in summary.rows)]
    sizes = [max(map(len, column)) for column in zip(*table, strict=True)]
    over = _shrink(sizes, ("settings", "input"), width)
    columns = [number for number, name in enumerate(_HEADINGS) if name != "input" or over == 0]
    sizes = [size if number in columns else -_GAP for number, size in enumerate(sizes)]
    _shrink(sizes, ("type", "id"), width)
    lines = []
    for cells in table:
        fitted = ((_cut(cells[n], sizes[n]), sizes[n], _HEADINGS[n] in _RIGHT) for n in columns)
        shown = [cell.rjust(size) if right else cell.ljust(size) for cell, size, right in fitted]
        lines.append((" " * _GAP).join(shown).rstrip())
    rule = "─" * _whole(sizes)
    facts = _totals(summary)
    longest = max(len(name) for name, _ in facts)
    ends = [f"{name.ljust(longest)}  {value}" for name, value in facts]
    return "\n".join([lines[0], rule, *lines[1:], rule, *ends]) + "\n"


def _whole(sizes: list[int]) -> int:
    return sum(sizes) + _GAP * (len(sizes) - 1)


def _shrink(sizes: list[int], names: tuple[str, ...], width: int) -> int:
    """Narrow columns, in place, until the table fits; return how many characters it still has too many."""
    for name in names:
        at = _HEADINGS.index(name)
        sizes[at] = max(min(sizes[at], _NARROWEST), sizes[at] - max(0, _whole(sizes) - width))
    return max(0, _whole(sizes) - width)


def as_csv(summary: Summary) -> str:
    """Return a line a layer under a header, for spreadsheets: plain numbers, and the block's path.

    Blocks and totals have no lines of their own, so that columns add up. ``share`` is of all parameters.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        (
            "id",
            "type",
            "block",
            "settings",
            "inputs",
            "output",
            "params",
            "trainable",
            "flops",
            "mult_adds",
            "share",
        )
    )
    for row in summary.rows:
        if row.kind == "layer":
            shapes = (" ".join(map(_sides, row.inputs)), _sides(row.output))
            figures = (row.params, row.trainable, row.flops, row.mult_adds, f"{row.share:.6f}")
            writer.writerow((row.id, row.type, row.block, row.settings, *shapes, *figures))
    return text.getvalue()


def as_markdown(summary: Summary) -> str:
    """Return a table for GitHub and its like, blocks in bold, and the totals as a list."""
    lines = ["| " + " | ".join(_HEADINGS) + " |"]
    lines.append("|" + "|".join(" ---: " if name in _RIGHT else " --- " for name in _HEADINGS) + "|")
    for row in summary.rows:
        indent = "&nbsp;" * 4 * row.depth
        cells = [_escaped(cell.strip()) for cell in _cells(row)]
        if row.kind == "block":
            cells = [f"**{cell}**" if cell else "" for cell in cells]
        lines.append(f"| {indent}" + " | ".join(cells) + " |")
    facts = [f"- {name}: {_escaped(value)}" for name, value in _totals(summary)]
    return "\n".join([*lines, "", *facts]) + "\n"


def _cells(row: SummaryRow) -> tuple[str, ...]:
    inputs = " + ".join(map(_shape, row.inputs))
    flops = "–" if row.flops is None else _figure(row.flops)
    head = ("  " * row.depth + row.id, _line(row.type), _line(row.settings), inputs, _shape(row.output))
    return (*head, _figure(row.params), flops, f"{row.share:.1%}" if row.params else "")


def _totals(summary: Summary) -> list[tuple[str, str]]:
    both = summary.forward_bytes + summary.backward_bytes
    kept = f"{_megabytes(summary.forward_bytes)} forward + {_megabytes(summary.backward_bytes)} backward"
    return [
        ("Layers", f"{summary.layers:,}"),
        ("Parameters", f"{summary.params:,}"),
        ("Trainable parameters", f"{summary.trainable:,}"),
        ("FLOPs, forward, one sample", f"{summary.flops:,} ({summary.mult_adds:,} multiply-adds)"),
        ("Size of parameters, float32", _megabytes(summary.params_bytes)),
        ("Size of activations, one sample", f"{_megabytes(both)} at most ({kept})"),
    ]


def _figure(number: int) -> str:
    """A count, nothing for none: most layers of a deep stack have no parameters."""
    return f"{number:,}" if number else ""


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.2f} MB"


def _shape(spec: TensorSpec | None) -> str:
    return "–" if spec is None else str(spec)


def _sides(spec: TensorSpec | None) -> str:
    return "" if spec is None else str(spec).replace("×", "x")


def _line(text: str) -> str:
    """What a person wrote, in one line."""
    return " ".join(text.split())


def _cut(text: str, size: int) -> str:
    return text if len(text) <= size else text[: size - 1] + "…"


def _escaped(text: str) -> str:
    """Text that Markdown shows as it is."""
    marked = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_\[\]|~#$])", r"\\\1", marked)
