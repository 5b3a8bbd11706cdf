"""Where torch's random numbers stand, to have the same ones again."""

from __future__ import annotations

import torch
from torch import Tensor

State = tuple[Tensor, Tensor | None]


def random_state(device: torch.device) -> State:
    """Return where torch's generators of the CPU and of this device are. Doesn't wait for the device."""
    return torch.get_rng_state(), torch.cuda.get_rng_state(device) if device.type == "cuda" else None


def same(one: State, other: State) -> bool:
    """Whether no number was drawn between two states."""
    pairs = zip(one, other, strict=True)
    return all(a is b or (a is not None and b is not None and torch.equal(a, b)) for a, b in pairs)


def set_random_state(state: State, device: torch.device) -> None:
    """Go back to where `random_state` was called."""
    torch.set_rng_state(state[0])
    if state[1] is not None:
        torch.cuda.set_rng_state(state[1], device)
