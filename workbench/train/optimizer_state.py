"""What an optimiser remembers, as plain tensors and JSON: no pickle is written or read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor

from workbench.errors import UserError

Tensors = dict[str, Tensor]
Numbers = dict[str, Any]

_TENSOR = "tensor"


def flatten(
    optimizer: torch.optim.Optimizer, whole: Callable[[Tensor], Tensor] = lambda tensor: tensor
) -> tuple[dict[int, Tensors], Numbers]:
    """Return the whole state of any of torch's optimisers; ``whole`` joins tensors that processes share.

    First its tensors, copied to the CPU, by the number of their parameter (counted over all groups) and by
    name; one in a list has its place behind a dot ("old_dirs.0"). Then whatever else there is, as JSON: by
    the parameter's number and by name. There tensors in lists are ``{"tensor": name}``, and floats are
    hexadecimal text, so that no bit is lost and nan can be told; most optimisers have nothing here.
    """
    tensors: dict[int, Tensors] = {}
    numbers: Numbers = {}
    for number, parameter in enumerate(_parameters(optimizer)):
        if parameter not in optimizer.state:
            continue
        own = tensors.setdefault(number, {})
        for name, value in optimizer.state[parameter].items():
            told = _told(value, name, own, whole)
            if not isinstance(value, Tensor):
                numbers.setdefault(str(number), {})[name] = told
    return tensors, numbers


def restore(
    optimizer: torch.optim.Optimizer, tensors: Mapping[int, Mapping[str, Tensor]], numbers: Mapping[str, Any]
) -> None:
    """Give an optimiser the state that `flatten` returned of another one for the same parameters.

    Its groups stay the same objects, with the settings they have. Raises `UserError` for a state of other
    parameters or that is damaged; the optimiser is then as it was.
    """
    parameters = list(_parameters(optimizer))
    whole = sum(parameter.numel() for parameter in parameters)
    state: dict[int, dict[str, Any]] = {}
    for number, own in tensors.items():
        if number >= len(parameters):
            raise _misfit(f"knows a parameter {number}, but the stack has {len(parameters)}")
        parameter = parameters[number]
        for name, tensor in own.items():
            if tensor.dim() and tensor.shape not in {parameter.shape, (whole,)}:
                raise _misfit(f"has a {name} of parameter {number} that fits none here")
        copies = {name: _copy_like(tensor, parameter) for name, tensor in own.items()}
        state[number] = {name: tensor for name, tensor in copies.items() if "." not in name}
        for name, told in numbers.get(str(number), {}).items():
            state[number][name] = _meant(told, copies)
    groups = optimizer.param_groups
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
    optimizer.param_groups = groups  # who holds one goes on setting its rate


def _parameters(optimizer: torch.optim.Optimizer) -> Iterator[Tensor]:
    """All parameters, in the order in which torch numbers them."""
    for group in optimizer.param_groups:
        yield from group["params"]


def _told(value: Any, name: str, tensors: Tensors, whole: Callable[[Tensor], Tensor]) -> Any:
    """A value as JSON; tensors go to ``tensors``."""
    if isinstance(value, Tensor):
        tensors[name] = whole(value.detach()).to("cpu", copy=True).contiguous()
        return {_TENSOR: name}
    if isinstance(value, list):
        return [_told(item, f"{name}.{place}", tensors, whole) for place, item in enumerate(value)]
    if isinstance(value, float):
        return value.hex()
    if value is None or isinstance(value, int):
        return value
    raise TypeError(f"the optimiser's {name} is a {type(value).__name__}")


def _meant(told: Any, tensors: Tensors) -> Any:
    """The value that `_told` told."""
    if isinstance(told, list):
        return [_meant(item, tensors) for item in told]
    if isinstance(told, Mapping):
        if told.get(_TENSOR) in tensors:
            return tensors[told[_TENSOR]]
    elif isinstance(told, str):
        try:
            return float.fromhex(told)
        except (ValueError, OverflowError):
            pass
    elif told is None or isinstance(told, int):
        return told
    raise _misfit(f"remembers {told!r}, which is no number")


def _copy_like(tensor: Tensor, parameter: Tensor) -> Tensor:
    """A copy that lies in memory as its parameter does: fused kernels walk through both side by side."""
    if tensor.shape != parameter.shape:
        return tensor.clone()
    return torch.empty_like(parameter, dtype=tensor.dtype, device=tensor.device).copy_(tensor)


def _misfit(what: str) -> UserError:
    return UserError(
        f"the checkpoint is of another stack: its optimiser {what}.",
        place="resume",
        remedy="Use the stack that it was trained with.",
    )
