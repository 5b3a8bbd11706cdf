"""Ranges as people type them: ``1e-5..1e-1 log``, ``16..256 step 16``, ``SGD, Adam``."""

from __future__ import annotations

import json
import re
from typing import Any

from pydantic import ValidationError

from workbench.errors import UserError
from workbench.graph.search import Choices, FloatRange, IntRange, Range, Value
from workbench.layers.params import Param

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_RANGE = re.compile(
    rf"(?P<low>{_NUMBER})\s*(?:\.\.\.?|…|\bto\b)\s*(?P<high>{_NUMBER})(?P<log>\s+log)?(?:\s+step\s+(?P<step>{_NUMBER}))?"
)
_SIZE = re.compile(r"\d+(?:\s*[x×]\s*\d+)+")


def parse(text: str, param: Param) -> Range:
    """Return the range that a text means for a setting. Raises `UserError` with an example."""
    found = _RANGE.fullmatch(text.strip())
    try:
        if found:
            return _range(found, param)
        return Choices(values=tuple(_value(part, param) for part in text.split(",") if part.strip()))
    except ValidationError as error:
        line = error.errors()[0]
        said = str(line.get("ctx", {}).get("error", line["msg"]))
        raise UserError(f"{said[:1].upper()}{said[1:]}.", remedy=f"Write it like {example(param)}.") from None


def written(values: Range) -> str:
    """Return a range as `parse` reads it."""
    if isinstance(values, Choices):
        return ", ".join(shown(value) for value in values.values)
    text = f"{shown(values.low)}..{shown(values.high)}"
    if isinstance(values, IntRange) and values.step > 1:
        text += f" step {values.step}"
    return text + (" log" if values.log else "")


def shown(value: Any) -> str:
    """Return a value as it is typed: 0.001, 1e-5, 3x3, true."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple | list):
        return "x".join(map(str, value))
    if isinstance(value, float):
        return re.sub(
            r"e([-+])0*(\d)", lambda m: f"e{m[1].replace('+', '')}{m[2]}", repr(value)
        ).removesuffix(".0")
    return str(value)


def example(param: Param) -> str:
    """Return what a range of a setting may look like."""
    if param.choices and param.kind in ("choice", "section"):
        return ", ".join(param.choices[:2])
    return {
        "int": "16..256, or 16, 32, 64",
        "float": "1e-5..1e-1 log, or 0.1, 0.2",
        "bool": "true, false",
        "size": "3, 5 or 3x3, 5x5",
    }.get(param.kind, "one, another")


def _range(found: re.Match[str], param: Param) -> Range:
    low, high, step = found["low"], found["high"], found["step"]
    log = bool(found["log"])
    if param.kind == "float":
        if step:
            raise UserError("A range of any numbers takes no step.", remedy="List the values: 0.1, 0.2, 0.3.")
        return FloatRange(low=float(low), high=float(high), log=log)
    if param.kind == "int" or (param.kind == "size" and not param.open):
        return IntRange(low=_whole(low), high=_whole(high), step=_whole(step or "1"), log=log)
    raise UserError(
        "This has no order to go from one end to the other in.", remedy=f"List the values: {example(param)}."
    )


def _whole(text: str) -> int:
    number = float(text)
    if number != int(number):
        raise UserError(f"{text} is no whole number.", remedy="Write it like 16..256.")
    return int(number)


def _value(text: str, param: Param) -> Value:
    text = text.strip()
    if param.kind in ("choice", "section"):
        if text not in param.choices:
            raise UserError(
                f"{text!r} is none of the choices.", remedy=f"There are {', '.join(param.choices)}."
            )
        return text
    if _SIZE.fullmatch(text) and param.kind == "size":
        return tuple(int(side) for side in re.split(r"\s*[x×]\s*", text))
    if param.kind == "text" or (param.kind == "size" and text in param.choices):
        return text
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, bool if param.kind == "bool" else int | float) or (
        isinstance(value, bool) and param.kind != "bool"
    ):
        raise UserError(f"{text!r} is no value of this setting.", remedy=f"Write it like {example(param)}.")
    if param.kind in {"int", "size"}:
        return _whole(text)
    return value if param.kind == "bool" else float(value)
