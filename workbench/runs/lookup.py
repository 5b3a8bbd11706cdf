"""What is known of a run, by name: for sorting, filtering and comparing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workbench.runs.info import RunInfo

Value = str | int | float | bool
Values = Value | tuple[str, ...] | None

_FACTS = frozenset(RunInfo.model_fields) - frozenset(
    ("format", "last", "best", "data", "versions", "git", "process", "parent", "changes", "project")
)
_OTHER_NAMES = {
    "run": "id",
    "tag": "tags",
    "note": "notes",
    "started": "created",
    "speed": "samples_per_second",
}


def value_of(info: RunInfo, key: str) -> Values:
    """Return what a key says of a run; None where it says nothing.

    A key is a field of `RunInfo` (``state``, ``tags``), ``best_loss``, ``best_metric``, ``parent``, ``data``,
    a figure at the best epoch (``val_loss``, ``accuracy``) or the last (``last.accuracy``), or a setting:
    ``optimizer``, ``optimizer.lr``, ``lr``, ``data.split.seed``.
    """
    key = _OTHER_NAMES.get(key, key)
    if key in _FACTS:
        fact: Values = getattr(info, key)
        return fact
    if key == "best_loss":
        return best_loss(info)
    if key == "best_metric":
        found = best_metric(info)
        return found and found[1]
    if key == "parent":
        return info.parent.run if info.parent else None
    if key == "data":
        return info.data.name if info.data else None
    if key in info.best:
        return info.best[key]
    if key.startswith("last."):
        return info.last.get(key.removeprefix("last."))
    return _setting(info, key)


def best_loss(info: RunInfo) -> float | None:
    """Return the lowest loss: the validation split's, where there is one."""
    return info.best.get("val_loss", info.best.get("train_loss"))


def best_metric(info: RunInfo) -> tuple[str, float] | None:
    """Return the first metric at the best epoch, with its name; None without one."""
    metrics = (item for item in info.best.items() if item[0] not in ("val_loss", "train_loss"))
    return next(metrics, None)


def leaves(section: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield dotted paths and values of nested sections; a list is one value."""
    for key, value in section.items():
        here = f"{path}.{key}" if path else key
        if isinstance(value, Mapping):
            yield from leaves(value, here)
        else:
            yield here, value


def _setting(info: RunInfo, key: str) -> Values:
    """A setting of training, or of another section by its whole path; of a section, its name."""
    training = info.project.get("training")
    if not isinstance(training, Mapping):
        return None
    for start in (training, info.project):
        found = _at(start, key)
        if found is not None:
            return found
    ends = [value for path, value in leaves(training) if path.endswith(f".{key}")]
    return _plain(ends[0]) if ends else None


def _at(section: Mapping[str, Any], path: str) -> Values:
    found: Any = section
    for part in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(part)
    return _plain(found)


def _plain(value: Any) -> Values:
    if isinstance(value, Mapping):
        value = value.get("name")
    return value if isinstance(value, Value) else None
