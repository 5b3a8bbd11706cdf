"""The document's section ``training``: how a model is trained."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from workbench.graph.frozen import Frozen

Rate = Annotated[float, Field(gt=0, le=100)]
Share = Annotated[float, Field(ge=0, lt=1)]


class SGD(Frozen):
    """Stochastic gradient descent with momentum (torch.optim.SGD)."""

    name: Literal["SGD"] = "SGD"
    lr: Rate = Field(default=0.01, description="Learning rate: the size of each step.")
    momentum: Share = Field(default=0.9, description="Share of the last step that is kept.")
    nesterov: bool = Field(default=False, description="Look ahead along the momentum.")
    weight_decay: float = Field(default=0.0, ge=0, le=10, description="Pull of the weights towards zero.")


class Adam(Frozen):
    """Adaptive moments (torch.optim.Adam; Kingma and Ba, 2015)."""

    name: Literal["Adam"] = "Adam"
    lr: Rate = Field(default=1e-3, description="Learning rate: the size of each step.")
    weight_decay: float = Field(default=0.0, ge=0, le=10, description="Pull of the weights towards zero.")


class AdamW(Frozen):
    """Adam with decoupled weight decay (torch.optim.AdamW; Loshchilov and Hutter, 2019)."""

    name: Literal["AdamW"] = "AdamW"
    lr: Rate = Field(default=1e-3, description="Learning rate: the size of each step.")
    weight_decay: float = Field(default=0.01, ge=0, le=10, description="Pull of the weights towards zero.")


class RMSprop(Frozen):
    """Gradients scaled by their recent size (torch.optim.RMSprop)."""

    name: Literal["RMSprop"] = "RMSprop"
    lr: Rate = Field(default=1e-3, description="Learning rate: the size of each step.")
    momentum: Share = Field(default=0.0, description="Share of the last step that is kept.")
    weight_decay: float = Field(default=0.0, ge=0, le=10, description="Pull of the weights towards zero.")


class Constant(Frozen):
    """The learning rate stays as it is."""

    name: Literal["constant"] = "constant"


class Cosine(Frozen):
    """The learning rate falls along half a cosine to almost zero at the last step."""

    name: Literal["cosine"] = "cosine"
    warmup: Share = Field(default=0.0, description="Share of the steps in which the rate first rises.")


class OneCycle(Frozen):
    """The learning rate rises from a 25th to its full value, then falls to almost zero (Smith, 2018)."""

    name: Literal["one_cycle"] = "one_cycle"
    rise: Share = Field(default=0.3, description="Share of the steps in which the rate rises.")


def _named(value: Any) -> Any:
    """Let a bare name stand for the section with its defaults: ``"SGD"`` is ``{"name": "SGD"}``."""
    return {"name": value} if isinstance(value, str) else value


Optimizer = Annotated[
    Annotated[SGD | Adam | AdamW | RMSprop, Field(discriminator="name")], BeforeValidator(_named)
]
Schedule = Annotated[
    Annotated[Constant | Cosine | OneCycle, Field(discriminator="name")], BeforeValidator(_named)
]
Loss = Literal["auto", "cross_entropy", "bce", "mse", "l1", "huber"]


class TrainingSection(Frozen):
    """How a model is trained."""

    epochs: int = Field(default=20, ge=1, le=100_000, description="Passes over the training split.")
    batch_size: int = Field(default=32, ge=1, le=1_000_000, description="Samples a step.")
    optimizer: Optimizer = Field(default=Adam(), description="How gradients change the weights.")
    schedule: Schedule = Field(default=Constant(), description="How the learning rate changes over the run.")
    loss: Loss = Field(
        default="auto", description="What is made small; auto takes what fits the task and the last layer."
    )
    patience: int = Field(
        default=0,
        ge=0,
        le=100_000,
        description="Stop after so many epochs without a better validation loss; 0 never stops early.",
    )
    clip_norm: float = Field(
        default=0.0, ge=0, le=1e6, description="Largest norm of all gradients together; 0 doesn't clip."
    )
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="Starts every random choice of the run.")
    device: Literal["auto", "cpu", "cuda"] = Field(
        default="auto", description="auto takes CUDA where there is a device, else the CPU."
    )
    weights: str = Field(
        default="",
        max_length=4096,
        description="File of weights to start from, relative to the project folder; empty starts at random.",
    )
