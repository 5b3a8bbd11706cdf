"""What of a few samples is recorded after each epoch, so that it fits a bound on the disk."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.data.dataset import SplitName
from workbench.graph.frozen import Frozen
from workbench.graph.project import Task
from workbench.graph.training import Probes

FORMAT = 1
BINS = 48
"""Bins of a layer's histograms."""
MOST_EPOCHS = 512
"""Epochs that are kept at most: more steps than that no slider has."""
EPOCHS = 64
"""Epochs that shall fit without any being left out."""
_LEAST = 64
"""Values a sample below which a layer isn't worth the space."""
_ROW = 2 * (BINS * 4 + 12) + 400
"""Bytes of a layer's histograms and of the file's entry for it."""
_FILE = 3200
"""Bytes of an epoch's file besides."""
_USED = 2**20 * 49 // 50
"""Bytes of a megabyte that epochs may take; the rest is for telling what they hold."""
_COARSE = 16
"""Maps are made coarser down to this side before channels are left out."""


class LayerPlan(Frozen):
    """A layer that is recorded: ``shape`` is its output's for a sample, of which every so many are kept."""

    id: str
    shape: tuple[int, ...]
    every: tuple[int, ...]

    @property
    def kept(self) -> tuple[int, ...]:
        """The shape of what is kept."""
        return tuple(-(-size // step) for size, step in zip(self.shape, self.every, strict=True))

    @property
    def whole(self) -> bool:
        """Whether nothing is left out."""
        return self.kept == self.shape


class ProbePlan(Frozen):
    """What is recorded of a run; the same for the same stack, data, seed and settings.

    ``samples``: their numbers in the data, of its part ``part``. ``passes_on``: layers that hand on what
    they read, such as Flatten, and the layer that it comes from. ``most``: epochs that are kept.
    """

    format: int = FORMAT
    part: SplitName
    samples: tuple[int, ...]
    layers: tuple[LayerPlan, ...]
    passes_on: dict[str, str]
    dtype: Literal["float32", "float16"]
    most: int
    note: str

    def layer(self, name: str) -> LayerPlan | None:
        """Return the plan of a layer, or of the one that it hands on; None where it isn't recorded."""
        name = self.passes_on.get(name, name)
        return next((layer for layer in self.layers if layer.id == name), None)


def plan(
    section: Probes,
    part: SplitName,
    samples: Sequence[int],
    shapes: Mapping[str, tuple[int, ...]],
    passes_on: Mapping[str, str],
    classes: int,
) -> ProbePlan:
    """Return what to record of layers whose outputs for a sample have these shapes.

    An epoch may take a 64th of the space. Where all is more than that, numbers are kept as float16, then
    wide layers thinned out evenly, then fewer layers and samples recorded. The note says so.
    """
    room = section.megabytes * 2**20 // EPOCHS
    notes = []
    missing = [name for name in section.layers if name not in shapes and name not in passes_on]
    if missing:
        notes.append(f"No outputs to record: {', '.join(missing)}.")
    wanted = {passes_on.get(name, name) for name in section.layers if name not in missing}
    chosen = [name for name in shapes if not wanted or name in wanted]
    count = max(1, min(len(samples), room // 2 // (4 * (classes + 3))))
    fits = max(1, (room - count * 4 * (classes + 3)) // (_ROW + 2 * _LEAST * count))
    if len(chosen) > fits:
        notes.append(f"{fits} of {len(chosen)} layers are recorded, as many as there is room for.")
        chosen = [chosen[i] for i in np.unique(np.linspace(0, len(chosen) - 1, fits).round().astype(int))]
    if count < len(samples):
        notes.append(f"{count} of {len(samples)} samples are recorded, as many as there is room for.")
    values = max(1, room - count * 4 * (classes + 3) - _ROW * len(chosen)) // count
    sizes = [math.prod(shapes[name]) for name in chosen]
    half = 4 * sum(sizes) > values
    most = _level(sizes, values // 2) if half else max(sizes, default=1)
    layers = tuple(LayerPlan(id=n, shape=shapes[n], every=_thinned(shapes[n], most)) for n in chosen)
    thinned = sum(not layer.whole for layer in layers)
    if thinned:
        notes.append(f"Of {thinned} wide layers not all values are recorded.")
    kept = sum(math.prod(layer.kept) for layer in layers)
    epoch = count * (kept * (2 if half else 4) + 4 * (classes + 3)) + _ROW * len(layers) + _FILE
    return ProbePlan(
        part=part,
        samples=tuple(int(number) for number in samples[:count]),
        layers=layers,
        passes_on={name: source for name, source in passes_on.items() if source in chosen},
        dtype="float16" if half else "float32",
        most=max(2, min(MOST_EPOCHS, section.megabytes * _USED // epoch)),
        note=" ".join(notes),
    )


def kept_epochs(epochs: Sequence[int], most: int) -> list[int]:
    """Return which of the recorded epochs are kept: every 2nd, 4th, ..., so that they are few enough.

    The last is kept besides. How many are left out follows from the last epoch's number alone.
    """
    last = max(epochs, default=0)
    stride = 1
    while last // stride + 2 > most and stride <= last:
        stride *= 2
    return [epoch for epoch in epochs if epoch % stride == 0 or epoch == last]


def drawn(targets: NDArray[np.generic], task: Task, count: int, seed: int) -> NDArray[np.int64]:
    """Return places of samples, int64, at most ``count``: of each class as many, or of all target values.

    They are ordered by target. The same for the same seed; nobody else's random numbers are touched.
    """
    random = np.random.default_rng([seed, FORMAT])
    count = min(count, len(targets))
    if not count:
        return np.array([], np.int64)
    if task == "regression":
        parts = np.array_split(np.argsort(targets, kind="stable"), count)
        return np.array([random.choice(part) for part in parts], np.int64)
    order = random.permutation(len(targets))
    turn = np.empty(len(order), np.int64)  # how many of its class come before
    for value in np.unique(targets):
        own = targets[order] == value
        turn[own] = np.arange(own.sum())
    chosen = order[np.argsort(turn, kind="stable")[:count]]
    return np.asarray(chosen[np.lexsort((chosen, targets[chosen]))], np.int64)


def _level(sizes: Sequence[int], room: int) -> int:
    """The largest number of values such that layers with at most so many each have room together."""
    left, most = room, max(1, room)
    for number, size in enumerate(sorted(sizes)):
        share = left // (len(sizes) - number)
        if size > share:
            return max(1, share)
        left -= size
        most = max(most, size)
    return most


def _thinned(shape: tuple[int, ...], most: int) -> tuple[int, ...]:
    """Every how many-th of each dimension to keep, so that at most so many values are left."""
    every = [1] * len(shape)
    while math.prod(kept := [-(-n // e) for n, e in zip(shape, every, strict=True)]) > most:
        sides = kept[1:] if len(kept) > 2 else kept
        first = len(kept) - len(sides)
        if first and max(sides) <= _COARSE and kept[0] > 8:
            every[0] += 1
            continue
        widest = max(sides)
        if widest == 1:
            every[0] += 1
            continue
        for axis, side in enumerate(sides, first):
            if side == widest:
                every[axis] += 1
    return tuple(every)
