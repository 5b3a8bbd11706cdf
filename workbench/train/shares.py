"""How a batch is shared out among processes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor


class Share(NamedTuple):
    """Samples ``start`` to ``stop`` of a batch, which count as ``weight`` of it: 0 to 1."""

    start: int
    stop: int
    weight: float


def share(batch: int, rank: int, size: int) -> Share:
    """Return the part of a batch of so many samples that process ``rank`` of ``size`` learns from.

    Parts differ by at most a sample, and none is of a single sample where the batch has more: batch norm
    has no statistics of one. Processes that are left over look at the first two, which count for nothing.
    """
    workers = min(size, max(1, batch // 2))
    if rank >= workers:
        return Share(0, min(2, batch), 0.0)
    start, stop = (batch * number // workers for number in (rank, rank + 1))
    return Share(start, stop, (stop - start) / batch)


def parts(order: Tensor, sizes: Sequence[int], rank: int, size: int) -> tuple[Tensor, list[int]]:
    """Return what one process visits, and its parts' sizes, for batches of these sizes in this order.

    ``order``: int64, shape (sum of sizes,). All batches but the last are of one size.
    """
    first, last = (share(batch, rank, size) for batch in (sizes[0], sizes[-1]))
    full = len(sizes) - 1
    table = order[: full * sizes[0]].reshape(full, sizes[0])[:, first.start : first.stop]
    tail = order[full * sizes[0] :][last.start : last.stop]
    return torch.cat([table.reshape(-1), tail]), [first.stop - first.start] * full + [len(tail)]
