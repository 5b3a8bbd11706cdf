"""What a device has room for."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from workbench.train.preflight.memory import StepMemory

MARGIN = 0.1
"""Share of the free memory that is left alone: fragments, other programs, and what isn't forecast."""


@dataclass(frozen=True)
class Room:
    """A device's memory in bytes: all of it, and what this program may still take."""

    total: int
    free: int

    @property
    def usable(self) -> int:
        """What is free, less the margin."""
        return int(self.free * (1 - MARGIN))


def room(device: torch.device) -> Room:
    """Return a device's memory of the moment; the CPU's is what the system can give without swapping."""
    if device.type == "cuda":
        free, total = torch.cuda.mem_get_info(device)
        cached = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return Room(total, free + cached)
    import psutil

    memory = psutil.virtual_memory()
    return Room(memory.total, memory.available)


def largest_batch(step: StepMemory, place: Room, most: int) -> int:
    """Return the largest batch that fits: a power of two, or ``most`` (the training split's samples).

    0 where not even one sample fits.
    """
    if step.at(most).total <= place.usable:
        return most
    size = 1
    if step.at(size).total > place.usable:
        return 0
    while 2 * size < most and step.at(2 * size).total <= place.usable:
        size *= 2
    return size
