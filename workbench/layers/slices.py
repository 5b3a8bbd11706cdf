"""A part of what comes in, or copies of it."""

from typing import ClassVar

from pydantic import Field

from workbench.layers.base import DType, Fix, Group, Misfit, TensorSpec
from workbench.layers.dims import axis_of, missing_dim
from workbench.layers.fields import Dim, Whole
from workbench.layers.plain import Plain


class _Slice(Plain):
    """What works along a dimension."""

    group: ClassVar[Group] = "shape"
    dtypes: ClassVar[tuple[DType, ...]] = ("float32", "int64")
    home: ClassVar[str] = ""

    dim: Dim = Field(default=1, description="Dimension to work along, the batch being 0.")

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        return super().misfit(*inputs) or missing_dim(self, "dim", inputs[0])

    def side(self, spec: TensorSpec) -> int:
        """How long the dimension is."""
        return spec.shape[axis_of(self.dim, len(spec.shape)) or 0]


class Select(_Slice):
    """Takes one index along a dimension, which goes: the first channel, the last time step."""

    words: ClassVar[tuple[str, ...]] = ("select",)
    typed: ClassVar[tuple[str, ...]] = ("dim", "index")

    index: int = Field(
        default=0, ge=-1_000_000, le=1_000_000, description="Which one, the first being 0, the last -1."
    )

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        if found:
            return found
        remove = Fix("Remove Select", "remove")
        if len(inputs[0].shape) == 1:
            return Misfit(
                f"Select would leave a single number of {inputs[0]}, without any dimension. Use Slice.",
                (Fix("Use Slice", "replace", "Slice", (("stop", 1),)), remove),
            )
        side = self.side(inputs[0])
        if -side <= self.index < side:
            return None
        last = side - 1 if self.index > 0 else 0
        return Misfit(
            f"Dimension {self.dim} of {inputs[0]} has no index {self.index}. Use {last}.",
            (Fix(f"Use {last}", "set", params=(("index", last),)), remove),
        )


class Slice(_Slice):
    """Keeps a range along a dimension: some of the channels, the last ten time steps."""

    words: ClassVar[tuple[str, ...]] = ("slice", "narrow")
    typed: ClassVar[tuple[str, ...]] = ("start",)

    start: int = Field(
        default=0, ge=-1_000_000, le=1_000_000, description="First index; negative ones count from the end."
    )
    stop: int | None = Field(
        default=None,
        ge=-1_000_000,
        le=1_000_000,
        description="Index to stop before; negative ones count from the end, empty is the end.",
    )
    step: Whole = Field(default=1, description="Step between indices.")

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        side = 0 if found else self.side(inputs[0])
        if found or range(side)[self.start : self.stop : self.step]:
            return found
        return Misfit(
            f"From {self.start} to {'the end' if self.stop is None else self.stop} there is nothing in "
            f"dimension {self.dim} of {inputs[0]}. Keep all of it.",
            (Fix("Keep all", "set", params=(("start", 0), ("stop", None))), Fix("Remove Slice", "remove")),
        )

    def summary(self) -> str:
        stop = "end" if self.stop is None else self.stop
        return f"{self.start} to {stop}" + ("" if self.dim == 1 else f" · dim {self.dim}")


class Repeat(_Slice):
    """Puts copies of the input one behind the other along a dimension."""

    words: ClassVar[tuple[str, ...]] = ("repeat", "tile")
    typed: ClassVar[tuple[str, ...]] = ("repeats",)

    repeats: Whole = Field(default=2, description="How many times it stands there.")
