"""What pydantic found wrong with a value, in plain words and at the value's own path."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

Path = tuple[str | int, ...]


class Fault(NamedTuple):
    """The first thing wrong: where, what, and how many other values are wrong too."""

    path: Path
    text: str
    """A phrase that follows the value's name: "must be 1 or more (it is 0)"."""
    others: int


def first_fault(error: ValidationError, raw: object = None) -> Fault:
    """Return the first fault of what was validated.

    ``raw`` is what was validated. With it, the path is free of the names that pydantic puts in for the
    members of a union, and leads to the value.
    """
    found = [(_path(line, raw), line) for line in error.errors()]
    path, line = found[0]
    alike = [(p, entry) for p, entry in found if p[: len(path)] == path or path[: len(p)] == p]
    path = max((p for p, _ in alike), key=len)
    lines = [entry for p, entry in alike if p == path]
    # Where one member of a union took the kind of value and only its bounds were missed, the rest is noise.
    lines = [entry for entry in lines if entry["type"] not in _WRONG_KIND] or lines
    phrases = list(dict.fromkeys(map(_phrase, lines)))
    text = ", or ".join([phrases[0], *(phrase.removeprefix("must be ") for phrase in phrases[1:])])
    line = lines[0]
    if line["type"] not in _SELF_EXPLAINING:
        text += _shown(line["input"])
    elsewhere = {p for p, _ in found} - {p for p, _ in alike}
    others = [p for p in elsewhere if not any(p != q and q[: len(p)] == p for q in elsewhere)]
    return Fault(path, text, len(others))


def written(path: Path) -> str:
    """A path as people write it: ``model.layers[0].params``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def _path(line: ErrorDetails, raw: object) -> Path:
    """The path through ``raw``; a step that isn't in it names a member of a union."""
    steps = line["loc"]
    if raw is None:
        return tuple(s for s in steps if isinstance(s, int) or not set(s) & set("[-("))
    path: list[str | int] = []
    at = raw
    for number, step in enumerate(steps):
        inner = _inside(at, step)
        last = number == len(steps) - 1
        if inner is not _NOTHING:
            at = inner
        elif not (last and line["type"] in _ABSENT):
            continue
        path.append(step)
    return tuple(path)


_NOTHING = object()


def _inside(at: Any, step: str | int) -> Any:
    """What a step leads to in JSON or a model, or `_NOTHING`."""
    if isinstance(at, BaseModel):
        return getattr(at, str(step), _NOTHING)
    if isinstance(at, Mapping):
        return at.get(step, _NOTHING)
    within = isinstance(at, list | tuple) and isinstance(step, int) and step < len(at)
    return at[step] if within else _NOTHING


def _phrase(line: ErrorDetails) -> str:
    context: Mapping[str, Any] = line.get("ctx") or {}
    kind = line["type"]
    if kind in _PHRASES:
        numbers = {k: f"{v:,.10g}" for k, v in context.items() if isinstance(v, int | float)}
        return _PHRASES[kind].format_map({**context, **numbers})
    text = line["msg"].removeprefix("Value error, ").rstrip(".")
    return text[:1].lower() + text[1:] if text[:2] != text[:2].upper() else text


def _shown(value: object) -> str:
    """The value in brackets, if it is short and flat."""
    if isinstance(value, list | tuple) and len(value) <= 6 and all(map(_is_short, value)):
        return f" (it is [{', '.join(map(_as_json, value))}])"
    return f" (it is {_as_json(value)})" if _is_short(value) else ""


def _as_json(value: object) -> str:
    """A short value as the file would have it; text as Python quotes it, which no terminal chokes on."""
    return repr(value) if isinstance(value, str) else json.dumps(value)


def _is_short(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= 40
    if isinstance(value, int):
        return value.bit_length() <= 64
    return value is None or isinstance(value, float)


_ABSENT = frozenset({"missing", "no_params", "unknown_layer"})
_WRONG_KIND = frozenset(
    {"int_type", "int_parsing", "float_type", "float_parsing", "bool_type", "bool_parsing", "tuple_type"}
    | {"list_type", "literal_error", "string_type", "none_required", "model_type", "dict_type"}
)
_SELF_EXPLAINING = frozenset(
    {"unknown_layer", "layer_id", "duplicate_id", "unknown_input", "extra_forbidden", "missing"}
    | {"no_params", "string_unicode", "union_tag_invalid", "value_error"}
)
_WHOLE = "must be a whole number"
_LIST = "must be a list"
_OBJECT = "must be an object with keys"
_PHRASES: Mapping[str, str] = {
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "greater_than": "must be more than {gt}",
    "less_than": "must be less than {lt}",
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "int_parsing_size": _WHOLE + " that is not so large",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "string_type": "must be text",
    "string_unicode": "must be text in valid Unicode",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "literal_error": "must be {expected}",
    "tuple_type": _LIST,
    "list_type": _LIST,
    "too_short": "must have {min_length} or more items",
    "too_long": "must have at most {max_length} items",
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dict_type": _OBJECT,
    "none_required": "must be null",
    "missing": "this key is missing",
    "extra_forbidden": "this key is not known",
    "union_tag_invalid": "there is no {tag!r}; choose one of {expected_tags}",
    "union_tag_not_found": "the name is missing",
}
