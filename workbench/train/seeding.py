"""Random choices: every one follows from the run's seed, and nobody else's are disturbed."""

from __future__ import annotations

from types import TracebackType

import numpy as np
import torch
from torch import Tensor


def order(seed: int, epoch: int, samples: int) -> Tensor:
    """Return the order in which an epoch visits its samples: int64, shape (samples,), on the CPU."""
    state = np.random.SeedSequence([seed, epoch]).generate_state(1, np.uint64)[0]
    generator = torch.Generator().manual_seed(int(state) >> 1)
    return torch.randperm(samples, generator=generator)


class RandomStream:
    """A random stream of torch's own for weights and dropout, swapped in by ``with``.

    Outside it torch's global generators are as they were, so that others' random numbers neither change
    training nor are changed by it.
    """

    def __init__(self, seed: int, device: torch.device) -> None:
        self._device = device
        self._outer: dict[str, Tensor] = {}
        self._state = {"cpu": torch.Generator().manual_seed(seed).get_state()}
        if device.type == "cuda":
            self._state["cuda"] = torch.Generator(device).manual_seed(seed).get_state()

    def __enter__(self) -> None:
        self._outer = self._swap(self._state)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._state = self._swap(self._outer)

    def state(self) -> dict[str, Tensor]:
        """Return where the stream is, outside ``with``: uint8 tensors by device type."""
        return {name: state.clone() for name, state in self._state.items()}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Go to where `state` was taken; a stream that wasn't there keeps its place."""
        self._state.update({name: state[name].clone() for name in self._state if name in state})

    def _swap(self, new: dict[str, Tensor]) -> dict[str, Tensor]:
        old = {"cpu": torch.get_rng_state()}
        torch.set_rng_state(new["cpu"])
        if "cuda" in new:
            old["cuda"] = torch.cuda.get_rng_state(self._device)
            torch.cuda.set_rng_state(new["cuda"], self._device)
        return old
