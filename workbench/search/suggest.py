"""A space to start from: what is usually worth searching for, around what the project has now."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from workbench.graph import Graph, Project
from workbench.graph.search import Choices, FloatRange, Range, Value
from workbench.search.settings import Setting, apply_values, settings

if TYPE_CHECKING:
    from workbench.graph.facts import Facts

WIDTHS = 3
"""Most layers whose width is suggested: each makes the space larger."""
_WIDTH_PARAMS = ("out_features", "out_channels", "hidden_size")
_BATCHES = (8, 16, 32, 64, 128, 256, 512, 1024)


def suggest(
    project: Project, facts: Facts | None = None, train_samples: int | None = None
) -> dict[str, Range]:
    """Return ranges for the learning rate, weight decay, batch size, dropout, and the widest hidden layers.

    With ``facts`` of the data, a width is suggested only where half and twice of it fit the stack.
    """
    known = settings(project)
    found: dict[str, Range] = {}
    rate = known.get("optimizer.lr")
    if rate is not None:
        found[rate.path] = FloatRange(
            low=_round(rate.value / 30), high=min(_round(rate.value * 30), 10), log=True
        )
    found["batch_size"] = Choices(values=_batches(project.training.batch_size, train_samples))
    if "optimizer.weight_decay" in known:
        found["optimizer.weight_decay"] = FloatRange(low=1e-6, high=0.1, log=True)
    for setting in known.values():
        if setting.path.endswith(".p") and setting.place.startswith("Dropout"):
            found[setting.path] = FloatRange(low=0, high=0.6)
    for setting in sorted(_widths(project.model, known), key=lambda s: -s.value)[: 2 * WIDTHS]:
        width = setting.value
        if sum(path.rpartition(".")[2] in _WIDTH_PARAMS for path in found) < WIDTHS and all(
            _fits(project, facts, {setting.path: value}) for value in (width // 2, 2 * width)
        ):
            found[setting.path] = Choices(values=(width // 2, width, 2 * width))
    return found


def _round(value: float) -> float:
    """To one digit: 3.3e-5 as 3e-5."""
    return float(f"{value:.0e}")


def _batches(now: int, train_samples: int | None) -> tuple[int, ...]:
    most = max(16, (train_samples or 4 * now) // 4)
    near = sorted((size for size in _BATCHES if size <= most), key=lambda size: abs(math.log2(size / now)))
    return tuple(sorted({*near[:4], *((now,) if len(near) < 2 else ())})) if near else (now, 2 * now)


def _widths(graph: Graph, known: dict[str, Setting]) -> Iterator[Setting]:
    """The widths of all layers but those that give the answer."""
    read = {name for row in range(len(graph)) for name in graph.inputs_of(row)}
    last = [node.id for node in graph if node.id not in read]
    answering: set[str] = set()
    while last:
        name = last.pop()
        answering.add(name)
        if not any(f"{name}.{param}" in known for param in _WIDTH_PARAMS):
            last += [above for above in graph.inputs_of(graph.index(name)) if above not in answering]
    for setting in known.values():
        name, _, param = setting.path.partition(".")
        if (
            param in _WIDTH_PARAMS
            and name not in answering
            and isinstance(setting.value, int)
            and setting.value > 3
        ):
            yield setting


def _fits(project: Project, facts: Facts | None, values: dict[str, Value]) -> bool:
    from workbench.build.check import check

    changed = apply_values(project, values)
    return not check(changed.model, facts, changed.training).errors
