"""Captum's DeepLift, with a rule for each elementwise activation and for windows that overlap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from captum.attr import LayerDeepLift
from captum.attr._core.deep_lift import SUPPORTED_NON_LINEAR, nonlinear
from torch import Tensor, nn
from torch.nn import functional

from workbench.interpret.attribution.scored import Scored

ELEMENTWISE = frozenset(
    {
        *(nn.ReLU6, nn.GELU, nn.SiLU, nn.Mish, nn.SELU, nn.CELU, nn.PReLU, nn.LogSigmoid, nn.Softsign),
        *(nn.Tanhshrink, nn.Hardswish, nn.Hardsigmoid, nn.Hardtanh, nn.Hardshrink, nn.Softshrink),
        nn.Threshold,
    }
)
"""Activations of one value at a time without a rule in captum: the paper's rescale rule is for any such."""

_MAX_POOLS: dict[type[nn.Module], Callable[..., tuple[Tensor, Tensor]]] = {
    nn.MaxPool1d: functional.max_pool1d,
    nn.MaxPool2d: functional.max_pool2d,
    nn.MaxPool3d: functional.max_pool3d,
}


class RescaleDeepLift(LayerDeepLift):  # type: ignore[misc]
    """DeepLift with the rescale rule for every elementwise activation, for the layers behind an entrance."""

    def __init__(self, scored: Scored, behind: frozenset[nn.Module]) -> None:
        super().__init__(scored, scored.entrance)  # DeepLift itself warns that it sets hooks
        self._behind = behind

    def _can_register_hook(self, module: nn.Module) -> bool:
        return module in self._behind and super()._can_register_hook(module)

    def _is_non_linear(self, module: nn.Module) -> bool:
        return type(module) in ELEMENTWISE or super()._is_non_linear(module)

    def _backward_hook(self, module: nn.Module, grad_input: Tensor, grad_output: Tensor) -> Tensor:
        found: Tensor
        if type(module) in ELEMENTWISE:
            found = nonlinear(module, module.input, module.output, grad_input, grad_output, eps=self.eps)
        elif type(module) in _MAX_POOLS and _overlaps(module):
            found = _max_pool(module, grad_input, grad_output, self.eps)
        else:
            found = super()._backward_hook(module, grad_input, grad_output)
            return found
        del module.input, module.output
        return found


def has_rule(module: nn.Module) -> bool:
    """Whether differences are carried through a module by a rule of its own."""
    return type(module) in SUPPORTED_NON_LINEAR or type(module) in ELEMENTWISE


def apart(modules: frozenset[nn.Module]) -> None:
    """Let each module read its input as a tensor of its own.

    Captum puts its multipliers in place of the gradient of the tensor that a module reads. That is also the
    gradient of other layers that read it, and for a rule right before it, such as ReLU's before MaxPool's, it
    comes too late: attributions would be incomplete, by more than half at times.
    """
    for module in modules:
        module.register_forward_pre_hook(lambda _module, inputs: tuple(x.view_as(x) for x in inputs))


def _overlaps(pool: Any) -> bool:
    """Whether an input may be the largest of several windows."""
    return bool((np.atleast_1d(pool.stride) < np.atleast_1d(pool.kernel_size)).any())


def _max_pool(pool: Any, grad_input: Tensor, grad_output: Tensor, eps: float) -> Tensor:
    """Captum's rule for max pooling, which keeps only one of the windows that an input is the largest of."""
    inputs, outputs = pool.input, pool.output
    given, reference = inputs.chunk(2)
    output, output_reference = outputs.chunk(2)
    largest = torch.max(output, output_reference)
    shares = grad_output * torch.cat((largest - output_reference, output - largest))
    _, places = _MAX_POOLS[type(pool)](
        inputs,
        pool.kernel_size,
        pool.stride,
        pool.padding,
        pool.dilation,
        pool.ceil_mode,
        return_indices=True,
    )
    added = torch.zeros_like(inputs).flatten(2).scatter_add(2, places.flatten(2), shares.flatten(2))
    ours, others = added.view_as(inputs).chunk(2)
    both = torch.cat(2 * [ours + others])
    delta = torch.cat(2 * [given - reference])
    return torch.where(delta.abs() < eps, grad_input, both / delta)
