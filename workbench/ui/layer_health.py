"""How a layer fares, as a card tells it: pictures, figures with what is normal for them, findings."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from workbench.train.events import Finding, LayerVitals

Tone = Literal["good", "warning", "problem"]

VALUES = 2**16
"""Values of a sample's arrays that a histogram is made of; more change no picture."""
BINS = 40


@dataclass(frozen=True, eq=False)
class Histogram:
    """Counts of equal bins from ``low`` to ``high``; of common logarithms where ``logs``."""

    counts: NDArray[Any]
    low: float
    high: float
    logs: bool = False
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """A figure in words, what is normal for it, what it means; ``tone`` is "" where it is normal."""

    name: str
    value: str
    normal: str
    help: str
    tone: Literal["", "warning", "problem"] = ""


@dataclass(frozen=True, eq=False)
class LayerHealth:
    """All that a card tells of a layer. ``why`` stands where there is no finding."""

    layer: str
    tone: Tone
    activations: Histogram | None
    gradients: Histogram | None
    figures: tuple[Figure, ...]
    findings: tuple[Finding, ...] = field(default=())
    why: str = ""


def trained(layer: str, seen: LayerVitals, findings: Iterable[Finding], tone: Tone) -> LayerHealth:
    """Return how a layer fares in a training; ``findings`` are those that concern it, the worst first."""
    told = tuple(findings)
    why = tr("Nothing stands out in this layer.")
    if cut_off(seen):
        why = tr("No gradient reaches it, so it can't learn: look at the layers that read it.")
    gradients = None
    if len(seen.gradient_counts):
        note = tr("{:.0f} % are zero").format(100 * seen.gradient_zeros) if seen.gradient_zeros > 0 else ""
        gradients = Histogram(seen.gradient_counts, seen.gradient_low, seen.gradient_high, True, note)
    about = tr("mean {:.3g}, std {:.3g}").format(seen.mean, seen.std)
    return LayerHealth(
        layer,
        tone,
        Histogram(seen.counts, seen.low, seen.high, note=about),
        gradients,
        tuple(_trained(seen)),
        told,
        "" if told else why,
    )


def cut_off(seen: LayerVitals) -> bool:
    """Whether a layer has weights that nothing changes: what reads it passes no gradient on."""
    return seen.weight > 0 and seen.gradient == 0


def _trained(seen: LayerVitals) -> Iterator[Figure]:
    # what is normal is where the rules begin to speak; the first window needs none of them
    from workbench.train.diagnosis.units import DEAD, MOSTLY_DEAD, MOSTLY_STUCK, STUCK
    from workbench.train.diagnosis.updates import LARGE, SMALL

    if not math.isnan(seen.dead):
        yield Figure(
            tr("Units that never fire"),
            f"{100 * seen.dead:.0f} %",
            tr("under {:.0f} %").format(100 * DEAD),
            tr("Units that were zero for all samples of the last looks: no gradient passes them."),
            _beyond(seen.dead, DEAD, MOSTLY_DEAD),
        )
    if not math.isnan(seen.saturated):
        yield Figure(
            tr("Saturated values"),
            f"{100 * seen.saturated:.0f} %",
            tr("under {:.0f} %").format(100 * STUCK),
            tr("Values within a hundredth of an end of the activation's range, where its slope is near 0."),
            _beyond(seen.saturated, STUCK, MOSTLY_STUCK),
        )
    yield Figure(
        tr("Gradient norm"),
        tr("none") if math.isnan(seen.gradient) else f"{seen.gradient:.2g}",
        tr("over 1/1000 of the last layer's"),
        tr("Of one sample's gradient of the loss by the layer's outputs, as the root mean square."),
        "problem" if seen.gradient == 0 else "",
    )
    if not math.isnan(seen.update):
        out = seen.update > LARGE or seen.update < SMALL
        yield Figure(
            tr("Update ÷ weights"),
            f"{seen.update:.1e}".replace("e-0", "e-") if seen.update else "0",
            tr("about 1e-3"),
            tr("Norm of the last step's change over the norm of the weights (Karpathy, 2015)."),
            "warning" if out else "",
        )
    if not math.isnan(seen.weight):
        yield Figure(
            tr("Weight norm"),
            f"{seen.weight:.3g}",
            tr("steady, or growing slowly"),
            tr("Norm of all the layer's weights together."),
        )
    if not math.isnan(seen.rank):
        yield Figure(
            tr("Effective rank"),
            tr("{:.1f} of {:.0f}").format(seen.rank, seen.most_rank),
            tr("near the number of classes"),
            tr(
                "How many directions the outputs vary in: the exponential of the entropy of their singular "
                "values (Roy & Vetterli, 2007). Measured in one look of four."
            ),
        )
    if not math.isnan(seen.time):
        yield Figure(
            tr("Share of a step"),
            f"{100 * seen.time:.0f} %" if seen.time >= 0.005 else tr("under 1 %"),
            "",
            tr("Estimated from timed looks: the layer's forward and backward pass, without the optimizer."),
        )


