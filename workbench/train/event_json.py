"""Events from JSON: what one process wrote with `to_json`, another reads."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

import numpy as np

from workbench.train.events import Event

_KINDS: Mapping[str, type[Event]] = {event.kind: event for event in get_args(Event)}

_Read = Callable[[Any], Any]


def event_from_json(raw: Any) -> Event:
    """Return the event that ``raw``, with its keys and in JSON's types, was made of.

    It is equal to the first, but for numbers that are not finite: JSON has none, so they all come back as
    nan, or as None where a number may be missing. Raises `ValueError` for anything that is no event.
    """
    kind = _KINDS.get(str(raw.get("event"))) if isinstance(raw, dict) else None
    if kind is None:
        raise ValueError("it is no event")
    values = {key: value for key, value in raw.items() if key != "event"}
    return cast(Event, _made(kind, values))


def _made(kind: type, raw: Any) -> Any:
    wanted = _readers(kind)
    if not isinstance(raw, dict) or raw.keys() != wanted.keys():
        raise ValueError(f"it is no {kind.__name__}")
    return kind(**{name: read(raw[name]) for name, read in wanted.items()})


@cache
def _readers(kind: type) -> Mapping[str, _Read]:
    hints = get_type_hints(kind)
    return {field.name: _reader(hints[field.name]) for field in fields(kind)}


def _reader(hint: Any) -> _Read:
    """Return the function from JSON to a value of this type."""
    origin, parts = get_origin(hint), get_args(hint)
    if is_dataclass(hint):
        return lambda raw: _made(cast(type, hint), raw)
    if origin is np.ndarray:
        (dtype,) = get_args(parts[1])
        number = _plain(float if issubclass(dtype, np.floating) else int)
        return lambda raw: np.array([number(item) for item in _list(raw)], dtype)
    if origin in (types.UnionType, Union):
        return _any_of([_reader(part) for part in parts])
    if origin is tuple and parts[-1] is Ellipsis:
        item = _reader(parts[0])
        return lambda raw: tuple(item(value) for value in _list(raw))
    if origin is tuple:
        items = [_reader(part) for part in parts]
        return lambda raw: tuple(read(value) for read, value in zip(items, _list(raw), strict=True))
    if origin is not None and issubclass(origin if isinstance(origin, type) else object, Mapping):
        value = _reader(parts[1])
        return lambda raw: {_plain(str)(key): value(item) for key, item in _dict(raw).items()}
    if origin is Literal:
        return lambda raw: _one_of(raw, parts)
    return _plain(hint)


def _plain(kind: type) -> _Read:
    def read(raw: Any) -> Any:
        if kind is float and raw is None:
            return float("nan")
        if kind is float and isinstance(raw, int) and not isinstance(raw, bool):
            return float(raw)
        if type(raw) is not kind:
            raise ValueError(f"{raw!r} is no {kind.__name__}")
        return raw

    return read


def _any_of(readers: list[_Read]) -> _Read:
    """Of a union's types, the last to say so are the most particular: a missing number is None, no nan."""

    def read(raw: Any) -> Any:
        for reader in reversed(readers):
            try:
                return reader(raw)
            except ValueError:
                continue
        raise ValueError(f"{raw!r} is of none of the types")

    return read


def _one_of(raw: Any, choices: tuple[Any, ...]) -> Any:
    if raw not in choices:
        raise ValueError(f"{raw!r} is not one of {choices}")
    return raw


def _list(raw: Any) -> list[Any]:
    if not isinstance(raw, list):
        raise ValueError(f"{raw!r} is no list")
    return raw


def _dict(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise ValueError(f"{raw!r} is no object")
    return raw
