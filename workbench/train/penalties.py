"""L1 and L2 penalties of the weights, added to their gradients."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


class Penalty:
    """``l1`` times the sum of all weights' sizes, and ``l2`` times half the sum of their squares.

    It adds to the gradients what `backward` would, had it been added to the loss. The losses that are told
    leave it out, so that those of training and of validation can be compared, as with an optimiser's
    ``weight_decay``; with SGD and l1 = 0 it does the same as that.
    """

    def __init__(self, l1: float, l2: float) -> None:
        self._l1 = l1
        self._l2 = l2

    @torch.no_grad()
    def add(self, parameters: Sequence[Tensor]) -> None:
        """Add its gradient to those of the parameters that have one."""
        weights = [parameter for parameter in parameters if parameter.grad is not None]
        gradients = [weight.grad for weight in weights if weight.grad is not None]
        if self._l2:
            torch._foreach_add_(gradients, weights, alpha=self._l2)
        if self._l1:
            torch._foreach_add_(gradients, torch._foreach_sign(weights), alpha=self._l1)

    @torch.no_grad()
    def value(self, parameters: Sequence[Tensor]) -> Tensor:
        """Return what it would add to the loss: a scalar. For optimisers that compare losses."""
        weights = [parameter for parameter in parameters if parameter.grad is not None]
        sizes = torch.stack(torch._foreach_norm(weights, 1)).sum()
        squares = torch.stack(torch._foreach_norm(weights, 2)).square().sum()
        return self._l1 * sizes + self._l2 / 2 * squares
