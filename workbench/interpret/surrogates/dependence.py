"""How the network's answer moves with one feature, or two, all else being as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from workbench.errors import UserError
from workbench.interpret.method import Method, Result
from workbench.interpret.subject import Subject
from workbench.interpret.surrogates.features import Features, features_of

if TYPE_CHECKING:
    from workbench.interpret.surrogates.network import Answers, Network

Array = NDArray[Any]
SQUARES = 64
"""Squares that an image is cut into at most."""


@dataclass(frozen=True, eq=False)
class Curve:
    """``grid``: (points,) a feature's values, ascending, or 0, 1, … for those of a category, ``ticks``.

    ``ice``: (samples, points) each sample's answer with the feature at each of them. ``values``: (samples,)
    what the feature is in the data; for a category the number of its value, -1 for none.
    """

    feature: int
    name: str
    grid: NDArray[np.float64]
    ticks: tuple[str, ...]
    ice: NDArray[np.float64]
    values: NDArray[np.float64]

    @property
    def pdp(self) -> NDArray[np.float64]:
        """The partial dependence, (points,): the mean over the samples."""
        found: NDArray[np.float64] = self.ice.mean(0)
        return found


@dataclass(frozen=True, eq=False)
class Surface:
    """The mean answer with two features set, (points of the first, points of the second)."""

    names: tuple[str, str]
    grids: tuple[NDArray[np.float64], NDArray[np.float64]]
    ticks: tuple[tuple[str, ...], tuple[str, ...]]
    mean: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Dependence:
    """``label``: the class whose probability it is, None for values. ``samples``: (n,) their numbers."""

    features: Features
    label: int | None
    samples: NDArray[np.int64]
    curves: tuple[Curve, ...]
    surface: Surface | None = None


class PartialDependence(Method):
    """Arrays ``NAME.grid``, ``NAME.pdp`` (points,) and ``NAME.ice`` (samples, points) a feature.

    With a second feature ``pdp`` (points, points) and each one's grid. Friedman, 2001; Goldstein
    et al., 2015.
    """

    name = "partial_dependence"
    title = "Partial dependence"
    help = (
        "How the answer moves with a feature, on average (Friedman, 2001) and for each sample (ICE: "
        "Goldstein et al., 2015)."
    )
    scope = "samples"
    layers = "input"

    feature: str = Field(default="", description="A feature's name; empty for those that go along most.")
    other: str = Field(default="", description="A second feature: how the answer moves with both.")
    most: int = Field(default=12, ge=1, description="Most features that are chosen where none is named.")
    points: int = Field(default=20, ge=2, le=200, description="Points of a curve, at quantiles of the data.")
    centred: bool = Field(default=False, description="Curves start at 0: what counts is how they move.")
    samples: int = Field(default=100, ge=1, description="Most samples that are gone through.")
    pool: int = Field(
        default=0, ge=0, description="Side of the squares of pixels that count as one; 0 chooses it."
    )
    seed: int = Field(default=0, ge=0, le=2**32 - 1, description="Random state of the draw of samples.")

    def run(self, subject: Subject) -> Result:
        """See `Method.run`. The class is the target, else the second of two, or the most frequent."""
        found = dependence(subject, self)
        about = "the value" if found.label is None else f"class {subject.dataset.classes[found.label]}"
        if found.surface is not None:
            first, second = found.surface.names
            arrays: dict[str, Array] = {
                "pdp": found.surface.mean,
                f"{first}.grid": found.surface.grids[0],
                f"{second}.grid": found.surface.grids[1],
            }
        else:
            arrays = {}
            for curve in found.curves:
                start = curve.ice[:, :1] if self.centred else 0.0
                ice = curve.ice - start
                arrays |= {f"{curve.name}.grid": curve.grid, f"{curve.name}.pdp": ice.mean(0)}
                arrays[f"{curve.name}.ice"] = ice
        what = "" if found.label is None else "the probability of "
        note = f"How {what}{about} moves with a feature's value, over {len(found.samples)} samples."
        return Result(arrays, note, target=found.label)


def dependence(
    subject: Subject, params: PartialDependence, chosen: Sequence[int] | None = None
) -> Dependence:
    """Go through the grids of ``chosen`` features, or those that the params name. Raises `UserError`."""
    from workbench.interpret.surrogates.network import Network

    dataset = subject.dataset
    numbers = subject.chosen(params.samples, params.seed)
    label = _label(subject)
    features = input_features(subject, params.pool)
    named = [features.find(name) for name in (params.feature, params.other) if name]
    if params.other and (not params.feature or named[0] == named[1]):
        raise UserError(
            "two different features are needed.", place="other", remedy="Name another one in feature."
        )
    network, samples = Network(subject), dataset.inputs[numbers]
    network.expect(len(samples))
    if label is None and dataset.task == "classification":
        told = network.answer(samples)
        label = 1 if len(dataset.classes) == 2 else int(np.bincount(told.labels).argmax())
    if params.other:
        return _both(network, features, numbers, samples, label, (named[0], named[1]), params.points)
    if chosen is None:
        chosen = named
    if not chosen:
        chosen = telling(network, features, samples, label, params.most)
    grids = {number: grid_of(features, samples, number, params.points) for number in chosen}
    network.expect(len(samples) * sum(map(len, grids.values())))
    curves = tuple(_curve(network, features, samples, label, n, grid) for n, grid in grids.items())
    return Dependence(features, label, numbers, curves)


def input_features(subject: Subject, pool: int = 0) -> Features:
    """Return the features that can be set: squares of all of an image's channels. Raises `UserError`."""
    return features_of(subject.dataset, pool, SQUARES, by_channel=False)


