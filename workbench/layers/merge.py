"""Layers that join several inputs element by element: the ends of skip connections and branches."""

from typing import ClassVar

from workbench.layers.base import Call, Fix, Group, Layer, Misfit, TensorSpec
from workbench.layers.joins import joinable


class _Elementwise(Layer):
    """Joins inputs of one shape, element by element; a side of 1 is repeated to fit."""

    group: ClassVar[Group] = "merge"
    arity: ClassVar[tuple[int, int | None]] = (2, None)

    def call(self, *inputs: TensorSpec) -> Call:
        return Call(self.type())

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        if found or _fit(inputs):
            return found
        name = self.type()
        got = " and ".join(map(str, inputs))
        fixes = [Fix(f"Remove {name}", "remove")]
        hint = "Choose other inputs."
        dim = joinable(inputs)
        if dim:
            fixes.insert(0, Fix("Use Concat", "replace", "Concat", (("dim", dim),)))
            hint = "Choose other inputs, or use Concat."
        if len({len(spec.shape) for spec in inputs}) > 1:
            hint = "Choose other inputs, or put a Reshape behind the smaller one."
        what = f"{name} joins inputs of one shape (but for sides of 1, which are repeated), but gets {got}."
        return Misfit(f"{what} {hint}", tuple(fixes))


def _fit(inputs: tuple[TensorSpec, ...]) -> bool:
    """Whether shapes agree side by side. With fewer sides, torch would take the batch for another side."""
    if len({len(spec.shape) for spec in inputs}) > 1:
        return False
    return all(len(set(sides) - {1}) <= 1 for sides in zip(*(spec.shape for spec in inputs), strict=True))


class Add(_Elementwise):
    """Adds its inputs: the end of a residual connection."""

    words: ClassVar[tuple[str, ...]] = ("add", "sum", "residual")


class Multiply(_Elementwise):
    """Multiplies its inputs: a gate, such as a factor for each channel of an image."""

    words: ClassVar[tuple[str, ...]] = ("multiply", "mul", "gate")


class Average(_Elementwise):
    """Averages its inputs."""

    words: ClassVar[tuple[str, ...]] = ("average",)


class Maximum(_Elementwise):
    """Keeps the larger of its inputs, element by element."""

    words: ClassVar[tuple[str, ...]] = ("maximum",)


class Minimum(_Elementwise):
    """Keeps the smaller of its inputs, element by element."""

    words: ClassVar[tuple[str, ...]] = ("minimum",)


class Subtract(_Elementwise):
    """Takes the second input from the first."""

    arity: ClassVar[tuple[int, int | None]] = (2, 2)
    words: ClassVar[tuple[str, ...]] = ("subtract", "sub")


class Divide(_Elementwise):
    """Divides the first input by the second."""

    arity: ClassVar[tuple[int, int | None]] = (2, 2)
    words: ClassVar[tuple[str, ...]] = ("divide", "div")


class Reparameterize(Layer):
    """Draws from a normal distribution while training: inputs are its mean and log-variance.

    Otherwise it gives the mean. The sampling step of a variational autoencoder: Kingma & Welling 2014,
    "Auto-encoding variational Bayes", section 2.4.
    """

    group: ClassVar[Group] = "merge"
    arity: ClassVar[tuple[int, int | None]] = (2, 2)
    words: ClassVar[tuple[str, ...]] = ("reparameterize", "reparam", "vae")

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("Reparameterize")

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        if found or inputs[0].shape == inputs[1].shape:
            return found
        return Misfit(
            f"The mean and the log-variance must have one shape, but are {inputs[0]} and {inputs[1]}. "
            "Choose other inputs.",
            (Fix("Remove Reparameterize", "remove"),),
        )
