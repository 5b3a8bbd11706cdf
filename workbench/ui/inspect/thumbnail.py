"""A sample as a small picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray
from PySide6.QtGui import QImage

from workbench.ui.images import heat, picture

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset


def pictured(dataset: Dataset) -> bool:
    """Whether samples of these data can be shown as pictures: ids and rows of a table can't."""
    return dataset.input_dtype != "int64" and len(dataset.sample_shape) in (2, 3)


def thumbnail(dataset: Dataset, sample: NDArray[Any]) -> QImage:
    """Return a picture of a sample, as the network gets it, of data that are `pictured`."""
    if dataset.kind == "image":
        return picture(sample if sample.shape[0] in (1, 3) else sample.mean(0, keepdims=True))
    rows = sample.reshape(-1, sample.shape[-1])
    return heat(rows, signed=bool((rows < 0).any()))
