"""What one sample of the data is, in a few words."""

from __future__ import annotations

from workbench.data.dataset import Dataset
from workbench.data.texts import MARKS
from workbench.ui.wording import grouped


def described(dataset: Dataset) -> str:
    """Return what one sample is: "8×8 pixels, grey", "30 columns", "30 words, of 8 231 known"."""
    shape = dataset.sample_shape
    if dataset.tokenizer is not None:
        return f"{shape[0]} words, of {grouped(len(dataset.vocabulary) - len(MARKS))} known"
    if dataset.kind == "image":
        channels, height, width = shape
        return f"{height}×{width} pixels, " + {1: "grey", 3: "colour"}.get(channels, f"{channels} channels")
    if dataset.kind == "table":
        return f"{shape[0]} columns"
    if dataset.kind == "sequence":
        return f"{shape[0]} steps of {shape[1]} features"
    what = "values" if dataset.input_dtype == "float32" else "tokens" if dataset.vocabulary else "ids"
    return f"{'×'.join(map(str, shape))} {what}"
