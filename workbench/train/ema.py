"""A moving average of a model's weights, which often generalises better than the last of them."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from workbench.errors import UserError


class Ema:
    """Exponential moving averages of a model's parameters, updated after each step.

    The n-th update (from 0) keeps ``min(decay, (1 + n) / (10 + n))`` of the averages, so that they leave the
    random start behind at once (as TensorFlow's ExponentialMovingAverage does with ``num_updates``; Polyak
    and Juditsky, 1992). Buffers, such as batch norm's statistics, are averages already and stay as they are.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self._weights = [parameter.detach() for parameter in model.parameters()]
        self._averages = [weight.clone() for weight in self._weights]
        self._decay = decay
        device = self._weights[0].device if self._weights else None
        # A tensor, so that a compiled or captured step counts as well.
        self._updates = torch.zeros((), device=device)
        self.swapped = False
        """Whether the model holds the averages at present."""

    @torch.no_grad()
    def begin(self) -> None:
        """Begin anew from the weights as they are now."""
        for weight, average in zip(self._weights, self._averages, strict=True):
            average.copy_(weight)
        self._updates.zero_()

    @torch.no_grad()
    def update(self) -> None:
        """Take the weights in, after a step. Works in a graph that is captured or compiled too."""
        taken = 1 - ((1 + self._updates) / (10 + self._updates)).clamp(max=self._decay)
        change = torch._foreach_sub(self._weights, self._averages)
        torch._foreach_mul_(change, taken)
        torch._foreach_add_(self._averages, change)
        self._updates += 1

    @torch.no_grad()
    def swap(self) -> None:
        """Exchange the model's weights and the averages, in place; called again, put them back."""
        for weight, average in zip(self._weights, self._averages, strict=True):
            kept = weight.clone()
            weight.copy_(average)
            average.copy_(kept)
        self.swapped = not self.swapped

    def state(self) -> dict[str, Tensor]:
        """Return the averages by their parameter's number, and the number of updates; not while swapped."""
        return {"updates": self._updates} | {
            str(number): average for number, average in enumerate(self._averages)
        }

    @torch.no_grad()
    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Take over what `state` gave. Raises `UserError` for averages of another stack."""
        wanted = self.state()
        if {name: t.shape for name, t in state.items()} != {name: t.shape for name, t in wanted.items()}:
            raise UserError(
                "the checkpoint's averaged weights are of another stack.",
                place="resume",
                remedy="Use the stack that it was trained with.",
            )
        for name, tensor in wanted.items():
            tensor.copy_(state[name])
