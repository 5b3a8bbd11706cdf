"""How weights start: torch's own choice for each layer, or one rule for Linear layers and convolutions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd

_RULES: Mapping[str, Callable[[Tensor], object]] = {
    "xavier_uniform": nn.init.xavier_uniform_,
    "xavier_normal": nn.init.xavier_normal_,
    "kaiming_uniform": lambda weight: nn.init.kaiming_uniform_(weight, nonlinearity="relu"),
    "kaiming_normal": lambda weight: nn.init.kaiming_normal_(weight, nonlinearity="relu"),
    "orthogonal": nn.init.orthogonal_,
}


def initialise(model: nn.Module, init: str) -> None:
    """Give Linear layers and convolutions new weights by a rule of ``torch.nn.init``, and biases of 0.

    ``init`` is what ``training.init`` says; "default" changes nothing. Kaiming's rules are those for ReLU
    (He et al., 2015), Xavier's have a gain of 1 (Glorot and Bengio, 2010). Random numbers are those of
    torch's global generator. Other layers keep what torch gives them.
    """
    rule = _RULES.get(init)
    if rule is None:
        return
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, nn.Linear | _ConvNd):
                rule(module.weight)
                if module.bias is not None:
                    module.bias.zero_()
