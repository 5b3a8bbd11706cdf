"""Layers along the time of a sequence (time × features), without weights."""

from typing import ClassVar

from workbench.layers.base import Call, Group, Layer, TensorSpec


class _OverTime(Layer):
    """What they share."""

    group: ClassVar[Group] = "recurrent"
    ranks: ClassVar[tuple[int, ...]] = (2,)
    expects: ClassVar[str] = "a sequence (time × features)"

    def call(self, *inputs: TensorSpec) -> Call:
        return Call(self.type())


class MeanOverTime(_OverTime):
    """Averages all steps of a sequence: a vector of the features."""

    words: ClassVar[tuple[str, ...]] = ("meanovertime", "meantime")


class MaxOverTime(_OverTime):
    """Keeps the largest value of each feature over all steps of a sequence."""

    words: ClassVar[tuple[str, ...]] = ("maxovertime", "maxtime")


class LastStep(_OverTime):
    """Keeps the last step of a sequence: a vector of the features."""

    words: ClassVar[tuple[str, ...]] = ("laststep", "last")


class FirstStep(_OverTime):
    """Keeps the first step of a sequence, such as a class token: a vector of the features."""

    words: ClassVar[tuple[str, ...]] = ("firststep", "first")


class ReverseTime(_OverTime):
    """Puts the steps of a sequence in the opposite order."""

    words: ClassVar[tuple[str, ...]] = ("reversetime", "reverse")
