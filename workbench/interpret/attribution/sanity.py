"""Whether an attribution tells of what the network has learned: the check by randomised weights."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.errors import UserError
from workbench.interpret.method import Method, Result
from workbench.interpret.subject import Progress, Subject

if TYPE_CHECKING:
    from workbench.build.model import StackModel

Array = NDArray[np.generic]


@dataclass(frozen=True, eq=False)
class Sanity:
    """What became of an attribution as layers lost what they had learned, the last one first.

    ``layers``: their ids, in that order; each was randomised on top of those before it. ``correlations``: of
    ranks of the absolute values, with the original's, -1 to 1, nan where all values are alike or no numbers.
    ``arrays``: the attribution after each, by layer id. ``original``: the method's result before.
    """

    original: Result
    layers: tuple[str, ...]
    correlations: tuple[float, ...]
    arrays: Mapping[str, Array]


def sanity_check(method: Method, subject: Subject, seed: int = 0) -> Sanity:
    """Run a method again and again while layers get fresh weights, from the last to the first.

    An attribution that stays alike shows the sample rather than what the network learned of it: Adebayo et
    al., 2018, cascading randomisation. The class is always the one that was explained first. What Standardize
    layers measured in the data stays. The subject's model isn't touched. Raises `UserError` for a network
    without weights, and what the method raises.
    """
    import copy

    model = copy.deepcopy(subject.model)
    fresh = _fresh(model, seed)
    layers = tuple(name for name in reversed(model.layer_ids) if _learns(model, name))
    if not layers:
        raise UserError(
            "there are no weights in it to randomise.", place="model", remedy="Add a Linear layer."
        )
    total = len(layers) + 1
    told = replace(subject, model=model, progress=_share(subject, 0, total))
    original = method.run(told)
    if subject.dataset.task == "classification":
        told = replace(told, target=original.target)
    main = attribution_of(original)
    arrays: dict[str, Array] = {}
    for done, name in enumerate(layers, 1):
        share = _share(subject, done, total)
        share(0, 1)
        model.get_submodule(name).load_state_dict(fresh.get_submodule(name).state_dict())
        try:
            found = method.run(replace(told, progress=share))
        except UserError:
            arrays[name] = np.full_like(main, np.nan)  # random weights may overflow
        else:
            arrays[name] = attribution_of(found)
    share(1, 1)
    correlations = tuple(rank_correlation(main, arrays[name]) for name in layers)
    return Sanity(original, layers, correlations, arrays)


def attribution_of(result: Result) -> Array:
    """Return the array of a result that is the attribution."""
    name = "attribution" if "attribution" in result.arrays else "saliency"
    return result.arrays[name]


def rank_correlation(one: Array, other: Array) -> float:
    """Return Spearman's correlation of the absolute values of two arrays of one shape, -1 to 1.

    Values that are alike share their mean rank. nan where an array's values are all alike, or no numbers.
    """
    pair = [np.abs(np.asarray(array, np.float64)).ravel() for array in (one, other)]
    if not all(np.isfinite(values).all() and values.size and np.ptp(values) > 0 for values in pair):
        return math.nan
    first, second = (_ranks(values) for values in pair)
    return float(np.corrcoef(first, second)[0, 1])


def similarity(arrays: Mapping[str, Array]) -> NDArray[np.float64]:
    """Return the rank correlation of each attribution with each, (n, n), in the mapping's order.

    All are in one shape, as those of one sample are.
    """
    values = list(arrays.values())
    return np.array([[rank_correlation(one, other) for other in values] for one in values])


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    means: NDArray[np.float64] = (last - (counts - 1) / 2)[places]
    return means


def _fresh(model: StackModel, seed: int) -> StackModel:
    """A model of the same layers before any training, but for what was measured in the data."""
    from workbench.build.blocks import Standardize
    from workbench.build.drawing import Drawing
    from workbench.build.model import StackModel
    from workbench.interpret.capture import device_of

    with Drawing(seed):
        made = StackModel(model.graph)
    for name in model.layer_ids:
        if isinstance(model.get_submodule(name), Standardize):
            made.get_submodule(name).load_state_dict(model.get_submodule(name).state_dict())
    return made.to(device_of(model))


def _learns(model: StackModel, name: str) -> bool:
    return next(model.get_submodule(name).parameters(), None) is not None


def _share(subject: Subject, done: int, total: int) -> Progress:
    """What one run of the method tells becomes a share of the whole."""
    parts = 100

    def tell(inner: int, of: int) -> None:
        subject.tell(done * parts + parts * inner // max(1, of), total * parts)

    return tell