def own_lines(
    subject: Subject, features: Features, sample: Array, curves: Sequence[Curve], label: int | None
) -> list[NDArray[np.float64]]:
    """Return one sample's answers along known curves, (points,) each; it is in the data's units."""
    from workbench.interpret.surrogates.network import Network

    network = Network(subject)
    network.expect(sum(len(curve.grid) for curve in curves))
    return [_ice(network, features, sample[None], label, curve.feature, curve.grid)[0] for curve in curves]


def grid_of(features: Features, samples: Array, number: int, points: int) -> NDArray[np.float64]:
    """Return where a curve is computed, (points,): all of a feature's values if few, else quantiles."""
    item = features.items[number]
    if item.values:
        return np.arange(len(item.values), dtype=np.float64)
    values = np.unique(features.values(samples, number))
    if len(values) <= points:
        return values
    return np.unique(np.quantile(features.values(samples, number), np.linspace(0, 1, points)))


def telling(network: Network, features: Features, samples: Array, label: int | None, most: int) -> list[int]:
    """Return the features whose values go along most with the answer, by their correlation; in order."""
    if len(features) <= most:
        return list(range(len(features)))
    network.expect(len(samples))
    scores = _score(network.answer(samples), label)
    matrix = features.matrix(samples)
    apart, moved = matrix - matrix.mean(0), scores - scores.mean()
    size = np.sqrt((apart**2).sum(0) * (moved**2).sum())
    along = np.abs(moved @ apart) / np.where(size > 0, size, np.inf)
    best = np.zeros(len(features))
    np.maximum.at(best, features.owners, along)
    return sorted(int(n) for n in np.argsort(-best, kind="stable")[:most])


def _label(subject: Subject) -> int | None:
    truth = subject.truth() if subject.target is not None else None
    return int(truth[0]) if truth is not None and subject.dataset.task == "classification" else None


def _score(answers: Answers, label: int | None) -> NDArray[np.float64]:
    return answers.scores[:, label or 0]


def _ice(
    network: Network,
    features: Features,
    samples: Array,
    label: int | None,
    number: int,
    grid: NDArray[np.float64],
) -> NDArray[np.float64]:
    found: list[NDArray[np.float64]] = []
    at_once = max(1, network.batch_size // len(samples))  # points of the grid
    for start in range(0, len(grid), at_once):
        values = grid[start : start + at_once]
        placed = np.concatenate([features.placed(samples, number, value) for value in values])
        found += np.split(_score(network.answer(placed), label), len(values))
    return np.stack(found, 1)


def _curve(
    network: Network,
    features: Features,
    samples: Array,
    label: int | None,
    number: int,
    grid: NDArray[np.float64],
) -> Curve:
    item = features.items[number]
    ice = _ice(network, features, samples, label, number, grid)
    return Curve(number, item.name, grid, item.values, ice, features.values(samples, number))


def _both(
    network: Network,
    features: Features,
    numbers: NDArray[np.int64],
    samples: Array,
    label: int | None,
    pair: tuple[int, int],
    points: int,
) -> Dependence:
    first, second = (grid_of(features, samples, number, points) for number in pair)
    network.expect(len(samples) * len(first) * len(second))
    mean = np.stack(
        [
            _ice(network, features, features.placed(samples, pair[0], value), label, pair[1], second).mean(0)
            for value in first
        ]
    )
    one, two = (features.items[number] for number in pair)
    surface = Surface((one.name, two.name), (first, second), (one.values, two.values), mean)
    return Dependence(features, label, numbers, (), surface)
