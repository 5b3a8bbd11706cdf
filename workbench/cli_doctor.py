"""What this machine has, and what it lacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.cli_options import Json
from workbench.cli_output import emit, say


def doctor(as_json: Json = False) -> None:
    """Show versions, devices, places and what is missing. Says how to get it."""
    from workbench.doctor import examine

    found = examine()
    if as_json:
        emit(found)
        return
    _show(found)


def _show(found: Mapping[str, Any]) -> None:
    """A line a version, fact and place, and what is missing."""
    for name, version in found["versions"].items():
        say(f"{name:<20} {version or 'missing'}")
    for name, value in found.items():
        if not isinstance(value, dict | list):
            say(f"{name:<20} {value}")
    for place in found["places"]:
        state = f"{place['free_gib']:,} GiB free" if place["writable"] else "can't be written to"
        say(f"{place['what']:<20} {place['path']} ({state})")
    for lack in found["missing"]:
        say(f"missing: {lack['what']}: {lack['why']}. {lack['how']}")
