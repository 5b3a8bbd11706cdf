"""The numbers that a step computes in; weights, gradients and the loss stay float32."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

import torch
from torch import Tensor

from workbench.errors import UserError
from workbench.train.optimisers import needs_closure

_DTYPES = {"bfloat16": torch.bfloat16, "float16": torch.float16}


def check(name: str, optimizer: torch.optim.Optimizer, device: torch.device) -> None:
    """Raise `UserError` where this precision can't be computed in.

    float16 is refused on the CPU: torch has no kernels of it for LSTMs there, and where it has, bfloat16 is
    as fast and needs no scaling.
    """
    place, remedy = "training.precision", "Set it to bfloat16, or to float32."
    if name != "float16":
        return
    if device.type == "cpu":
        raise UserError("float16 needs a CUDA device; this is the CPU.", place=place, remedy=remedy)
    if needs_closure(optimizer):
        what = "float16 scales gradients, which LBFGS can't be told of."
        raise UserError(what, place=place, remedy=remedy)


class Precision:
    """Mixed precision by torch.autocast, with the gradients of float16 scaled (Micikevicius et al., 2018).

    ``name``: float32, bfloat16 or float16.
    """

    def __init__(self, name: str, device: torch.device) -> None:
        self.dtype = _DTYPES.get(name)
        self._device = device.type
        self.scaler = torch.amp.GradScaler(self._device) if name == "float16" else None
        if self.scaler:
            self.scaler.scale(torch.ones((), device=device))  # makes its tensors, which are lazy otherwise

    def region(self) -> AbstractContextManager[object]:
        """Return the context that the model runs in."""
        return torch.autocast(self._device, self.dtype)

    def update(self, optimizer: torch.optim.Optimizer, adjust: Callable[[], None] | None) -> None:
        """Step with gradients of a scaled loss, unless they overflowed; then the scale is halved instead.

        ``adjust`` changes the gradients before that, when they have their own size again.
        """
        assert self.scaler
        if adjust:
            self.scaler.unscale_(optimizer)
            adjust()
        self.scaler.step(optimizer)
        self.scaler.update()

    def state(self) -> dict[str, Tensor]:
        """Return the scale and the number of steps since it changed; nothing where nothing is scaled."""
        if not self.scaler:
            return {}
        assert self.scaler._scale is not None
        assert self.scaler._growth_tracker is not None
        return {"scale": self.scaler._scale, "growth_tracker": self.scaler._growth_tracker}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Take over what `state` gave; a checkpoint of another precision leaves the scale as it is."""
        for name, tensor in self.state().items():
            if name in state:
                tensor.copy_(state[name])
