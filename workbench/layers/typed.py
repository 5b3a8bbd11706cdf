"""Layers as people type them: "conv 64 3 s2 same", "lstm 128 bi", "drop .3"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import takewhile
from typing import Any, NamedTuple, get_args

from pydantic import ValidationError

from workbench.errors import UserError
from workbench.layers.base import Group, Layer, short
from workbench.layers.catalogue import CATALOGUE
from workbench.layers.faults import first_fault, written
from workbench.layers.params import Param, params_of
from workbench.layers.typed_args import fields, read, words_of


class Suggestion(NamedTuple):
    """A layer that a text may mean."""

    type: str
    params: dict[str, Any]
    """What was typed for it; checked, unless there is an error."""
    label: str
    """The layer as it would best be typed: "Conv2d  64 · 3×3 · stride 2"."""
    rest: str = ""
    """The words that weren't understood."""
    error: str = ""
    """Why the layer can't be made with these params, in plain words."""


def suggestions(text: str, limit: int = 12) -> tuple[Suggestion, ...]:
    """Return the layers that a text may mean, best first, at most ``limit``.

    A name is matched whole, then by its beginning, then by a part, then by letters in order ("cnv"). An
    empty text suggests the whole catalogue, in the order of groups.
    """
    words = words_of(text)
    if not words:
        return tuple(_suggestion(name, []) for name in _by_group())
    return tuple(_suggestion(match.type, match.args) for match in _matches(words)[:limit])


def parse(text: str) -> Layer:
    """Return the layer that a text means. Raises `UserError` with what can be typed instead."""
    words = words_of(text)
    matches = _matches(words) if words else []
    if not matches or matches[0].level == _LETTERS:
        near = f"Did you mean {CATALOGUE[matches[0].type].words[0]}? " if matches else ""
        raise UserError(
            f"no layer is called {text.strip()[:40]!r}." if words else "no layer was typed.",
            remedy=f"{near}Type a name and its numbers, such as 'conv 64 3' or 'lstm 128 bi'.",
        )
    best = _suggestion(matches[0].type, matches[0].args)
    if best.error:
        raise UserError(best.error, place=best.type, remedy=_usage(best.type))
    if best.rest:
        raise UserError(f"{best.rest!r} is not understood.", place=best.type, remedy=_usage(best.type))
    return CATALOGUE[best.type].model_validate(best.params)


def label(layer: Layer) -> str:
    """The layer as it would best be typed; `parse` reads it back."""
    own = type(layer)
    options = fields(own)
    given = [(options[name], getattr(layer, name)) for name in own.typed]
    while len(given) > 1 and given[-1][1] == given[-1][0].default == 1:
        given.pop()
    shown = [_number(value, param.most) for param, value in given]
    for name, param in options.items():
        value = getattr(layer, name)
        if name not in own.typed and not param.required and value != param.default:
            shown.append(_option(name, value, options))
    return f"{own.__name__}  {' · '.join(shown)}".rstrip()


class _Match(NamedTuple):
    level: int
    length: int
    """Letters of the name that matched, or that the match spans: the shorter the likelier."""
    order: int
    type: str
    args: list[str]


_WHOLE, _BEGINNING, _PART, _LETTERS = range(4)


def _matches(words: list[str]) -> list[_Match]:
    """The layer types that the first words name, best first, with the words that are left for params."""
    # A name may be typed in several words, "max pool 2d"; a number by itself is no part of it.
    named = 1 + sum(1 for _ in takewhile(lambda word: re.search(r"[a-z]", word, re.I), words[1:3]))
    for count in range(named, 0, -1):
        head, args = _bare("".join(words[:count])), words[count:]
        if any(head in names for names in _names().values()):
            break
    found = list(_named(head, args))
    if not found:
        glued = re.fullmatch(r"([a-z]+)([\d.].*)", head)
        if glued:
            found = list(_named(glued[1], [glued[2], *args]))
    if any(match.level < _LETTERS for match in found):
        found = [match for match in found if match.level < _LETTERS]
    return sorted(found, key=lambda match: match[:3])


def _named(head: str, args: list[str]) -> Iterator[_Match]:
    if len(head) > 40:
        return
    letters = re.compile(".*?".join(map(re.escape, head)))
    for order, (name, names) in enumerate(_names().items()):
        begun = [len(word) for word in names if word.startswith(head)]
        if head in names:
            yield _Match(_WHOLE, 0, order, name, args)
        elif begun:
            yield _Match(_BEGINNING, min(begun), order, name, args)
        elif any(head in word for word in names):
            yield _Match(_PART, 0, order, name, args)
        elif len(head) > 1:
            spans = [len(found[0]) + len(word) for word in names if (found := letters.search(word))]
            if spans:
                yield _Match(_LETTERS, min(spans), order, name, args)


@cache
def _names() -> dict[str, tuple[str, ...]]:
    """For each type what it is called, in small letters without hyphens."""
    return {name: (*map(_bare, item.words), _bare(name)) for name, item in CATALOGUE.items()}


@cache
def _by_group() -> tuple[str, ...]:
    groups = get_args(Group)
    return tuple(sorted(CATALOGUE, key=lambda name: groups.index(CATALOGUE[name].group)))


def _bare(word: str) -> str:
    return re.sub(r"[-_]", "", word.lower())


def _suggestion(name: str, args: list[str]) -> Suggestion:
    layer_type = CATALOGUE[name]
    raw, rest = read(layer_type, args)
    try:
        layer = layer_type.model_validate(raw)
    except ValidationError as error:
        said = _error(error, raw, layer_type)
        return Suggestion(name, raw, f"{name}  {' '.join(args)}".rstrip(), " ".join(rest), said)
    return Suggestion(name, {key: getattr(layer, key) for key in raw}, label(layer), " ".join(rest))


def _error(error: ValidationError, raw: dict[str, Any], layer_type: type[Layer]) -> str:
    fault = first_fault(error, raw)
    first = fault.path[0]
    if first not in raw:
        return f"{first} is needed. {fields(layer_type)[str(first)].help}"
    return f"{written(fault.path)} {fault.text}."


def _number(value: object, most: int) -> str:
    """A typed param: all sides of a size, floats in full."""
    if isinstance(value, float):
        return repr(value)
    return short((value,) * most if most in (2, 3) and not isinstance(value, tuple) else value)


def _option(name: str, value: object, options: dict[str, Param]) -> str:
    if isinstance(value, bool):
        return name if value else f"no{name}"
    if isinstance(value, str):
        homes = [param.name for param in options.values() if value in param.choices]
        return value if homes == [name] else f"{name} {value}"
    return f"{name} {_number(value, 1)}"


def _usage(name: str) -> str:
    layer_type = CATALOGUE[name]
    typed = [param for param in params_of(layer_type) if param.name in layer_type.typed]
    named = [param.name for param in params_of(layer_type) if param.name not in layer_type.typed]
    first = " ".join([layer_type.words[0], *(param.name.upper() for param in typed)])
    return f"Type '{first}'" + (f", then any of {', '.join(named)} by name." if named else ".")
