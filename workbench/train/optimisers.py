"""From the project's optimiser to torch's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from workbench.errors import UserError
from workbench.graph import training
from workbench.train.muon import MuonWithAdamW, hidden_matrices

_MOMENTS: Mapping[str, Any] = {
    "Adam": torch.optim.Adam,
    "AdamW": torch.optim.AdamW,
    "NAdam": torch.optim.NAdam,
    "RAdam": torch.optim.RAdam,
}
"""Those with two moments, which take the same settings."""


def optimiser(section: training.Optimizer, model: nn.Module, *, fused: bool = True) -> torch.optim.Optimizer:
    """Return torch's optimiser of a model's weights, in its fused form where it has one: one kernel for all.

    Not ``fused`` where several processes share the weights out: torch lacks some of those kernels for them.
    A group's ``lr_scale``, 1 where it has none, is what the learning rate is multiplied by for it. Raises
    `UserError` where there is nothing to learn, or the settings contradict each other.
    """
    weights = [parameter for parameter in model.parameters() if parameter.requires_grad]
    if not weights:
        raise UserError(
            "the stack has no weights to train.",
            place="model",
            remedy="Add a layer that learns, such as Linear.",
        )
    if isinstance(section, training.Muon):
        matrices = hidden_matrices(model)
        hidden = set(matrices)
        return MuonWithAdamW(
            matrices,
            [weight for weight in weights if weight not in hidden],
            lr=section.lr,
            momentum=section.momentum,
            weight_decay=section.weight_decay,
            adamw_lr=section.adamw_lr,
        )
    if isinstance(section, training.LBFGS):
        return torch.optim.LBFGS(
            weights,
            lr=section.lr,
            max_iter=section.max_iter,
            history_size=section.history_size,
            line_search_fn="strong_wolfe" if section.line_search else None,
        )
    return _elementwise(section, weights, fused)


def needs_closure(optimizer: torch.optim.Optimizer) -> bool:
    """Whether ``optimizer.step`` must be given a function that works out loss and gradients anew."""
    return isinstance(optimizer, torch.optim.LBFGS)


_Elementwise = (
    training.SGD
    | training.Adam
    | training.AdamW
    | training.NAdam
    | training.RAdam
    | training.Adagrad
    | training.Adadelta
    | training.RMSprop
)


def _elementwise(section: _Elementwise, weights: list[nn.Parameter], fused: bool) -> torch.optim.Optimizer:
    common: dict[str, Any] = {"lr": section.lr, "weight_decay": section.weight_decay}
    if isinstance(section, training.SGD):
        if section.nesterov and not section.momentum:
            raise UserError(
                "nesterov needs a momentum.",
                place="training.optimizer",
                remedy="Set momentum to 0.9, or switch nesterov off.",
            )
        momentum, nesterov = section.momentum, section.nesterov
        return torch.optim.SGD(weights, momentum=momentum, nesterov=nesterov, fused=fused, **common)
    if isinstance(section, training.Adagrad):
        return torch.optim.Adagrad(weights, lr_decay=section.lr_decay, fused=fused, **common)
    if isinstance(section, training.Adadelta):
        return torch.optim.Adadelta(weights, rho=section.rho, foreach=True, **common)
    if isinstance(section, training.RMSprop):
        return torch.optim.RMSprop(weights, momentum=section.momentum, foreach=True, **common)
    form = "fused" if fused and isinstance(section, training.Adam | training.AdamW) else "foreach"
    made: torch.optim.Optimizer = _MOMENTS[section.name](
        weights, betas=(section.beta1, section.beta2), **{form: True}, **common
    )
    return made
