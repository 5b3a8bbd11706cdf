"""Random choices: every one follows from the run's seed, and nobody else's are disturbed."""

from __future__ import annotations

import random
import zlib
from types import TracebackType
from typing import Any

import numpy as np
import torch
from torch import Tensor


def order(seed: int, epoch: int, samples: int) -> Tensor:
    """Return the order in which an epoch visits its samples: int64, shape (samples,), on the CPU."""
    state = np.random.SeedSequence([seed, epoch]).generate_state(1, np.uint64)[0]
    generator = torch.Generator().manual_seed(int(state) >> 1)
    return torch.randperm(samples, generator=generator)


def draw_by(visits: Tensor, number: int) -> None:
    """Let torch's random numbers follow from a batch and the number of the process that learns from it.

    ``visits``: the batch's samples, int64. Checkpoints hold the first process's streams alone: so what the
    others draw next is the same whether training went on or was resumed.
    """
    batch = zlib.crc32(visits.numpy().tobytes())
    torch.manual_seed(int(np.random.SeedSequence([batch, number]).generate_state(1)[0]))


class RandomStream:
    """Random streams of training's own, swapped in by ``with``: torch's, NumPy's and Python's.

    Outside it the global generators are as they were, so that others' random numbers neither change
    training nor are changed by it.
    """

    def __init__(self, seed: int, device: torch.device) -> None:
        self._device = device
        self._outer: dict[str, Any] = {}
        self._state: dict[str, Any] = {
            "cpu": torch.Generator().manual_seed(seed).get_state(),
            "numpy": np.random.RandomState(seed).get_state(legacy=True),
            "python": random.Random(seed).getstate(),  # noqa: S311 - samples, not secrets
        }
        if device.type == "cuda":
            self._state["cuda"] = torch.Generator(device).manual_seed(seed).get_state()

    def __enter__(self) -> None:
        self._outer = self._swap(self._state)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._state = self._swap(self._outer)

    def state(self) -> dict[str, Tensor]:
        """Return where the streams are, outside ``with``: a tensor for each, by name."""
        found: dict[str, Tensor] = {}
        found |= {name: self._state[name].clone() for name in ("cpu", "cuda") if name in self._state}
        return {
            **found,
            "numpy": _from_numpy(self._state["numpy"]),
            "python": _from_python(self._state["python"]),
        }

    def restore(self, state: dict[str, Tensor]) -> None:
        """Go to where `state` was taken; a stream that wasn't there keeps its place."""
        for name in self._state:
            if name not in state:
                continue
            tensor = state[name].clone()
            if name == "numpy":
                self._state[name] = _to_numpy(tensor)
            elif name == "python":
                self._state[name] = _to_python(tensor)
            else:
                self._state[name] = tensor

    def apart(self, number: int) -> None:
        """Go to streams of its own for one of several processes, which follow from where these are.

        Number 0 stays, so that a single process and the first of several draw the same.
        """
        if number == 0:
            return
        here = zlib.crc32(self._state["cpu"].numpy().tobytes())
        seed = int(np.random.SeedSequence([here, number]).generate_state(1)[0])
        self._state = RandomStream(seed, self._device)._state

    def _swap(self, new: dict[str, Any]) -> dict[str, Any]:
        old: dict[str, Any] = {
            "cpu": torch.get_rng_state(),
            "numpy": np.random.get_state(legacy=True),
            "python": random.getstate(),
        }
        torch.set_rng_state(new["cpu"])
        np.random.set_state(new["numpy"])
        random.setstate(new["python"])
        if "cuda" in new:
            old["cuda"] = torch.cuda.get_rng_state(self._device)
            torch.cuda.set_rng_state(new["cuda"], self._device)
        return old


# The generators are Mersenne twisters: 624 words, a place in them, and a normal number left over, if any.


def _from_numpy(state: Any) -> Tensor:
    _, words, place, has_normal, normal = state
    return torch.tensor([*map(float, words), place, has_normal, normal], dtype=torch.float64)


def _to_numpy(tensor: Tensor) -> Any:
    *words, place, has_normal, normal = tensor.tolist()
    return ("MT19937", np.array(words, dtype=np.uint32), int(place), int(has_normal), normal)


def _from_python(state: Any) -> Tensor:
    _, words, normal = state
    return torch.tensor([*map(float, words), normal is not None, normal or 0.0], dtype=torch.float64)


def _to_python(tensor: Tensor) -> Any:
    *words, has_normal, normal = tensor.tolist()
    return (3, tuple(map(int, words)), normal if has_normal else None)
