"""One axis of the parallel coordinates: from values to heights between 0 and 1, and its ticks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.graph.search import Choices, Range
from workbench.search.typed import shown

_WIDE = 20
"""Times the lowest value that a metric's highest must be for the axis to be logarithmic."""


@dataclass(frozen=True)
class ParallelAxis:
    """``heights``: float64, (lines,), nan where a line lacks the value. ``ticks``: heights and texts."""

    name: str
    heights: NDArray[np.float64]
    ticks: tuple[tuple[float, str], ...]

    @classmethod
    def of_setting(cls, name: str, values: Sequence[Any], over: Range) -> ParallelAxis:
        """Lay an axis out over a setting's range, wider where values lie outside."""
        if isinstance(over, Choices):
            known = [shown(value) for value in over.values]
            texts = [None if value is None else shown(value) for value in values]
            names = [*known, *sorted({text for text in texts if text is not None} - {*known})]
            places = {text: n / max(len(names) - 1, 1) for n, text in enumerate(names)}
            heights = np.array([math.nan if text is None else places[text] for text in texts])
            return cls(name, heights, tuple((place, text) for text, place in places.items()))
        return cls._of_numbers(name, [*values, over.low, over.high], over.log, len(values))

    @classmethod
    def of_metric(cls, name: str, values: Sequence[float | None]) -> ParallelAxis:
        """Lay an axis out over what a metric came to, logarithmic where that spans much."""
        found = [value for value in values if value is not None and math.isfinite(value)]
        log = bool(found) and min(found) > 0 and max(found) > _WIDE * min(found)
        return cls._of_numbers(name, values, log, len(values))

    @classmethod
    def _of_numbers(cls, name: str, values: Sequence[Any], log: bool, count: int) -> ParallelAxis:
        """An axis over all values, with lines for the first ``count``."""
        numbers = np.array([math.nan if value is None else float(value) for value in values])
        numbers[~np.isfinite(numbers)] = math.nan
        scaled = np.log10(numbers) if log else numbers
        if np.isnan(scaled).all():
            return cls(name, scaled[:count], ())
        low, high = float(np.nanmin(scaled)), float(np.nanmax(scaled))
        span = high - low
        if not span:
            heights = np.where(np.isnan(scaled), math.nan, 0.5)
            return cls(name, heights[:count], ((0.5, _short(float(np.nanmin(numbers)))),))
        ticks = [
            (((math.log10(tick) if log else tick) - low) / span, _short(tick))
            for tick in _ticks(low, high, log)
        ]
        return cls(name, ((scaled - low) / span)[:count], tuple(ticks))


def _ticks(low: float, high: float, log: bool) -> list[float]:
    """Both ends, and round values between that leave the ends' texts room."""
    ends = [10**low, 10**high] if log else [low, high]
    if log:
        powers = range(math.ceil(low), math.floor(high) + 1)
        step = max(1, -(-len(powers) // 5))
        between = [float(f"1e{power}") for power in powers if power % step == 0]
        room = [tick for tick in between if 0.1 < (math.log10(tick) - low) / (high - low) < 0.9]
    else:
        step = 10 ** math.floor(math.log10((high - low) / 2))
        step *= next(m for m in (1, 2, 5, 10) if (high - low) / (m * step) <= 5)
        between = [n * step for n in range(math.ceil(low / step), math.floor(high / step) + 1)]
        room = [tick for tick in between if 0.1 < (tick - low) / (high - low) < 0.9]
    return [ends[0], *room, ends[1]]


def _short(value: float) -> str:
    return shown(float(f"{value:.3g}"))
