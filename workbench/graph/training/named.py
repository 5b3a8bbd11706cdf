"""Sections that are chosen by name."""

from __future__ import annotations

from typing import Any

from pydantic_core import PydanticCustomError


def named(value: Any) -> Any:
    """Let a bare name stand for the section with its defaults: ``"SGD"`` is ``{"name": "SGD"}``."""
    if not isinstance(value, str):
        return value
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a pair, as JSON can escape it: no name can be told
        raise PydanticCustomError("string_unicode", "must be text in valid Unicode") from None
    return {"name": value}
