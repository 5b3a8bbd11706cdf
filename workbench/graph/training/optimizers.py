"""The optimisers that a project may name: torch.optim's, by its names and with its params."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from workbench.graph.frozen import Frozen
from workbench.graph.training.named import named

Rate = Annotated[float, Field(gt=0, le=100)]
Share = Annotated[float, Field(ge=0, lt=1)]
Decay = Annotated[float, Field(ge=0, le=10)]

_LR = "Learning rate: the size of each step."
_PULL = "Pull of the weights towards zero."
_MOMENTUM = "Share of the last step that is kept."
_BETA1 = "Share of the mean gradient that is kept each step."
_BETA2 = "Share of the mean squared gradient that is kept each step."


class SGD(Frozen):
    """Stochastic gradient descent with momentum (torch.optim.SGD)."""

    name: Literal["SGD"] = "SGD"
    lr: Rate = Field(default=0.01, description=_LR)
    momentum: Share = Field(default=0.9, description=_MOMENTUM)
    nesterov: bool = Field(default=False, description="Look ahead along the momentum.")
    weight_decay: Decay = Field(default=0.0, description=_PULL)


class Adam(Frozen):
    """Adaptive moments (torch.optim.Adam; Kingma and Ba, 2015)."""

    name: Literal["Adam"] = "Adam"
    lr: Rate = Field(default=1e-3, description=_LR)
    weight_decay: Decay = Field(default=0.0, description=_PULL)
    beta1: Share = Field(default=0.9, description=_BETA1)
    beta2: Share = Field(default=0.999, description=_BETA2)


class AdamW(Frozen):
    """Adam with decoupled weight decay (torch.optim.AdamW; Loshchilov and Hutter, 2019)."""

    name: Literal["AdamW"] = "AdamW"
    lr: Rate = Field(default=1e-3, description=_LR)
    weight_decay: Decay = Field(default=0.01, description=_PULL)
    beta1: Share = Field(default=0.9, description=_BETA1)
    beta2: Share = Field(default=0.999, description=_BETA2)


class NAdam(Frozen):
    """Adam that looks ahead along its momentum (torch.optim.NAdam; Dozat, 2016)."""

    name: Literal["NAdam"] = "NAdam"
    lr: Rate = Field(default=2e-3, description=_LR)
    weight_decay: Decay = Field(default=0.0, description=_PULL)
    beta1: Share = Field(default=0.9, description=_BETA1)
    beta2: Share = Field(default=0.999, description=_BETA2)


class RAdam(Frozen):
    """Adam that steps carefully until its moments are known (torch.optim.RAdam; Liu et al., 2020)."""

    name: Literal["RAdam"] = "RAdam"
    lr: Rate = Field(default=1e-3, description=_LR)
    weight_decay: Decay = Field(default=0.0, description=_PULL)
    beta1: Share = Field(default=0.9, description=_BETA1)
    beta2: Share = Field(default=0.999, description=_BETA2)


class Adagrad(Frozen):
    """Rates that shrink where gradients were large (torch.optim.Adagrad; Duchi et al., 2011)."""

    name: Literal["Adagrad"] = "Adagrad"
    lr: Rate = Field(default=0.01, description=_LR)
    lr_decay: Decay = Field(default=0.0, description="How fast the rate falls by itself.")
    weight_decay: Decay = Field(default=0.0, description=_PULL)


class Adadelta(Frozen):
    """Steps as large as recent ones were (torch.optim.Adadelta; Zeiler, 2012)."""

    name: Literal["Adadelta"] = "Adadelta"
    lr: Rate = Field(default=1.0, description=_LR)
    rho: Share = Field(default=0.9, description="Share of the mean squared gradient that is kept each step.")
    weight_decay: Decay = Field(default=0.0, description=_PULL)


class RMSprop(Frozen):
    """Gradients scaled by their recent size (torch.optim.RMSprop)."""

    name: Literal["RMSprop"] = "RMSprop"
    lr: Rate = Field(default=1e-3, description=_LR)
    momentum: Share = Field(default=0.0, description=_MOMENTUM)
    weight_decay: Decay = Field(default=0.0, description=_PULL)


class LBFGS(Frozen):
    """A quasi-Newton method for small stacks and large batches (torch.optim.LBFGS; Liu and Nocedal, 1989)."""

    name: Literal["LBFGS"] = "LBFGS"
    lr: Rate = Field(default=1.0, description=_LR)
    max_iter: int = Field(default=20, ge=1, le=1000, description="Most iterations a step.")
    history_size: int = Field(default=10, ge=1, le=1000, description="Past steps that are remembered.")
    line_search: bool = Field(default=True, description="Search along each step (strong Wolfe conditions).")


class Muon(Frozen):
    """Orthogonal steps for hidden matrices, AdamW for the rest (torch.optim.Muon; Jordan et al., 2024)."""

    name: Literal["Muon"] = "Muon"
    lr: Rate = Field(default=0.02, description="Learning rate of the weight matrices.")
    momentum: Share = Field(default=0.95, description=_MOMENTUM)
    weight_decay: Decay = Field(default=0.1, description=_PULL)
    adamw_lr: Rate = Field(default=1e-3, description="Learning rate of all other weights.")


Optimizer = Annotated[
    Annotated[
        SGD | Adam | AdamW | NAdam | RAdam | Adagrad | Adadelta | RMSprop | LBFGS | Muon,
        Field(discriminator="name"),
    ],
    BeforeValidator(named),
]


def at_rate(section: Optimizer, lr: float) -> Optimizer:
    """Return the optimiser at another full rate; Muon's rate for all other weights changes in proportion.

    So does the test of rates before a run, and so do changes of the rate while training.
    """
    changes = {"lr": lr}
    if isinstance(section, Muon) and lr != section.lr:
        changes["adamw_lr"] = min(100.0, float(f"{section.adamw_lr * lr / section.lr:.2g}"))
    return section.model_copy(update=changes)
