"""What a block that ships is: params, and the layers that it stands for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from workbench.graph.fragment import Fragment
from workbench.graph.project import Node
from workbench.layers import Group, TensorSpec
from workbench.templates.writer import StackWriter


class LayerBlock(BaseModel, ABC):
    """Base of the blocks that ship. The class name is its type; the docstring's first line is its help."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", allow_inf_nan=False)

    title: ClassVar[str]
    """What people call it: "Squeeze and excitation"."""
    source: ClassVar[str]
    """The paper: authors and year."""
    group: ClassVar[Group]
    """The group of layers that it is listed and coloured with."""
    words: ClassVar[tuple[str, ...]]
    """What people type for it; the first also starts its id."""
    typed: ClassVar[tuple[str, ...]] = ()
    """Params that typed numbers fill, in order."""

    @classmethod
    def type(cls) -> str:
        """The name of this kind of block."""
        return cls.__name__

    @classmethod
    def help(cls) -> str:
        """One sentence on what it does."""
        return (cls.__doc__ or "").strip().splitlines()[0]

    @property
    def name(self) -> str:
        """What the block is called in a stack: "Residual 64"."""
        return " ".join([self.title, *(str(getattr(self, field)) for field in self.typed[:1])])

    @abstractmethod
    def build(self, stack: StackWriter, spec: TensorSpec | None = None) -> None:
        """Write the layers below the newest one of a stack.

        ``spec`` is the shape and dtype of what that gives, None where that isn't known.
        """

    def fragment(self, spec: TensorSpec | None = None, block_id: str = "") -> Fragment:
        """Return the layers, to be put into a stack; what reads `OUTSIDE` reads what the block gets.

        With ``block_id`` they are held by a block of that id, called `name`, and their ids start with it.
        """
        stack = StackWriter()
        if block_id:
            self.within(stack, block_id, spec)
        else:
            self.build(stack, spec)
        return stack.fragment()

    def nodes(self, spec: TensorSpec | None = None) -> tuple[Node, ...]:
        """Return the layers of `fragment`, without a block around them."""
        return self.fragment(spec).nodes

    def within(self, stack: StackWriter, name: str, spec: TensorSpec | None = None, title: str = "") -> str:
        """Write the layers in a block of their own; return the last one's id. ``title`` is else `name`."""
        with stack.block(name, title or self.name):
            self.build(stack, spec)
        return stack.last


def channels(spec: TensorSpec | None, default: int) -> int:
    """Return the channels of an image, or ``default`` where it isn't known to be one."""
    return spec.shape[0] if spec is not None and len(spec.shape) == 3 else default
