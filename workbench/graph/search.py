"""The document's section ``search``: which settings to try which values of, and how."""

from __future__ import annotations

import math
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from workbench.graph.frozen import Frozen

Value = bool | int | float | str | tuple[int, ...]
"""What a setting may be set to; a tuple is a size, such as a kernel's."""

MOST_POINTS = 10_000
"""Most values that a range of whole numbers with steps, or a list, may have."""


class FloatRange(Frozen):
    """Numbers from low to high: evenly, or by their logarithms."""

    kind: Literal["float"] = "float"
    low: float
    high: float
    log: bool = False
    """Whether 0.001 to 0.01 is as likely as 0.01 to 0.1."""

    @model_validator(mode="after")
    def _rises(self) -> Self:
        _require_rising(self.low, self.high, self.log)
        return self


class IntRange(Frozen):
    """Whole numbers from low to high, every ``step``-th of them; or by their logarithms."""

    kind: Literal["int"] = "int"
    low: int
    high: int
    step: int = Field(default=1, ge=1)
    log: bool = False

    @model_validator(mode="after")
    def _rises(self) -> Self:
        _require_rising(self.low, self.high, self.log)
        if self.log and self.step != 1:
            raise ValueError("a logarithmic range has no step")
        if self.step > self.high - self.low:
            raise ValueError(f"a step of {self.step} leaves only {self.low}")
        return self


class Choices(Frozen):
    """Values without an order: names, switches, or just some numbers."""

    kind: Literal["choices"] = "choices"
    values: tuple[Value, ...]

    @model_validator(mode="after")
    def _several(self) -> Self:
        if len({(type(value), value) for value in self.values}) < len(self.values):
            raise ValueError("a value stands twice")
        if not 2 <= len(self.values) <= MOST_POINTS:
            raise ValueError("it takes two values or more to choose from")
        return self


Range = Annotated[FloatRange | IntRange | Choices, Field(discriminator="kind")]

SamplerName = Literal["tpe", "gp", "random", "grid"]
PrunerName = Literal["median", "hyperband", "none"]


class SearchSection(Frozen):
    """How good settings are searched for."""

    space: dict[str, Range] = Field(
        default={}, description="What to try, by the path of a setting: optimizer.lr, linear1.out_features."
    )
    trials: int = Field(default=20, ge=1, le=100_000, description="Trials to run; a search can go on later.")
    epochs: int | None = Field(
        default=None,
        ge=1,
        le=100_000,
        description="Epochs a trial; empty takes as many as the project trains.",
    )
    metric: str = Field(
        default="val_loss",
        pattern="^[a-z][a-z0-9_]*$",
        description="What to make good: the validation loss, or a validation metric such as accuracy.",
    )
    sampler: SamplerName = Field(
        default="tpe",
        description="How values are chosen: tpe learns from the trials before (Bergstra et al., 2011), gp "
        "does so by a Gaussian process, random doesn't, grid tries all combinations.",
    )
    pruner: PrunerName = Field(
        default="median",
        description="When a bad trial is given up: median once it is worse than half of those before at the "
        "same epoch, hyperband by rounds of more and more epochs (Li et al., 2018), or never.",
    )
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="Another seed tries other values.")
    keep: int = Field(
        default=10,
        ge=1,
        le=100_000,
        description="Trials whose runs are kept, the best; of all, the figures are.",
    )


def _require_rising(low: float, high: float, log: bool) -> None:
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError("both ends must be finite")
    if low >= high:
        raise ValueError(f"the low end ({low:g}) must be below the high end ({high:g})")
    if log and low <= 0:
        raise ValueError("a logarithmic range starts above 0")
