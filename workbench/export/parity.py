"""Comparing what was exported with the model: on real samples, at several batch sizes."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.errors import UserError
from workbench.export.base import Checked

if TYPE_CHECKING:
    from torch import Tensor

    from workbench.build.model import StackModel
    from workbench.data.dataset import Dataset

SAMPLES = 200
BATCH_SIZES = (1, 7, 64)

Arrays = tuple[NDArray[Any], ...]
Function = Callable[[Arrays], Arrays]
"""From an array an input, batch first, to an array an output, the main answer last."""


def samples_of(model: StackModel, dataset: Dataset) -> Arrays:
    """Return up to 200 samples, the test split's first, for a model's one input. Raises `UserError`."""
    if len(model.input_ids) != 1:
        raise UserError(
            f"the stack has {len(model.input_ids)} Input layers, but the data have one.",
            place="model",
            remedy="Keep one Input.",
        )
    order = [dataset.splits[name] for name in ("test", "validation", "train") if name in dataset.splits]
    indices = np.concatenate(order)[:SAMPLES]
    if not len(indices):
        raise UserError("there are no samples to compare on.", place="data", remedy="Choose other data.")
    return (dataset.batch(indices),)


def on_cpu(model: StackModel) -> StackModel:
    """Return a copy of the model, in evaluation mode on the CPU; exporting must not touch the original."""
    return copy.deepcopy(model).cpu().eval().requires_grad_(False)


def reference(answers: Callable[..., Tensor | tuple[Tensor, ...]]) -> Function:
    """Return a model as a function of arrays: one that gives a tensor, or one an output."""
    import torch

    def run(arrays: Arrays) -> Arrays:
        with torch.inference_mode():
            found = answers(*map(torch.from_numpy, arrays))
        return tuple(one.numpy() for one in (found if isinstance(found, tuple) else (found,)))

    return run


def compare(wanted: Function, got: Function, samples: Arrays) -> Checked:
    """Run both on the samples at every batch size. Raises `UserError` if they don't agree.

    Where there are fewer samples than the largest batch holds, they are repeated to fill it.
    """
    count = len(samples[0])
    filled = np.resize(np.arange(count), max(count, *BATCH_SIZES))
    largest = scale = 0.0
    for size in BATCH_SIZES:
        for start in range(0, len(filled), size):
            batch = tuple(array[filled[start : start + size]] for array in samples)
            expected, found = wanted(batch), got(batch)
            if len(expected) != len(found):
                largest = math.inf
            for one, other in zip(expected, found, strict=False):
                largest = max(largest, _difference(one, other))
                finite = np.abs(one[np.isfinite(one)])
                scale = max(scale, float(finite.max(initial=0.0)))
    # float32 carries seven digits; deep stacks lose two or three of them in another order of adding
    if not largest <= 1e-5 + 1e-4 * scale:
        raise UserError(
            f"the exported model's answers differ from this one's by up to {largest:.3g} "
            f"(its outputs reach {scale:.3g}), so nothing was written.",
            place="export",
            remedy="Please report this stack.",
        )
    return Checked(count, BATCH_SIZES, largest, largest / scale if scale else largest)


def _difference(expected: NDArray[Any], got: NDArray[Any]) -> float:
    if expected.shape != got.shape:
        return math.inf
    same = (expected == got) | (np.isnan(expected) & np.isnan(got))
    if same.all():
        return 0.0
    found = np.abs(expected[~same].astype(np.float64) - got[~same].astype(np.float64))
    return float(np.nan_to_num(found, nan=math.inf).max())
