"""The difference of two runs as JSON and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from workbench.runs.compare import Difference, Mark, Pair, StackLine

SIGNS: dict[Mark, str] = {"same": " ", "changed": "~", "added": "+", "removed": "-", "moved": "↕"}


def to_json(found: Difference) -> dict[str, Any]:
    """Return plain objects: of the stack, the layers that differ."""
    return {
        "left": found.left,
        "right": found.right,
        "settings": [asdict(pair) for pair in found.settings],
        "stack": [asdict(line) for line in found.changed_layers],
        "figures": [asdict(pair) for pair in found.figures],
        "about": [asdict(pair) for pair in found.about if not pair.same],
    }


def to_markdown(found: Difference) -> str:
    """Return tables, and the stack as a diff; what is alike is left out, but for figures."""
    heads = (f"run {found.left}", f"run {found.right}")
    parts = [f"# Run {found.left} and run {found.right}"]
    parts += ["## Figures", _table(("figure", *heads), found.figures)]
    parts += ["## Settings", _table(("setting", *heads), found.settings)]
    stack = [text for line in found.changed_layers for text in diff_lines(line)]
    parts += ["## Stack", "\n".join(["```diff", *stack, "```"]) if stack else "No layer differs."]
    about = [pair for pair in found.about if not pair.same]
    parts += ["## Trained with", _table(("", *heads), about)]
    return "\n\n".join(parts) + "\n"


def diff_lines(line: StackLine) -> list[str]:
    """Return a layer as the lines of a diff."""
    if line.mark == "same":
        return [f"  {line.layer}: {line.right}"]
    if line.mark == "moved" and line.left == line.right:
        return [f"! {line.layer}: {line.right} (moved)"]
    lines = [f"- {line.layer}: {line.left}"] if line.left else []
    return [*lines, *([f"+ {line.layer}: {line.right}"] if line.right else [])]


def shown(value: Any) -> str:
    """Return a value as people read it; – where there is none."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    return ", ".join(map(shown, value)) if isinstance(value, list | tuple) else str(value)


def _table(heads: Sequence[str], pairs: Iterable[Pair]) -> str:
    rows = [(pair.name, shown(pair.left), shown(pair.right)) for pair in pairs]
    if not rows:
        return "Nothing differs."
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
