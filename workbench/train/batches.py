"""A split's samples on the device, in batches."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench.data.dataset import Source
from workbench.train.losses import Loss

CHUNK = 2**20
"""Bytes that are gathered at a time: a gather for each batch would cost more than its data."""

Batch = tuple[Tensor, Tensor]


class Samples:
    """Some of a source's samples, kept on a device and indexed there.

    On the CPU they stay where they are, in the source's arrays and dtype; a GPU gets a copy. Batches hold
    inputs as the network sees them (float32 scaled, or int64 ids) and targets as the loss wants them.
    """

    def __init__(self, source: Source, indices: NDArray[np.int64], loss: Loss, device: torch.device) -> None:
        self._count = len(indices)
        self._device = device
        self._scale = source.scale
        self._indices = rows = np.array(indices, dtype=np.int64)
        self._rows: Tensor | None = None
        if device.type == "cpu" and source.inputs.flags.writeable:
            self._inputs = torch.from_numpy(source.inputs)
            self._rows = torch.from_numpy(rows)
        else:
            self._inputs = torch.from_numpy(source.inputs[rows]).to(device)
        self.targets = loss.prepared(torch.from_numpy(source.targets[rows])).to(device)

    def __len__(self) -> int:
        return self._count

    def take(self, chosen: Tensor) -> Batch:
        """Return the samples at these places of the split, int64 on the device."""
        rows = chosen if self._rows is None else self._rows.index_select(0, chosen)
        inputs = self._inputs.index_select(0, rows)
        if inputs.dtype != torch.int64:
            inputs = inputs.to(torch.float32)
            if self._scale != 1:
                inputs = inputs * self._scale
        return inputs, self.targets.index_select(0, chosen)

    def batches(self, order: Tensor, sizes: list[int], first: int = 0) -> Iterator[Batch]:
        """Yield batches of these sizes in this order, from batch ``first`` on.

        They are gathered a chunk at a time and cut from it. Where chunks begin doesn't depend on ``first``:
        how a batch lies in memory can change the last bit of what is computed from it.
        """
        order = order.to(self._device)
        sample = max(1, self._inputs[0].numel() * (8 if self._inputs.dtype == torch.int64 else 4))
        together = max(1, CHUNK // (sample * sizes[0]))
        for begin in range(first - first % together, len(sizes), together):
            some = sizes[begin : begin + together]
            start = begin * sizes[0]  # only the last batch has another size
            inputs, targets = self.take(order[start : start + sum(some)])
            skip = max(0, first - begin)
            yield from zip(torch.split(inputs, some)[skip:], torch.split(targets, some)[skip:], strict=True)

    def in_order(self, size: int) -> Iterator[Batch]:
        """Yield all samples in the split's order, ``size`` at a time."""
        for start in range(0, self._count, size):
            yield self.take(torch.arange(start, min(start + size, self._count), device=self._device))

    def everything(self) -> Batch:
        """Return all samples at once."""
        return self.take(torch.arange(self._count, device=self._device))

    def first_not_finite(self) -> int | None:
        """Return the source's number of the first sample that holds nan or infinity, or None."""
        start = 0
        for inputs, targets in self.in_order(1024):
            finite = inputs.flatten(1).isfinite().all(1) & targets.reshape(len(targets), -1).isfinite().all(1)
            if not finite.all():
                return int(self._indices[start + int(finite.int().argmin())])
            start += len(targets)
        return None


def sizes(samples: int, batch_size: int) -> list[int]:
    """Return an epoch's batch sizes.

    A last batch of one sample joins the one before it: batch norm has no statistics of a single sample.
    """
    full, rest = divmod(samples, batch_size)
    if rest == 1 and full:
        return [*[batch_size] * (full - 1), batch_size + 1]
    return [batch_size] * full + ([rest] if rest else [])
