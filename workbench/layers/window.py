"""What convolutions and pools have in common: a window that slides over a sequence, an image or a volume."""

from typing import TYPE_CHECKING, ClassVar, Literal

from workbench.layers.base import Fix, Group, Layer, Misfit, TensorSpec, short
from workbench.layers.fields import Sides

SEQUENCE = "a sequence (channels × length)"
IMAGE = "an image (channels × height × width)"
VOLUME = "a volume (channels × depth × height × width)"


class Window(Layer):
    """Base of layers that slide a window of ``kernel_size`` over one to three directions, channels first."""

    group: ClassVar[Group] = "pooling"
    typed: ClassVar[tuple[str, ...]] = ("kernel_size",)

    if TYPE_CHECKING:  # each layer declares its own, in the order of its form
        kernel_size: Sides

    @property
    def directions(self) -> int:
        """1 for sequences, 2 for images, 3 for volumes."""
        return self.ranks[0] - 1

    def per_direction(self, name: str) -> tuple[int, ...]:
        """A param's value for each direction; 1 for a dilation and 0 for a padding that there isn't."""
        value = getattr(self, name, {"dilation": 1}.get(name, 0))
        return each(0 if value == "valid" else value, self.directions)

    def reach(self) -> tuple[int, ...]:
        """The side of the window in each direction, gaps of the dilation included."""
        return tuple(
            gap * (k - 1) + 1
            for gap, k in zip(self.per_direction("dilation"), self.per_direction("kernel_size"), strict=True)
        )

    def room(self, sides: tuple[int, ...]) -> tuple[int, ...]:
        """The largest reach that the window may have in an input of these sides."""
        pads = self.per_direction("padding")
        # In ceil mode a window may reach over the edge by less than a step.
        over = [step - 1 for step in self.steps()] if getattr(self, "ceil_mode", False) else [0] * len(sides)
        return tuple(side + 2 * pad + more for side, pad, more in zip(sides, pads, over, strict=True))

    def steps(self) -> tuple[int, ...]:
        """The stride in each direction; the window's own size where it is left empty."""
        stride = getattr(self, "stride", None)
        return self.per_direction("kernel_size" if stride is None else "stride")

    def ceil_adds(self, sides: tuple[int, ...]) -> bool:
        """Whether ceil mode makes one more window anywhere: one that begins before the padding at the end."""
        pads, reach, steps = self.per_direction("padding"), self.reach(), self.steps()
        for side, pad, length, step in zip(sides, pads, reach, steps, strict=True):
            more, left = divmod(side + 2 * pad - length, step)
            if left and (more + 1) * step < side + pad:
                return True
        return False

    def too_large(self, spec: TensorSpec, *fixes: Fix) -> Misfit | None:
        """Window larger than the padded input: the commonest way to run a network out of pixels."""
        if getattr(self, "padding", 0) == "same":
            return None
        sides, reach = spec.shape[1:], self.reach()
        if all(r <= room for r, room in zip(reach, self.room(sides), strict=True)):
            return None
        hint = ", pad," if hasattr(self, "padding") else ""
        return Misfit(
            f"The {short(reach)} kernel is larger than the {short(sides)} that reach it. "
            f"Make it smaller{hint} or pool less above.",
            (*fixes, Fix(f"Remove {self.type()}", "remove")),
        )

    def summary(self) -> str:
        stride = getattr(self, "stride", None)
        step = "" if stride is None or stride in (1, self.kernel_size) else f" /{short(stride)}"
        return short(self.per_direction("kernel_size")) + step


class Grouped(Window):
    """A window of learned filters that may treat groups of channels apart."""

    group: ClassVar[Group] = "convolution"
    typed: ClassVar[tuple[str, ...]] = ("out_channels", "kernel_size")

    if TYPE_CHECKING:
        out_channels: int
        stride: Sides
        groups: int

    def uneven_groups(self, spec: TensorSpec) -> Misfit | None:
        """Channels that don't split evenly into the groups."""
        if spec.shape[0] % self.groups == 0 and self.out_channels % self.groups == 0:
            return None
        return Misfit(
            f"{self.groups} groups don't divide {spec.shape[0]} input and {self.out_channels} output "
            "channels evenly. Use 1 group.",
            (Fix("Use 1 group", "set", params=(("groups", 1),)),),
        )

    def summary(self) -> str:
        stride = "" if self.stride == 1 else f" /{short(self.stride)}"
        return f"{self.out_channels} · {short(self.per_direction('kernel_size'))}{stride}"


def each(value: Sides, count: int) -> tuple[int, ...]:
    """One number for each of ``count`` directions."""
    return value if isinstance(value, tuple) else (value,) * count


def same_needs_stride_1(padding: Sides | Literal["same", "valid"], stride: Sides) -> Misfit | None:
    """Padding to the same size of an output that is to be smaller."""
    if padding != "same" or set(each(stride, 1)) == {1}:
        return None
    return Misfit(
        "Padding 'same' works with stride 1 only. Set the stride to 1, or give the padding in pixels.",
        (Fix("Set stride to 1", "set", params=(("stride", 1),)),),
    )