def sampled(
    layer: str, activation: NDArray[Any], gradient: NDArray[Any] | None, tone: Tone, said: str
) -> LayerHealth:
    """Return what a layer makes of one sample: its outputs and their gradients, of any shape."""
    values = _some(activation)
    finite = values[np.isfinite(values)]
    slopes = None if gradient is None else np.abs(_some(gradient))
    figures: list[Figure] = []
    if len(finite):
        figures.append(
            Figure(
                tr("Mean ± std"),
                f"{finite.mean():.3g} ± {finite.std():.2g}",
                "",
                tr("Of the layer's outputs for this sample."),
            )
        )
        zeros = float((finite == 0).mean())
        figures.append(
            Figure(
                tr("Zeros"),
                f"{100 * zeros:.0f} %",
                "",
                tr("Values that are exactly zero. After a ReLU about half is usual."),
                "problem" if tone == "problem" and zeros >= 0.999 else "",
            )
        )
    if len(finite) < len(values):
        share = 1 - len(finite) / len(values)
        help_ = tr("Values that are nan or infinite: what reads them is spoiled.")
        figures.append(Figure(tr("Not finite"), f"{100 * share:.2g} %", tr("none"), help_, "problem"))
    norm = None if gradient is None else _norm(gradient)
    figures.append(
        Figure(
            tr("Gradient norm"),
            tr("none") if norm is None else f"{norm:.2g}",
            tr("over 1/1000 of the last layer's"),
            tr("Of the loss by the layer's outputs; where no truth is known, of the predicted score."),
        )
    )
    return LayerHealth(
        layer,
        tone,
        _counted(finite),
        None if slopes is None else _logged(slopes),
        tuple(figures),
        why=said or tr("Nothing stands out in this layer for this sample."),
    )


def _norm(array: NDArray[Any]) -> float:
    """The norm of an array's finite values."""
    values = np.asarray(array, np.float64).reshape(-1)
    return float(np.linalg.norm(values[np.isfinite(values)]))


def _some(array: NDArray[Any]) -> NDArray[np.float64]:
    """Up to `VALUES` of an array's values, evenly from all places."""
    flat = np.asarray(array).reshape(-1)
    step = -(-len(flat) // VALUES) or 1
    while math.gcd(step, max(len(flat), 1)) > 1:
        step += 1
    return flat[::step].astype(np.float64)


def _counted(values: NDArray[np.float64], logs: bool = False, note: str = "") -> Histogram | None:
    if not len(values):
        return None
    low, high = float(values.min()), float(values.max())
    if high - low < 1e-9 * max(abs(low), abs(high), 1e-3):
        low, high = low - 0.5, high + 0.5
    counts, _ = np.histogram(values, BINS, (low, high))
    return Histogram(counts, low, high, logs, note)


def _logged(sizes: NDArray[np.float64]) -> Histogram | None:
    there = sizes[np.isfinite(sizes) & (sizes > 0)]
    zeros = float((sizes == 0).mean()) if len(sizes) else 0.0
    note = tr("{:.0f} % are zero").format(100 * zeros) if zeros > 0 else ""
    if not len(there):
        return Histogram(np.zeros(BINS), 0.0, 0.0, True, note)
    return _counted(np.log10(there), True, note)


def _beyond(share: float, much: float, too_much: float) -> Literal["", "warning", "problem"]:
    if share < much:
        return ""
    return "problem" if share >= too_much else "warning"


def tr(text: str) -> str:
    """Translate."""
    return QCoreApplication.translate("layer_health", text)
