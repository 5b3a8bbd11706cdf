"""The ways in which a learning rate may change over a run."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from workbench.graph.frozen import Frozen
from workbench.graph.training.named import named

Share = Annotated[float, Field(ge=0, lt=1)]
Factor = Annotated[float, Field(gt=0, lt=1)]
Warmup = Annotated[
    Share,
    Field(default=0.0, description="Share of the steps in which the rate first rises to its full value."),
]


class Constant(Frozen):
    """The learning rate stays as it is."""

    name: Literal["constant"] = "constant"
    warmup: Warmup = 0.0


class Step(Frozen):
    """The learning rate is multiplied by a factor every few epochs (torch's StepLR)."""

    name: Literal["step"] = "step"
    every: int = Field(default=5, ge=1, le=100_000, description="Epochs between falls.")
    factor: Factor = Field(default=0.5, description="What the rate is multiplied by.")
    warmup: Warmup = 0.0


class Exponential(Frozen):
    """The learning rate is multiplied by a factor each epoch, a little each step (torch's ExponentialLR)."""

    name: Literal["exponential"] = "exponential"
    factor: Factor = Field(default=0.9, description="What the rate is multiplied by each epoch.")
    warmup: Warmup = 0.0


class Polynomial(Frozen):
    """The learning rate falls to zero at the last step along a power (torch's PolynomialLR)."""

    name: Literal["polynomial"] = "polynomial"
    power: float = Field(
        default=1.0, gt=0, le=10, description="1 falls in a straight line, 2 faster at first."
    )
    warmup: Warmup = 0.0


class Cosine(Frozen):
    """The learning rate falls along half a cosine to almost zero at the last step."""

    name: Literal["cosine"] = "cosine"
    warmup: Warmup = 0.0


class CosineRestarts(Frozen):
    """Cosines, each of which starts anew at the full rate (Loshchilov and Hutter, 2017)."""

    name: Literal["cosine_restarts"] = "cosine_restarts"
    period: int = Field(default=5, ge=1, le=100_000, description="Epochs of the first cosine.")
    growth: int = Field(default=2, ge=1, le=100, description="How much longer each is than the one before.")
    warmup: Warmup = 0.0


class OneCycle(Frozen):
    """The learning rate rises from a 25th to its full value, then falls to almost zero (Smith, 2018)."""

    name: Literal["one_cycle"] = "one_cycle"
    rise: Share = Field(default=0.3, description="Share of the steps in which the rate rises.")


class Plateau(Frozen):
    """The learning rate falls when the validation loss gets no better (torch's ReduceLROnPlateau)."""

    name: Literal["plateau"] = "plateau"
    wait: int = Field(
        default=5, ge=0, le=100_000, description="Epochs without a better loss that it waits before it falls."
    )
    factor: Factor = Field(default=0.3, description="What the rate is multiplied by.")
    warmup: Warmup = 0.0


Schedule = Annotated[
    Annotated[
        Constant | Step | Exponential | Polynomial | Cosine | CosineRestarts | OneCycle | Plateau,
        Field(discriminator="name"),
    ],
    BeforeValidator(named),
]
