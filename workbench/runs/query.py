"""Runs as a person asks for them: those that words and conditions hold for, in the order of a column."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from workbench.runs.info import RunInfo
from workbench.runs.lookup import Values, value_of

_WORDS = re.compile(r'(?:"[^"]*"?|[^\s"])+')
_CONDITION = re.compile(r"([A-Za-z_][\w.]*)(<=|>=|!=|<|>|=)(.*)", re.DOTALL)
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_SEARCHED = ("id", "state", "tags", "notes", "device", "parent")


@dataclass(frozen=True)
class Query:
    """Words, all of which a run must hold.

    A word is looked for in id, state, tags, notes and device, whatever its case; ``"two words"`` are one.
    ``key=value`` (and ``!=  <  <=  >  >=``) asks what `value_of` says of the key, of a tag too.
    ``-word`` must not hold. Anything can be asked: what makes no sense holds for no run.
    """

    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Self:
        """Read a query as it is typed."""
        return cls(tuple(_WORDS.findall(text)))

    def matches(self, info: RunInfo) -> bool:
        """Whether all words hold for a run."""
        return all(_holds(info, word) for word in self.words)


def arranged(
    runs: Sequence[RunInfo], query: str = "", key: str = "id", *, descending: bool = False
) -> list[RunInfo]:
    """Return the runs that a query holds for, by a key's value; those without one last, either way."""
    wanted = Query.of(query)
    found = [(value_of(run, key), run) for run in runs if wanted.matches(run)]
    known = [(_rank(value), run) for value, run in found if not _missing(value)]
    known.sort(key=lambda pair: pair[0], reverse=descending)
    return [run for _, run in known] + [run for value, run in found if _missing(value)]


def _missing(value: Values) -> bool:
    return value is None or value in ("", ()) or (isinstance(value, float) and math.isnan(value))


def _rank(value: Values) -> tuple[bool, Any]:
    """Numbers as numbers, before text."""
    if isinstance(value, int | float):
        return False, value
    return True, " ".join(value).casefold() if isinstance(value, tuple) else str(value).casefold()


def _holds(info: RunInfo, word: str) -> bool:
    if word.startswith("-") and len(word) > 1:
        return not _holds(info, word[1:])
    condition = _CONDITION.fullmatch(word)
    if condition is None:
        sought = word.replace('"', "").casefold()
        return any(sought in text for key in _SEARCHED for text in _texts(value_of(info, key)))
    key, sign, wanted = condition.groups()
    return _compares(value_of(info, key), sign, wanted.replace('"', ""))


def _texts(value: Values) -> list[str]:
    if value is None:
        return []
    return [str(part).casefold() for part in (value if isinstance(value, tuple) else (value,))]


def _compares(value: Values, sign: str, wanted: str) -> bool:
    number = _number(wanted)
    if sign in ("=", "!="):
        if isinstance(value, int | float) and not isinstance(value, bool) and number is not None:
            equal = value == number
        else:
            equal = wanted.casefold() in _texts(value)
        return equal == (sign == "=")
    if isinstance(value, int | float) and number is not None:
        return _ORDER[sign](value, number)
    return isinstance(value, str) and number is None and _ORDER[sign](value.casefold(), wanted.casefold())


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
