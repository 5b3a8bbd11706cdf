"""A step that teaches nothing: what torch prepares at its first one is ready when a training begins."""

from __future__ import annotations

import torch

import workbench.train.trainer  # noqa: F401 - with all that training needs


def warm_up() -> None:
    """Do a forward pass, a backward pass and a step of the fused Adam, on the CPU, without random numbers.

    The first backward pass of a process holds the interpreter for about 100 ms, which a window would show.
    """
    weight = torch.zeros(2, 2, requires_grad=True)
    optimizer = torch.optim.Adam([weight], fused=True)
    outputs = torch.ones(2, 2) @ weight
    loss = torch.nn.functional.cross_entropy(outputs, torch.zeros(2, dtype=torch.long))
    loss.backward()  # type: ignore[no-untyped-call]
    optimizer.step()
