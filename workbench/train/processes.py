"""Several processes train one model: torch's DDP, or FSDP2 where a model is too large for one device."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from time import perf_counter
from typing import Any, TypeVar, cast

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor, distribute_tensor
from torch.nn.parallel import DistributedDataParallel

from workbench.errors import UserError
from workbench.train.batches import Batch, Samples
from workbench.train.events import Diagnosed, Event, Probed, Steps, Vitals
from workbench.train.exchanging import Part, leaves_some_out
from workbench.train.orders import Order, Orders
from workbench.train.seeding import draw_by
from workbench.train.shares import parts, share
from workbench.train.team import Led
from workbench.train.words import to_all

INTERVAL = 1 / 25
"""Seconds between reports, about: they are so many steps apart as were done in that time."""
MOST = 100_000
"""Most steps between reports."""
BEAT = 1.0
"""Seconds between two words to processes that wait while nobody asks for events: training is paused."""
Found = TypeVar("Found")


class Processes:
    """A `workbench.train.team.Team` of the processes in torch's default group.

    Gradients are the mean over each whole batch, exactly but for rounding, however it is shared out. Layers
    and losses that look at a batch as a whole see one process's part: batch norm takes its statistics from
    it (the first process's running ones are kept), and so do losses that compare or weigh samples.
    """

    plain = True

    def __init__(self, device: str, orders: Orders, *, shard: bool = False) -> None:
        self.rank = dist.get_rank()
        self.size = dist.get_world_size()
        self.every: int | None = 1
        self.sharded = shard
        self._mesh = init_device_mesh(device, (self.size,)) if shard else None
        self._orders = orders
        self._many = 1
        self._one_by_one = False
        self._begun = perf_counter()
        self.factor = 1.0
        """How much this process's gradients count in their mean over processes."""

    def wrap(self, model: nn.Module) -> nn.Module:
        """Return the module that exchanges gradients; where the model is sharded it is changed in place."""
        learned = [parameter for parameter in model.parameters() if parameter.requires_grad]
        if not learned:
            return model
        if self._mesh is not None:
            for layer in model.children():
                if any(True for _ in layer.parameters()):
                    fully_shard(layer, mesh=self._mesh)
            fully_shard(model, mesh=self._mesh)
            return Part(model, lambda: self.factor)
        devices = [learned[0].device] if learned[0].device.type == "cuda" else None
        unused = leaves_some_out(model)
        exchanging = DistributedDataParallel(model, devices, find_unused_parameters=unused)
        return Part(exchanging, lambda: self.factor)

    def batches(
        self, samples: Samples, order: Tensor, sizes: Sequence[int], first: int = 0
    ) -> Iterator[Batch]:
        """Yield this process's part of each batch."""
        mine, counts = parts(order, sizes, self.rank, self.size)
        start = sum(sizes[:first])
        for size, batch in zip(sizes[first:], samples.batches(mine, counts, first), strict=True):
            self.factor = share(size, self.rank, self.size).weight * self.size
            if self.rank:
                draw_by(order[start : start + size], self.rank)
            start += size
            yield batch

    def mean(self, losses: Tensor, sizes: Sequence[int]) -> Tensor:
        """Return whole batches' mean losses."""
        weights = torch.tensor([share(size, self.rank, self.size).weight for size in sizes])
        weights = weights.to(losses)
        total = torch.where(weights > 0, losses * weights, 0.0)
        dist.all_reduce(total)
        return total

    def agreed(self, good: bool) -> bool:
        """Return whether it is so in all processes."""
        flag = torch.tensor(int(good))
        dist.all_reduce(flag, dist.ReduceOp.MIN)
        return bool(flag)

    def once(self, function: Callable[[], Found]) -> Found:
        """Return the first process's answer; sharded, all work it out, since none has the whole model."""
        answer = function() if self.rank == 0 or self.sharded else None
        found = to_all(answer if self.rank == 0 else None)
        return cast(Found, tuple(found) if isinstance(found, list) else found)

    def whole(self, tensor: Tensor) -> Tensor:
        """Return a tensor with all its parts."""
        return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor

    def placed(self, tensor: Tensor, like: Tensor) -> Tensor:
        """Return this process's part of a whole tensor, laid out as ``like``."""
        if not isinstance(like, DTensor) or isinstance(tensor, DTensor) or tensor.shape != like.shape:
            return tensor
        return distribute_tensor(tensor.to(like.device), like.device_mesh, like.placements)

    def call(self) -> None:
        """Let the others join the first in taking a snapshot."""
        if self.rank == 0 and self.sharded:
            to_all({"join": True})

    def meet(self, trainer: Led, event: Event) -> None:
        """Give all the same orders; while nobody asks for the next event, wait here."""
        if isinstance(event, Vitals | Probed | Diagnosed):
            return  # the others may have none just now
        if self.rank == 0:
            self._lead(trainer, event)
        else:
            self._follow(trainer)
        self._begun = perf_counter()

    def _lead(self, trainer: Led, event: Event) -> None:
        if isinstance(event, Steps):
            pace = (perf_counter() - self._begun) / max(1, len(event.losses))
            self._many = max(1, min(MOST, 2 * self._many, round(INTERVAL / max(pace, 1e-9))))
        while True:
            orders = self._orders.take()
            for order in orders:
                if order.do == "one_by_one":
                    self._one_by_one = order.value > 0
            go = not self._orders.held
            self.every = 1 if self._one_by_one else self._many
            to_all({"orders": [order.to_json() for order in orders], "every": self.every, "go": go})
            self._obey(trainer, orders)
            if go:
                return
            self._orders.wait(BEAT)

    def _follow(self, trainer: Led) -> None:
        while True:
            said: dict[str, Any] = to_all()
            if said.get("join"):
                trainer.join()
                continue
            self._obey(trainer, [Order.from_json(raw) for raw in said["orders"]])
            if said["go"]:
                self.every = said["every"]
                return

    def _obey(self, trainer: Led, orders: Sequence[Order]) -> None:
        for order in orders:
            if order.do == "stop":
                trainer.stop()
            elif order.do == "keep" and self.rank == 0:
                trainer.controls.keep()
            elif order.do == "change":
                with suppress(UserError):  # who asked for it has been told
                    trainer.change(order.name, order.value)
