"""What a method's numbers belong to, as the data call it: a table's features, the words of ids."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from workbench.data.dataset import Dataset

Array = NDArray[np.generic]
OF_INPUT = ("attribution", "saliency", "input")
"""Arrays that have a value for each of the sample's, if any is as long."""
TOP = 10
"""Features or tokens that a table of the strongest lists."""


def names_of(arrays: Mapping[str, Array], dataset: Dataset) -> tuple[str, tuple[str, ...]]:
    """Return what a sample's values are, "feature" or "token", and their names; none where they have none.

    Only for results with an array of a row or a sequence of ids, (n,), such as an attribution.
    """
    shape = dataset.sample_shape
    if len(shape) != 1 or not any(arrays[name].shape == shape for name in OF_INPUT if name in arrays):
        return "", ()
    if dataset.input_dtype == "int64":
        ids = arrays.get("input")
        known = dataset.vocabulary and ids is not None and ids.dtype.kind in "iu"
        return ("token", tuple(map(dataset.token, ids.tolist()))) if known and ids is not None else ("", ())
    return ("feature", dataset.features) if len(dataset.features) == shape[0] else ("", ())


def with_names(arrays: Mapping[str, Array], dataset: Dataset) -> dict[str, Array]:
    """Return arrays and beside them the names of the sample's values, where they have some."""
    what, names = names_of(arrays, dataset)
    return {**arrays, **({what: np.array(names)} if names and what not in arrays else {})}


def strongest(arrays: Mapping[str, Array], dataset: Dataset) -> tuple[str, list[tuple[str, float]]]:
    """Return what is listed, and the names and values of largest size in an attribution; none elsewhere."""
    what, names = names_of(arrays, dataset)
    values = next((arrays[n] for n in OF_INPUT[:2] if n in arrays), np.zeros(0))
    if not names or values.shape != (len(names),):
        return "", []
    sizes = np.nan_to_num(np.abs(values.astype(np.float64)), posinf=0.0)
    order = np.argsort(-sizes, kind="stable")[:TOP]
    return what, [(names[n], float(values[n])) for n in order]
