"""Lines of generated code: values as literals, calls wrapped as formatters do it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbench.layers import TensorSpec

WIDTH = 100
"""Characters that a line has at most."""


def literal(value: Any) -> str:
    """Return a number, string, boolean, None or a tuple of them as source, strings in double quotes."""
    if isinstance(value, tuple):
        inner = ", ".join(map(literal, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    text = repr(value)
    if isinstance(value, str) and '"' not in text:
        return f'"{text[1:-1]}"'
    return text


def call_lines(indent: str, head: str, args: Sequence[str], tail: str = "") -> list[str]:
    """Return ``head(args)tail``: on one line, with the arguments on one of their own, or one a line."""
    inner = ", ".join(args)
    whole = f"{indent}{head}({inner}){tail}"
    if len(whole) <= WIDTH:
        return [whole]
    opened, closed = f"{indent}{head}(", f"{indent}){tail}"
    if len(indent) + 4 + len(inner) <= WIDTH:
        return [opened, f"{indent}    {inner}", closed]
    return [opened, *(f"{indent}    {arg}," for arg in args), closed]


def shape_text(spec: TensorSpec) -> str:
    """Return a shape as PyTorch's documentation writes it: ``(batch, 3, 32, 32)``."""
    sides = ", ".join(map(str, ("batch", *spec.shape)))
    comma = "" if spec.shape else ","
    return f"({sides}{comma})" + ("" if spec.dtype == "float32" else f" {spec.dtype}")


def comment(text: str, indent: str) -> str:
    """Return a comment line of what a person wrote: in one line, of what can be printed, cut if too long."""
    said = "".join(c for c in " ".join(text.split()) if c.isprintable())
    room = WIDTH - len(indent) - 2
    return f"{indent}# {said if len(said) <= room else said[: room - 1] + '…'}"
