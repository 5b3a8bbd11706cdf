"""Reading what is typed behind a layer's name: numbers in order, params by name, bare choices."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from workbench.layers.base import Layer
from workbench.layers.params import Param, params_of

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?%?")
_SIDES = re.compile(r"-?\d+(?:[x×*]-?\d+)+")
_TUPLE = re.compile(r"(?<=[=\s(])\(\s*(-?\d+(?:\s*,\s*-?\d+)+)\s*,?\s*\)")
_GLUED = re.compile(r"([a-z_]+)([-+.\d].*)")
_FILLER = frozenset({"·", "|", "-", "and", "with"})
_TRUTH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_NONE = frozenset({"none", "null"})


def words_of(text: str) -> list[str]:
    """Split a text into words, small letters; "Conv2d(64, stride=(2, 1))" is "conv2d 64 stride=2x1"."""
    plain = text.strip().lower().removeprefix("nn.")
    plain = _TUPLE.sub(lambda found: re.sub(r"\s*,\s*", "x", found[1]), plain)
    plain = re.sub(r"(?<=\d)\s+×\s+(?=-?\d)", "×", plain)
    plain = re.sub(r"['\"]", "", re.sub(r"[(),;]", " ", re.sub(r"\s*=\s*", "=", plain)))
    return [word for word in plain.split() if word not in _FILLER]


@cache
def fields(layer_type: type[Layer]) -> dict[str, Param]:
    """The params of a layer type, by name."""
    return {param.name: param for param in params_of(layer_type)}


def read(layer_type: type[Layer], words: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Return the params that words set, not yet checked, and the words that set nothing."""
    reader = _Reader(layer_type)
    rest = []
    left = list(words)
    while left:
        taken = reader.take(left)
        if not taken:
            rest.append(left[0])
        del left[: taken or 1]
    return reader.params, rest


class _Reader:
    """Fills params, word by word."""

    def __init__(self, layer_type: type[Layer]) -> None:
        self.params: dict[str, Any] = {}
        self._fields = fields(layer_type)
        self._typed = [self._fields[name] for name in layer_type.typed]

    def take(self, words: list[str]) -> int:
        """Read the first words; return how many, 0 where the first says nothing."""
        word = words[0]
        if "=" in word:
            name, _, value = word.partition("=")
            return 1 if self._set(self._find(name), value) else 0
        if self._choose(word) or self._count_on(word) or self._shorthand(word):
            return 1
        glued = _GLUED.fullmatch(word)
        if glued and self._set(self._find(glued[1]), glued[2]):
            return 1
        if len(words) > 1 and word == "no" and self._switch("no" + words[1]):
            return 2
        if len(words) > 1 and self._set(self._find(word), words[1]):
            return 2
        return 1 if self._switch(word) else 0

    def _count_on(self, word: str) -> bool:
        """A number or a size: it goes to the first typed param that is free and takes it."""
        value = _value(word)
        if value is None:
            return False
        for param in self._typed:
            before = self.params.get(param.name)
            if param.open:
                shape = (*(before or ()), *(value if isinstance(value, tuple) else (value,)))
                if len(shape) <= param.most:
                    self.params[param.name] = shape
                    return True
            elif before is None and self._set(param, word):
                return True
        return False

    def _set(self, param: Param | None, word: str) -> bool:
        """Set a param to a written value, if that is a value of its kind."""
        if param is None:
            return False
        value = _written(param, word)
        if value is _UNFIT:
            return False
        self.params[param.name] = value
        return True

    def _choose(self, word: str) -> bool:
        """A bare choice of one of the params: "same", "last", or its beginning."""
        found = [
            (param.name, choice)
            for param in self._fields.values()
            for choice in param.choices
            if choice == word or (len(word) > 2 and choice.startswith(word))
        ]
        found = [(name, choice) for name, choice in found if choice == word] or found
        if len(found) != 1:
            return False
        self.params[found[0][0]] = found[0][1]
        return True

    def _shorthand(self, word: str) -> bool:
        """What the stack's settings column shows: "/2" is the stride, "×2" the number of layers."""
        name = {"/": "stride", "x": "num_layers", "×": "num_layers"}.get(word[0])
        return name in self._fields and self._set(self._fields[name], word[1:])

    def _switch(self, word: str) -> bool:
        """A switch by its name or the beginning of it: "bi", "nobias", "no-bias"."""
        for value, name in ((True, word), (False, re.sub(r"^no[-_]?", "", word))):
            param = self._find(name)
            if param and param.kind == "bool" and len(name) > 1 and (value or word.startswith("no")):
                self.params[param.name] = value
                return True
        return False

    def _find(self, name: str) -> Param | None:
        """The param with this name, or the only one that begins so: "p" is padding, padding_mode or not."""
        if name in self._fields:
            return self._fields[name]
        found = sorted(key for key in self._fields if name and key.startswith((name, f"is_{name}")))
        alone = found and all(key.startswith(found[0]) for key in found)
        return self._fields[found[0]] if alone else None


_UNFIT = object()


def _written(param: Param, word: str) -> Any:
    """What a word means as value of a param, or `_UNFIT`."""
    if param.optional and word in _NONE:
        return None
    if word in param.choices:
        return word
    if param.kind == "bool":
        return _TRUTH.get(word, _UNFIT)
    value = _value(word)
    if value is None or param.kind in ("choice", "text", "section"):
        return _UNFIT
    if isinstance(value, tuple):
        if len(value) > param.most:
            return _UNFIT
        return value[0] if not param.open and len(set(value)) == 1 else value
    return (value,) if param.open else value


def _value(word: str) -> int | float | tuple[int, ...] | None:
    """A written number, percentage or size (3x3), or None."""
    if len(word) > 300:
        return None
    if _SIDES.fullmatch(word):
        return tuple(map(int, re.split("[x×*]", word)))
    if not _NUMBER.fullmatch(word):
        return None
    if word.endswith("%"):
        return float(word[:-1]) / 100
    return float(word) if set(word) & set(".e") else int(word)
