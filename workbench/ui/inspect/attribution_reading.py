"""An attribution as it is drawn: a picture, bars, tokens or a trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset
    from workbench.interpret.method import Result

Array = NDArray[Any]
Form = Literal["picture", "bars", "tokens", "trace"]

MANY = 1000
"""More values than that are scaled by what nearly all of them stay below: a few would leave the rest pale."""
NEARLY_ALL = 0.995


@dataclass(frozen=True, eq=False)
class Reading:
    """What is drawn of an attribution.

    ``values``: float64; a picture's are (height, width), over all channels, bars' and tokens' (n,), a
    trace's (time, features). ``sample``: what they are of, a picture's (channels, height, width), else in
    the shape of ``values``; None for maps of a layer, which lie over no picture. ``names``: of the features,
    or the words of tokens, none where these have no words.
    ``limit``: the size that is drawn strongest, over 0. ``signed``: whether some values are negative.
    """

    form: Form
    values: Array
    sample: Array | None
    names: tuple[str, ...]
    limit: float
    signed: bool


def read(result: Result, dataset: Dataset) -> Reading:
    """Return how a result is drawn: as data of its kind, or for a layer's output by its shape."""
    arrays = result.arrays
    found = arrays["attribution"] if "attribution" in arrays else arrays["saliency"]
    of_input = "input" in arrays and found.shape == dataset.sample_shape
    form = form_of(dataset) if of_input else "bars" if found.ndim < 2 else "picture"
    sample: Array | None = arrays["input"] if of_input else arrays.get("activation")
    values = found.astype(np.float64)
    if form == "picture":
        values = _over_channels(values.reshape(-1, *values.shape[-2:]))
        sample = sample.reshape(-1, *sample.shape[-2:]) if of_input and sample is not None else None
    elif form != "trace":
        values = values.reshape(-1)
        sample = None if sample is None or sample.size != values.size else sample.reshape(-1)
    names = _names(form, values, dataset.features if of_input else ())
    if form == "tokens" and dataset.vocabulary and sample is not None:
        names = tuple(dataset.token(int(number)) for number in sample)
    return Reading(form, values, sample, names, _limit(values), bool((values < 0).any()))


def form_of(dataset: Dataset) -> Form:
    """Return how attributions of data are drawn."""
    dimensions = len(dataset.sample_shape)
    if dataset.input_dtype == "int64":
        return "tokens"
    if dimensions == 2 and dataset.kind == "sequence":
        return "trace"
    return "picture" if dimensions >= 2 else "bars"


def figure(reading: Reading, place: int) -> str:
    """Return the value at a flat place as text, with its sign where signs say something: +0.213."""
    value = float(reading.values.flat[place])
    return (f"{value:+.3g}" if reading.signed else f"{value:.3g}").replace("-", "−")


def strongest(reading: Reading) -> int:
    """Return the flat place of the value of the largest size."""
    return int(np.argmax(np.nan_to_num(np.abs(reading.values), posinf=0.0)))


def by_size(reading: Reading) -> Array:
    """Return the flat places, the largest size first; int64."""
    return np.argsort(-np.nan_to_num(np.abs(reading.values), posinf=0.0).ravel(), kind="stable")


def arrays_of(reading: Reading, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Return arrays for saving, what is drawn first: that is what a CSV file holds, with its names."""
    drawn = {"drawn": reading.values}
    if reading.form in ("bars", "tokens") and len(reading.names) == reading.values.size:
        drawn = {"token" if reading.form == "tokens" else "feature": np.array(reading.names), **drawn}
    return {**drawn, **arrays}


def _over_channels(values: Array) -> Array:
    """The sum of (channels, height, width); what changes channels together has one number for all of them."""
    return np.asarray(values[0] if (values == values[:1]).all() else values.sum(axis=0))


def _limit(values: Array) -> float:
    sizes = np.abs(values[np.isfinite(values)])
    if not sizes.size:
        return 1.0
    top = float(np.quantile(sizes, NEARLY_ALL)) if sizes.size > MANY else 0.0
    return top or float(sizes.max()) or 1.0


def _names(form: Form, values: Array, known: tuple[str, ...]) -> tuple[str, ...]:
    if form not in ("bars", "trace"):
        return ()
    count = values.shape[-1]
    return known if len(known) == count else tuple(f"[{n}]" for n in range(count))
