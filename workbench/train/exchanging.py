"""A model whose gradients processes exchange, each counting by its part of the batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.distributed.fsdp import FSDPModule
from torch.nn.parallel import DistributedDataParallel


class Part(nn.Module):
    """Runs a process's part of a batch, whose gradients count ``factor()`` times in their mean.

    ``inner`` is what exchanges them: DDP, or a model that FSDP2 has shared out.
    """

    def __init__(self, inner: nn.Module, factor: Callable[[], float]) -> None:
        super().__init__()
        self._inner = inner
        self._factor = factor

    def forward(self, *inputs: Tensor) -> Tensor:
        """Run the model."""
        outputs: Tensor = self._inner(*inputs)
        factor = self._factor()
        if factor == 1.0 or not outputs.requires_grad:
            return outputs
        return cast(Tensor, _Weighted.apply(outputs, factor))  # type: ignore[no-untyped-call]

    def no_sync(self) -> AbstractContextManager[None]:
        """Return a context in which gradients are only added up, to be exchanged with the next ones."""
        if isinstance(self._inner, DistributedDataParallel):
            return cast("AbstractContextManager[None]", self._inner.no_sync())
        return _unexchanged(cast(FSDPModule, self._inner))


@contextmanager
def _unexchanged(model: FSDPModule) -> Iterator[None]:
    model.set_requires_gradient_sync(False)
    try:
        yield
    finally:
        model.set_requires_gradient_sync(True)


class _Weighted(torch.autograd.Function):
    """What comes in goes out; the gradient is multiplied on its way back."""

    @staticmethod
    def forward(ctx: Any, outputs: Tensor, factor: float) -> Tensor:
        ctx.factor = factor
        return outputs.view_as(outputs)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return gradient * ctx.factor, None


def leaves_some_out(model: nn.Module) -> bool:
    """Whether some layer's answer doesn't reach the model's: its weights never have a gradient."""
    graph = getattr(model, "graph", None)
    if graph is None:
        return False
    uses = graph.sources()
    names = [node.id for node in graph]
    reached = {names[-1]}
    for name, reads in reversed(list(zip(names, uses, strict=True))):
        if name in reached:
            reached.update(reads)
    return any(
        name not in reached and any(True for _ in layer.parameters())
        for name, layer in model.named_children()
    )
