"""Muon for the hidden weight matrices and AdamW for all other weights, as one optimiser."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn

from workbench.errors import UserError

Parameters = Sequence[nn.Parameter]


class MuonWithAdamW(torch.optim.Optimizer):
    """Steps of torch.optim.Muon for ``matrices`` and of torch.optim.AdamW for ``others``, which may be empty.

    There are a group of each, with one state and one state_dict. The second group's ``lr_scale`` is
    ``adamw_lr / lr``: a loop that sets ``lr`` in every group multiplies it by that.
    """

    def __init__(
        self,
        matrices: Parameters,
        others: Parameters,
        *,
        lr: float,
        momentum: float,
        weight_decay: float,
        adamw_lr: float,
    ) -> None:
        self._inner: list[Any] = [
            torch.optim.Muon(matrices, lr=lr, momentum=momentum, weight_decay=weight_decay)
        ]
        groups: list[dict[str, Any]] = list(self._inner[0].param_groups)
        if others:
            self._inner.append(torch.optim.AdamW(others, lr=adamw_lr, weight_decay=weight_decay, fused=True))
            groups.append({**self._inner[1].param_groups[0], "lr_scale": adamw_lr / lr})
        super().__init__(groups, {})

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Do a step of both; with a closure, which runs once before, return its loss."""
        loss: Any = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for inner, group in zip(self._inner, self.param_groups, strict=True):
            inner.param_groups, inner.state = [group], self.state  # another state may have been loaded
            inner.step()
        return loss


def hidden_matrices(model: nn.Module) -> list[nn.Parameter]:
    """Return the weights that Muon is for: matrices, but for embeddings and the last of them.

    See Jordan et al., "Muon: An optimizer for hidden layers in neural networks" (2024): what turns ids into
    vectors and vectors into answers is left to AdamW. Raises `UserError` where none is left.
    """
    embeddings = [module for module in model.modules() if isinstance(module, nn.Embedding | nn.EmbeddingBag)]
    apart = {parameter for module in embeddings for parameter in module.parameters()}
    found = [p for p in model.parameters() if p.dim() == 2 and p not in apart][:-1]
    if not found:
        raise UserError(
            "Muon is for the weight matrices of hidden layers, and the stack has none.",
            place="training.optimizer",
            remedy="Use AdamW, or add a hidden layer such as Linear.",
        )
    return found
