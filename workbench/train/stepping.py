"""Optimiser steps without the optimiser's own preparations, which cost a small model a fifth of its time."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

Step = Callable[[], object]
_Kernel = Callable[[list[Tensor]], None]


def stepper(optimizer: torch.optim.Optimizer) -> Step:
    """Return a function that does what ``optimizer.step()`` does, to the bit.

    Where the optimiser is fused, all but the first call go straight to the kernel that it would call, with
    the tensors of its state: torch's `step` looks up, groups and checks the same tensors anew each time. A
    call in which a parameter has no gradient is the optimiser's own. Learning rates are read from the
    group. The function is void once the optimiser has loaded another state.
    """
    group = optimizer.param_groups[0]
    if not group.get("fused"):
        return optimizer.step
    parameters: list[Tensor] = group["params"]
    kernel: _Kernel | None = None

    def step() -> None:
        nonlocal kernel
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        if len(gradients) < len(parameters):
            optimizer.step()
        elif kernel is None:
            optimizer.step()  # makes the state
            kernel = _sgd(optimizer) if isinstance(optimizer, torch.optim.SGD) else _adam(optimizer)
        else:
            with torch.no_grad():
                kernel(gradients)

    return step


def _adam(optimizer: torch.optim.Optimizer) -> _Kernel:
    group = optimizer.param_groups[0]
    parameters: list[Tensor] = group["params"]
    means, squares, counts = (_state(optimizer, name) for name in ("exp_avg", "exp_avg_sq", "step"))
    beta1, beta2 = group["betas"]
    kernel = torch._fused_adamw_ if group["decoupled_weight_decay"] else torch._fused_adam_

    def step(gradients: list[Tensor]) -> None:
        torch._foreach_add_(counts, 1)
        kernel(
            parameters,
            gradients,
            means,
            squares,
            [],
            counts,
            lr=group["lr"],
            beta1=beta1,
            beta2=beta2,
            weight_decay=group["weight_decay"],
            eps=group["eps"],
            amsgrad=False,
            maximize=False,
        )

    return step


def _sgd(optimizer: torch.optim.Optimizer) -> _Kernel:
    group = optimizer.param_groups[0]
    parameters: list[Tensor] = group["params"]
    momentum: float = group["momentum"]
    buffers = _state(optimizer, "momentum_buffer") if momentum else []

    def step(gradients: list[Tensor]) -> None:
        torch._fused_sgd_(
            parameters,
            gradients,
            buffers,
            weight_decay=group["weight_decay"],
            momentum=momentum,
            lr=group["lr"],
            dampening=0.0,
            nesterov=group["nesterov"],
            maximize=False,
            is_first_step=False,
        )

    return step


def _state(optimizer: torch.optim.Optimizer, name: str) -> list[Tensor]:
    return [optimizer.state[parameter][name] for parameter in optimizer.param_groups[0]["params"]]
