"""Sharing samples out into training, validation and test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from workbench.data.dataset import SPLITS, Dataset, Source, SplitName
from workbench.errors import UserError
from workbench.graph.project import Split

Indices = NDArray[np.int64]


def split(source: Source, shares: Split) -> Dataset:
    """Put every sample into exactly one split, the same on every machine for the same seed.

    Samples that the source sets apart for testing are the test split; else it is cut like validation, as a
    share of all samples, and empty only for a share of 0. Within a split the order is random, so that its
    first samples are typical. Raises `UserError` where there are too few samples.
    """
    notes = list(source.notes)
    cuts: dict[SplitName, float] = {"validation": shares.validation}
    found: dict[SplitName, Indices] = {"test": np.empty(0, np.int64)}
    pool = np.arange(len(source), dtype=np.int64)
    if source.given_test is not None:
        found["test"] = source.given_test
        pool = np.setdiff1d(pool, source.given_test)
        if shares.test > 0:
            notes.append(
                f"The data bring {len(source.given_test):,} samples for testing, "
                f"so the test share of {shares.test:.0%} was not used."
            )
    elif shares.test > 0:
        # First, so that another share of validation leaves the same test samples.
        cuts = {"test": shares.test, **cuts}
    pool = pool[_shuffle(len(pool), shares.seed)]
    sizes = _sizes(len(pool), cuts, source.name)
    strata, note = _strata(source, pool, shares.stratify, len(cuts))
    for later, (name, size) in zip(range(len(sizes), 0, -1), sizes.items(), strict=True):
        taken = _spread(strata, size, keep=later)
        found[name] = pool[taken]
        pool, strata = pool[~taken], strata[~taken]
    # The first of each class went to the other splits, so what is left starts with those that had the most.
    found["train"] = pool[_shuffle(len(pool), shares.seed)]
    ordered: dict[SplitName, Indices] = {name: found[name] for name in SPLITS}
    whole = {item.name: getattr(source, item.name) for item in fields(Source)}
    return Dataset(**{**whole, "notes": (*notes, *note)}, splits=ordered)


def _shuffle(count: int, seed: int) -> Indices:
    """A random order. The raw stream of PCG64 is promised never to change, unlike Generator's methods."""
    return np.argsort(np.random.PCG64(seed).random_raw(count), kind="stable")


def _sizes(count: int, cuts: Mapping[SplitName, float], name: str) -> dict[SplitName, int]:
    """How many samples each cut takes: at least one, and one is left to train on."""
    if count <= len(cuts):
        raise UserError(
            f"{count} sample{'' if count == 1 else 's'} can't be split: at least {len(cuts) + 1} are needed, "
            f"one to train on and one each for {' and '.join(cuts)}.",
            place=name,
            remedy="Add samples.",
        )
    sizes = {cut: max(1, int(count * share + 0.5)) for cut, share in cuts.items()}
    while sum(sizes.values()) >= count:
        sizes[max(sizes, key=lambda cut: sizes[cut])] -= 1
    return sizes


def _strata(source: Source, pool: Indices, stratify: bool, cuts: int) -> tuple[Indices, tuple[str, ...]]:
    """Return the group of each sample in the pool, and a note where classes can't be the groups."""
    one = np.zeros(len(pool), np.int64)
    if not stratify or source.task != "classification":
        return one, ()
    classes = source.targets[pool].astype(np.int64)
    numbers, counts = np.unique(classes, return_counts=True)
    if counts.min() > cuts:
        return classes, ()
    name, fewest = source.classes[numbers[counts.argmin()]], counts.min()
    return one, (
        f"The class {name!r} has only {fewest} sample{'' if fewest == 1 else 's'}, too few to be in every "
        "split, so classes were not kept in proportion.",
    )


def _spread(strata: Indices, size: int, keep: int) -> NDArray[np.bool_]:
    """Choose ``size`` samples, each group's share of them, and leave ``keep`` of each if possible."""
    groups, member, counts = np.unique(strata, return_inverse=True, return_counts=True)
    exact = counts * (size / len(strata))
    take = np.minimum(np.floor(exact), np.maximum(counts - keep, 0)).astype(np.int64)
    while take.sum() < size:
        lacking = exact - take
        spare = counts - take > keep
        lacking[~spare if spare.any() else counts == take] = -np.inf
        take[lacking.argmax()] += 1
    nth = np.empty(len(strata), np.int64)
    for group in range(len(groups)):
        mine = member == group
        nth[mine] = np.arange(mine.sum())
    chosen: NDArray[np.bool_] = nth < take[member]
    return chosen
