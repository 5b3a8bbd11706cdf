"""How torch and Python say that memory ran out."""

from __future__ import annotations

import torch

_TEXTS = ("allocate memory", "not enough memory", "out of memory", "CUDNN_STATUS_ALLOC_FAILED")


def ran_out(error: BaseException) -> bool:
    """Whether an error says that memory, of the device or of the machine, doesn't suffice.

    The CPU's allocators raise a bare RuntimeError ("DefaultCPUAllocator: can't allocate memory", on Windows
    "not enough memory").
    """
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(text in str(error) for text in _TEXTS)
