"""What differs between two runs: settings, stack, figures, and what they were trained with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from workbench.errors import UserError
from workbench.graph.file import parse
from workbench.runs.info import RunInfo
from workbench.runs.lookup import leaves

Mark = Literal["same", "changed", "added", "removed", "moved"]


@dataclass(frozen=True)
class Pair:
    """A name, and what it is in either run; None where there is no such thing."""

    name: str
    left: Any
    right: Any

    @property
    def same(self) -> bool:
        """Whether it is alike in both."""
        return bool(self.left == self.right)


@dataclass(frozen=True)
class StackLine:
    """A layer of either stack, by its id: what it is left and right, "" where there is none."""

    mark: Mark
    layer: str
    left: str
    right: str


@dataclass(frozen=True)
class Difference:
    """Two runs, side by side.

    ``settings`` of data and training that differ, by path; ``stack``: every layer, in the right stack's
    order, those that only the left has where they stood; ``figures``: those at the best epoch and of the run
    as a whole; ``about``: data, device, seed, versions and git.
    """

    left: str
    right: str
    settings: tuple[Pair, ...]
    stack: tuple[StackLine, ...]
    figures: tuple[Pair, ...]
    about: tuple[Pair, ...]

    @property
    def changed_layers(self) -> tuple[StackLine, ...]:
        """The layers that aren't the same."""
        return tuple(line for line in self.stack if line.mark != "same")


def compare(a: RunInfo, b: RunInfo) -> Difference:
    """Return what differs between two runs. A project that can't be read any more is compared as it lies."""
    left, right = _project(a), _project(b)
    return Difference(
        left=a.id,
        right=b.id,
        settings=tuple(pair for pair in _pairs(_settings(left), _settings(right)) if not pair.same),
        stack=_stack(_layers(left), _layers(right)),
        figures=_pairs(_figures(a), _figures(b)),
        about=_pairs(_about(a), _about(b)),
    )


def _project(info: RunInfo) -> Mapping[str, Any]:
    """The project with all that is as by default, so that only what was meant differently differs."""
    try:
        return parse(json.dumps(info.project)).model_dump(mode="json")
    except (UserError, TypeError, ValueError):
        return info.project


def _settings(project: Mapping[str, Any]) -> dict[str, Any]:
    sections = {key: project.get(key) for key in ("data", "training")}
    return {
        path: value
        for key, section in sections.items()
        if isinstance(section, Mapping)
        for path, value in leaves(section, key)
    }


def _figures(info: RunInfo) -> dict[str, Any]:
    whole = {"best_epoch": info.best_epoch, **info.best, "epochs": info.epochs, "step": info.step}
    return {**whole, "seconds": info.seconds, "samples_per_second": info.samples_per_second}


def _about(info: RunInfo) -> dict[str, Any]:
    found: dict[str, Any] = {"state": info.state, "started": info.created, "device": info.device}
    found |= {"seed": info.seed, "parent": info.parent and f"{info.parent.run} after step {info.parent.step}"}
    if info.data:
        found["data"] = info.data.name
        found |= {f"data.{split}": count for split, count in info.data.samples.items()}
    found |= {f"version.{name}": version for name, version in info.versions.items()}
    if info.git:
        found["git"] = info.git.commit[:12] + (" with changes" if info.git.dirty else "")
    return found


def _pairs(left: Mapping[str, Any], right: Mapping[str, Any]) -> tuple[Pair, ...]:
    """In the left's order, what only the right has where it stands there."""
    names = list(left)
    for place, name in enumerate(right):
        if name not in left:
            names.insert(min(place, len(names)), name)
    return tuple(Pair(name, left.get(name), right.get(name)) for name in names)


def _layers(project: Mapping[str, Any]) -> dict[str, str]:
    """Each layer's id and what it is, in the order of the stack."""
    model = project.get("model")
    rows = model.get("layers") if isinstance(model, Mapping) else None
    found = {}
    for row in rows if isinstance(rows, Sequence) else ():
        if isinstance(row, Mapping) and "id" in row:
            found[str(row["id"])] = _spelled(row)
    return found


def _spelled(row: Mapping[str, Any]) -> str:
    """A layer as a line: ``Conv2d(out_channels=16) ← conv1``."""
    params = row.get("params")
    words = [f"{key}={value}" for key, value in params.items()] if isinstance(params, Mapping) else []
    text = f"{row.get('type')}({', '.join(words)})"
    inputs = row.get("inputs")
    if isinstance(inputs, Sequence):
        text += f" ← {', '.join(map(str, inputs))}"
    if row.get("block"):
        text += f" in {row['block']}"
    return text + (" (bypassed)" if row.get("bypass") else "")


def _stack(left: Mapping[str, str], right: Mapping[str, str]) -> tuple[StackLine, ...]:
    old, new = list(left), list(right)
    found: list[StackLine] = []
    for tag, i, j, k, end in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        found += [StackLine("removed", name, left[name], "") for name in old[i:j] if name not in right]
        for name in new[k:end]:
            if name not in left:
                mark: Mark = "added"
            elif tag != "equal":
                mark = "moved"
            else:
                mark = "same" if left[name] == right[name] else "changed"
            found.append(StackLine(mark, name, left.get(name, ""), right[name]))
    return tuple(found)
