"""A run's tags: short words, each once, that a person sorts runs by."""

from __future__ import annotations

import re
from collections.abc import Iterable

from workbench.errors import UserError

LONGEST = 40


def tags_in(text: str) -> tuple[str, ...]:
    """Return the tags in a text, which spaces or commas part; a leading # is no part of one.

    Raises `UserError` for one that is too long.
    """
    words = (word.lstrip("#") for word in re.split(r"[\s,;]+", text))
    found = tuple(dict.fromkeys(word for word in words if word))
    for word in found:
        if len(word) > LONGEST:
            raise UserError(
                f"the tag '{word[:LONGEST]}…' has {len(word)} letters.",
                remedy=f"A tag has at most {LONGEST}; longer words go into the notes.",
            )
    return found


def retagged(tags: Iterable[str], add: Iterable[str] = (), remove: Iterable[str] = ()) -> tuple[str, ...]:
    """Return tags with some added at the end and some taken away. Raises `UserError`."""
    gone = set(tags_in(" ".join(remove)))
    return tuple(dict.fromkeys(tag for tag in (*tags, *tags_in(" ".join(add))) if tag not in gone))
