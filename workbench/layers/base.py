"""What a layer is: typed params, what it accepts, and the torch module it stands for, as a call.

Modules of layer types don't import annotations from ``__future__``: pydantic would compile such text anew for
each of the types, that of their bases too, a third of the time that the catalogue takes to load.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

DType = Literal["float32", "int64"]
Group = Literal[
    "core",
    "convolution",
    "pooling",
    "normalisation",
    "activation",
    "regularisation",
    "shape",
    "recurrent",
    "attention",
    "merge",
    "arithmetic",
    "signal",
    "data",
]


class TensorSpec(NamedTuple):
    """Shape (without the batch dimension) and dtype of what flows between two layers."""

    shape: tuple[int, ...]
    dtype: DType = "float32"

    def __str__(self) -> str:
        return "×".join(map(str, self.shape)) if self.shape else "scalar"


@dataclass(frozen=True)
class Call:
    """A constructor call, evaluated to build a module and printed to write code.

    ``name`` is ``nn.<class>`` for a class of ``torch.nn`` or a bare name for one of
    `workbench.build.blocks`. ``args`` and ``kwargs`` hold only numbers, strings, booleans, None and tuples
    of them, so that ``repr`` is source code.
    """

    name: str
    args: tuple[Any, ...] = ()
    kwargs: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        parts = [repr(a) for a in self.args] + [f"{k}={v!r}" for k, v in self.kwargs]
        return f"{self.name}({', '.join(parts)})"


@dataclass(frozen=True)
class Fix:
    """An edit that mends a problem: what one click does.

    It is made at the problem's layer, or at the layer ``at``. ``insert_before``, ``insert_after`` and
    ``replace`` put a layer of ``type`` with ``params`` there; ``insert_on_link`` puts it between that layer
    and ``link``, one of those that it reads. ``set`` sets ``params`` of the layer, ``training`` those of the
    project's section ``training``. ``remove`` takes the layer out, and ``layers`` with it.
    """

    label: str
    action: Literal["insert_before", "insert_after", "insert_on_link", "set", "remove", "replace", "training"]
    type: str = ""
    params: tuple[tuple[str, Any], ...] = ()
    at: str = ""
    link: str = ""
    layers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Misfit:
    """Why a layer can't take what it gets, in the user's words."""

    message: str
    fixes: tuple[Fix, ...] = field(default=())


class Layer(BaseModel):
    """Base of every layer type. The class name is the type; the docstring's first line is its help.

    A subclass declares its params as fields and says in `call` which torch module it stands for.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", allow_inf_nan=False)

    group: ClassVar[Group] = "core"
    arity: ClassVar[tuple[int, int | None]] = (1, 1)
    """Fewest and most inputs; None is no limit."""
    ranks: ClassVar[tuple[int, ...]] = ()
    """Accepted numbers of dimensions of one sample, without the batch; empty is any."""
    expects: ClassVar[str] = ""
    """What ``ranks`` means, in words: "an image (channels × height × width)"."""
    dtypes: ClassVar[tuple[DType, ...]] = ("float32",)
    words: ClassVar[tuple[str, ...]] = ()
    """What people type for it; the first also starts its ids."""
    typed: ClassVar[tuple[str, ...]] = ()
    """Params that typed numbers fill, in order."""
    no_onnx: ClassVar[str] = ""
    """Why it can't be written as ONNX, in a sentence; empty where it can."""

    @classmethod
    def type(cls) -> str:
        """The name of this layer type, as PyTorch has it."""
        return cls.__name__

    @classmethod
    def help(cls) -> str:
        """One sentence on what it does."""
        return (cls.__doc__ or "").strip().splitlines()[0]

    def call(self, *inputs: TensorSpec) -> Call:
        """Return the module that this layer is, for these inputs."""
        raise NotImplementedError

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        """Return why these inputs can't be taken, or None. Subclasses add to it and call super first."""
        for spec in inputs:
            if spec.dtype not in self.dtypes:
                return self._wrong_dtype(spec)
            if self.ranks and len(spec.shape) not in self.ranks:
                return self._wrong_rank(spec)
        return None

    def summary(self) -> str:
        """A few characters for the stack's settings column: what was set, most important first."""
        shown = [getattr(self, name) for name in self.typed]
        return " · ".join(short(value) for value in shown)

    def changed(self, *names: str) -> tuple[tuple[str, Any], ...]:
        """Keyword arguments for those of the named params that differ from their default."""
        return tuple(self._changed(names))

    def _changed(self, names: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
        for name in names:
            value = getattr(self, name)
            if value != type(self).model_fields[name].default:
                yield name, value

    def _wrong_dtype(self, spec: TensorSpec) -> Misfit:
        name = self.__class__.__name__
        remove = Fix(f"Remove {name}", "remove")
        if spec.dtype == "int64":
            what = f"{name} reads decimal numbers, but gets whole-number ids ({spec})."
            # The embedding adds a dimension, which must suit this layer too.
            if self.arity == (1, 1) and (not self.ranks or len(spec.shape) + 1 in self.ranks):
                fixes = (Fix("Insert Embedding", "insert_before", "Embedding"), remove)
                return Misfit(f"{what} Put an Embedding before it.", fixes)
            return Misfit(f"{what} Make the input decimal numbers, or remove {name}.", (remove,))
        return Misfit(
            f"{name} reads whole-number ids, but gets decimal numbers ({spec}). "
            "Put it right after an input of ids, or remove it.",
            (remove,),
        )

    def _wrong_rank(self, spec: TensorSpec) -> Misfit:
        name = self.__class__.__name__
        fixes = [Fix(f"Remove {name}", "remove")]
        hint = "Remove it, or change the layers above it."
        if len(spec.shape) > 1 and 1 in self.ranks and self.arity == (1, 1):
            fixes.insert(0, Fix("Insert Flatten", "insert_before", "Flatten"))
            hint = "Put a Flatten before it."
        return Misfit(
            f"{name} reads {self.expects}, but gets {spec} ({dimensions(len(spec.shape))}). {hint}",
            tuple(fixes),
        )


def dimensions(count: int) -> str:
    """'1 dimension', '3 dimensions'."""
    return f"{count} dimension{'' if count == 1 else 's'}"


def short(value: object) -> str:
    """A param's value as the stack shows it: 3×3 for (3, 3), no trailing zeros."""
    if isinstance(value, tuple):
        return "×".join(map(short, value))
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)
