"""The inspected sample as the data have it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.ui.inspect.inspected import Inspected, OwnSample


def in_units(inspected: Inspected) -> NDArray[Any] | None:
    """Return the sample's values in the data's own units, before scaling; None while there is none."""
    dataset, sample = inspected.dataset, inspected.sample
    if dataset is None:
        return None
    if isinstance(sample, OwnSample):
        fits = sample.values.shape == dataset.sample_shape
        return np.asarray(sample.values, np.float32) / np.float32(dataset.scale) if fits else None
    return dataset.inputs[sample] if 0 <= sample < len(dataset) else None
