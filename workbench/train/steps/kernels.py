"""Optimiser steps without the optimiser's own preparations, which cost a small model a fifth of its time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

Update = Callable[[], object]
_Group = dict[str, Any]
_State = Mapping[Tensor, dict[str, Tensor]]
_Kernel = Callable[[list[Tensor]], None]


def stepper(optimizer: torch.optim.Optimizer) -> Update:
    """Return a function that does what ``optimizer.step()`` does, to the bit.

    Where the optimiser is a fused Adam, AdamW or SGD, all but the first call go straight to the kernel that
    it would call, with the tensors of its state: torch's `step` looks up, groups and checks the same tensors
    anew each time. A call in which a parameter has no gradient is the optimiser's own, and so is the first
    after it has loaded another state. Learning rates and weight decay are read from the groups.
    """
    make = _KERNELS.get(type(optimizer))
    if not all(group.get("fused") for group in optimizer.param_groups):
        return optimizer.step
    groups: list[_Group] = []
    kernels: list[_Kernel] = []
    state: object = None

    def step() -> None:
        nonlocal groups, kernels, state
        if state is not optimizer.state:
            groups = optimizer.param_groups  # loading a state replaces them as well
        gradients = [[weight.grad for weight in group["params"]] for group in groups]
        complete = all(gradient is not None for some in gradients for gradient in some)
        if state is not optimizer.state:
            _align(optimizer)
            optimizer.step()  # makes the state, or checks what was loaded
            if complete and make:
                kernels, state = [make(group, optimizer.state) for group in groups], optimizer.state
        elif complete:
            with torch.no_grad():
                for kernel, some in zip(kernels, gradients, strict=True):
                    kernel(some)
        else:
            optimizer.step()

    return step


def _align(optimizer: torch.optim.Optimizer) -> None:
    """Lay an optimiser's tensors out in memory as its parameters are: fused kernels take that for granted.

    A checkpoint's are contiguous, while the weights may have their channels last.
    """
    for parameter, values in optimizer.state.items():
        for name, value in values.items():
            alike = isinstance(value, Tensor) and value.shape == parameter.shape
            if alike and value.stride() != parameter.stride():
                values[name] = torch.empty_like(parameter, dtype=value.dtype).copy_(value)


def _adam(group: _Group, state: _State) -> _Kernel:
    parameters: list[Tensor] = group["params"]
    means, squares = ([state[p][name] for p in parameters] for name in ("exp_avg", "exp_avg_sq"))
    together = torch.stack([state[parameter]["step"] for parameter in parameters])
    counts = [together[number] for number in range(len(parameters))]
    for parameter, count in zip(parameters, counts, strict=True):
        state[parameter]["step"] = count  # a view, so that one operation counts for all
    beta1, beta2 = group["betas"]
    kernel = torch._fused_adamw_ if group["decoupled_weight_decay"] else torch._fused_adam_

    def step(gradients: list[Tensor]) -> None:
        together.add_(1)
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


def _sgd(group: _Group, state: _State) -> _Kernel:
    parameters: list[Tensor] = group["params"]
    momentum: float = group["momentum"]
    buffers = [state[parameter]["momentum_buffer"] for parameter in parameters] if momentum else []

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


_KERNELS: Mapping[type[torch.optim.Optimizer], Callable[..., _Kernel]] = {
    torch.optim.Adam: _adam,
    torch.optim.AdamW: _adam,
    torch.optim.SGD: _sgd,
}
