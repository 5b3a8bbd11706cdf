"""From the project's optimiser to torch's."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from workbench.errors import UserError
from workbench.graph.training import SGD, Adam, AdamW, Optimizer


def optimiser(section: Optimizer, parameters: Sequence[nn.Parameter]) -> torch.optim.Optimizer:
    """Return torch's optimiser, in its fused form where it has one: one kernel for all parameters.

    Raises `UserError` where there is nothing to learn, or the settings contradict each other.
    """
    if not parameters:
        raise UserError(
            "the stack has no weights to train.",
            place="model",
            remedy="Add a layer that learns, such as Linear.",
        )
    lr, decay = section.lr, section.weight_decay
    if isinstance(section, SGD):
        if section.nesterov and not section.momentum:
            raise UserError(
                "nesterov needs a momentum.",
                place="training.optimizer",
                remedy="Set momentum to 0.9, or switch nesterov off.",
            )
        momentum, nesterov = section.momentum, section.nesterov
        return torch.optim.SGD(
            parameters, lr=lr, momentum=momentum, nesterov=nesterov, weight_decay=decay, fused=True
        )
    if isinstance(section, Adam):
        return torch.optim.Adam(parameters, lr=lr, weight_decay=decay, fused=True)
    if isinstance(section, AdamW):
        return torch.optim.AdamW(parameters, lr=lr, weight_decay=decay, fused=True)
    return torch.optim.RMSprop(parameters, lr=lr, momentum=section.momentum, weight_decay=decay)
