"""Going backward without the preparations in Python, which cost a small step a sixteenth of its time."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

_ENGINE: Any = getattr(torch.autograd.Variable, "_execution_engine", None)
_ONE = torch.ones(())
"""The gradient of a loss by itself; the engine changes nothing that is held elsewhere."""


def backward(loss: Tensor) -> None:
    """Do what ``loss.backward()`` does for a loss that is one number, to the bit.

    On the CPU torch's engine is asked directly, as `torch.autograd.backward` does in the end. Elsewhere its
    other threads are told of the caller's context before.
    """
    if _ENGINE is None or not loss.is_cpu or loss.dtype != torch.float32:
        loss.backward()  # type: ignore[no-untyped-call]
        return
    _ENGINE.run_backward((loss,), (_ONE,), False, False, (), allow_unreachable=True, accumulate_grad=True)
