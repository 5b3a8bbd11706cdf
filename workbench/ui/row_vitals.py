"""What a row of the stack shows of how its layer fares."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from workbench.train.events import Finding, LayerVitals
from workbench.ui.layer_health import LayerHealth, Tone, cut_off, trained

__all__ = ["BARS", "RowVitals", "Tone", "TrainedVitals"]

BARS = 12
"""As many as can be told apart in a narrow column."""

_TONES: Mapping[str, Tone] = {"broken": "problem", "watch": "warning", "good": "good"}


@dataclass(frozen=True, eq=False)
class RowVitals:
    """A histogram of outputs, the gradient's norm (None where there is none), and how that is.

    ``said`` is why it isn't good, or figures that the picture doesn't tell. ``health`` returns all there is
    to tell of the layer, for the card that a click opens; ``origin`` says what that was measured on.
    """

    histogram: NDArray[Any]
    gradient: float | None
    tone: Tone = "good"
    said: str = ""
    health: Callable[[], LayerHealth] | None = None
    origin: str = ""

    @cached_property
    def heights(self) -> list[float]:
        """Of up to `BARS` bars, 0 to 1: roots of the counts, so that a peak hides nothing."""
        counts = np.asarray(self.histogram, dtype=np.float64)
        together = -(-len(counts) // BARS)
        roots = np.sqrt(np.add.reduceat(counts, np.arange(0, len(counts), together)))
        tallest = float(roots.max(initial=0.0)) or 1.0
        return [float(root) / tallest for root in roots]

    @property
    def tip(self) -> str:
        """All of it in words."""
        norm = tr("none") if self.gradient is None else f"{self.gradient:.3g}"
        told = tr("Histogram of activations · gradient norm {} (bar: 1e-6 to 100)").format(norm)
        more = tr("Click, or press Enter, for what is normal and what helps.") if self.health else ""
        return "\n".join(part for part in (self.said, told, more) if part)


class TrainedVitals:
    """The rows' vitals of a training, each made when its row is drawn."""

    def __init__(
        self, layers: Mapping[str, LayerVitals], findings: Iterable[Finding], origin: str = ""
    ) -> None:
        self._layers, self._origin = layers, origin
        self._told = [finding for finding in findings if finding.severity != "good"]
        self._made: dict[str, RowVitals] = {}
        self.findings: dict[str, Finding] = {}
        """The first, and so the worst, of each layer that isn't well."""
        for finding in self._told:
            for name in _concerned(finding):
                self.findings.setdefault(name, finding)

    def __bool__(self) -> bool:
        return bool(self._layers)

    def __contains__(self, layer: object) -> bool:
        return layer in self._layers

    def get(self, layer: str) -> RowVitals | None:
        """Return a layer's vitals, None where there are none."""
        seen = self._layers.get(layer)
        if seen is None:
            return None
        if layer not in self._made:
            finding = self.findings.get(layer)
            gradient = None if math.isnan(seen.gradient) else seen.gradient
            tone = _TONES[finding.severity] if finding else "problem" if cut_off(seen) else "good"
            health = partial(trained, layer, seen, self._findings_of(layer, seen), tone)
            said = _said(seen, finding, layer)
            self._made[layer] = RowVitals(seen.counts, gradient, tone, said, health, self._origin)
        return self._made[layer]

    def _findings_of(self, layer: str, seen: LayerVitals) -> list[Finding]:
        """What is said of a layer, and of all layers with weights if it has some."""
        return [
            finding
            for finding in self._told
            if layer in _concerned(finding) or (finding.name in _OF_WEIGHTS and seen.weight > 0)
        ]


_OF_WEIGHTS = ("large_updates", "small_updates")
"""Findings of the weights of all layers."""


def _concerned(finding: Finding) -> set[str]:
    """The layers that a finding is about: its own, and those that the first remedy would change."""
    return {finding.layer, *(name for remedy in finding.remedies[:1] for name in remedy.layers)} - {""}


def _said(seen: LayerVitals, finding: Finding | None, layer: str) -> str:
    lines = []
    if finding:
        lines.append(finding.message if finding.layer == layer else f"{finding.layer}: {finding.message}")
    figures = tr("Activations {:.3g} to {:.3g}, mean {:.3g}").format(seen.low, seen.high, seen.mean)
    if seen.dead >= 0.005:
        figures += tr(" · {:.0f} % of units silent").format(100 * seen.dead)
    if not math.isnan(seen.update):
        figures += tr(" · a step changes weights by {:.2g} %").format(100 * seen.update)
    return "\n".join([*lines, figures])


def tr(text: str) -> str:
    """Translate."""
    return QCoreApplication.translate("vitals", text)
