"""Layers that tell a sequence (time × features) where its steps stand."""

from typing import ClassVar

from pydantic import Field

from workbench.layers.base import Call, Fix, Group, Layer, Misfit, TensorSpec
from workbench.layers.fields import Whole


class _Positional(Layer):
    """What they share."""

    group: ClassVar[Group] = "attention"
    ranks: ClassVar[tuple[int, ...]] = (2,)
    expects: ClassVar[str] = "a sequence (time × features)"


class SinusoidalPositions(_Positional):
    """Adds sines and cosines that tell each step's position; nothing is learned.

    Vaswani et al. 2017, "Attention is all you need", section 3.5.
    """

    words: ClassVar[tuple[str, ...]] = ("sinusoidal", "positionalencoding")

    base: float = Field(
        default=10000.0, ge=1, le=1e9, description="The longest wave is 2π times as many steps."
    )

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("SinusoidalPositions", inputs[0].shape, self.changed("base"))


class LearnedPositions(_Positional):
    """Adds a learned vector for each position."""

    words: ClassVar[tuple[str, ...]] = ("positions", "positionalembedding")

    max_length: Whole | None = Field(
        default=None, description="Number of positions, in steps; empty is the input's own length."
    )

    def call(self, *inputs: TensorSpec) -> Call:
        length, features = inputs[0].shape
        return Call("LearnedPositions", (self.max_length or length, features))

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        if found or inputs[0].shape[0] <= (self.max_length or inputs[0].shape[0]):
            return found
        return Misfit(
            f"The sequence has {inputs[0].shape[0]} steps, more than the {self.max_length} positions. "
            "Leave max_length empty.",
            (Fix("Use the input's length", "set", params=(("max_length", None),)),),
        )

    def summary(self) -> str:
        return "" if self.max_length is None else f"max {self.max_length}"


class RotaryPositions(_Positional):
    """Turns pairs of features by an angle that grows with the position; nothing is learned.

    Su et al. 2021, "RoFormer", section 3.2.2. There it is applied to queries and keys.
    """

    words: ClassVar[tuple[str, ...]] = ("rotary", "rope")

    base: float = Field(
        default=10000.0, ge=1, le=1e9, description="The slowest pair turns once in 2π times as many steps."
    )

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("RotaryPositions", inputs[0].shape, self.changed("base"))

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        features = inputs[0].shape[-1]
        if found or features % 2 == 0:
            return found
        return Misfit(
            f"RotaryPositions turns pairs of features, but {features} is odd. Put a Linear before it.",
            (
                Fix(
                    f"Insert Linear {features + 1}",
                    "insert_before",
                    "Linear",
                    (("out_features", features + 1),),
                ),
                Fix("Remove RotaryPositions", "remove"),
            ),
        )


class ClassToken(_Positional):
    """Puts a learned step before the first; what becomes of it stands for the whole sequence.

    Devlin et al. 2019 (BERT) and Dosovitskiy et al. 2021 (ViT). FirstStep picks it out again.
    """

    words: ClassVar[tuple[str, ...]] = ("classtoken", "cls")

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("ClassToken", (inputs[0].shape[-1],))
