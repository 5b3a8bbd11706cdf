"""Steps that leave no trace: everything that they changed is put back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from workbench.train.ema import Ema
from workbench.train.steps.random import random_state, set_random_state

_FRESH: Mapping[str, float] = {"mu_product": 1.0}
"""What optimisers' tensors hold before the first step, where it isn't 0 (NAdam's)."""


@contextmanager
def rehearsal(
    model: nn.Module, optimizer: torch.optim.Optimizer, ema: Ema | None, device: torch.device
) -> Iterator[None]:
    """Put weights, buffers, averages, the optimiser's tensors and random numbers back in place afterwards.

    Tensors that the optimiser made meanwhile stay, with the values that they have before a first step. For
    optimisers whose state is tensors; gradients are let go.
    """
    own = [*model.parameters(), *model.buffers(), *(ema.state().values() if ema else ())]
    kept = [(tensor, tensor.detach().clone()) for tensor in own]
    moments = {
        (parameter, name): value.clone()
        for parameter, values in optimizer.state.items()
        for name, value in values.items()
        if isinstance(value, Tensor)
    }
    random = random_state(device)
    try:
        yield
    finally:
        with torch.no_grad():
            for tensor, before in kept:
                tensor.copy_(before)
            for parameter, values in optimizer.state.items():
                for name, value in values.items():
                    if (parameter, name) in moments:
                        value.copy_(moments[parameter, name])
                    elif isinstance(value, Tensor):
                        value.fill_(_FRESH.get(name, 0.0))
        for parameter in model.parameters():
            parameter.grad = None
        set_random_state(random, device)
