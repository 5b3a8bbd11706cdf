"""Layers whose params are just what their module is made with."""

from typing import ClassVar

from workbench.layers.base import Call, Layer, TensorSpec


class Plain(Layer):
    """The module of the same name: the typed params in order, the others by name where they were changed."""

    home: ClassVar[str] = "nn."
    """Where the module is from: ``nn.``, or empty for `workbench.build.blocks`."""

    def call(self, *inputs: TensorSpec) -> Call:
        first = tuple(getattr(self, name) for name in self.typed)
        others = [name for name in type(self).model_fields if name not in self.typed]
        return Call(f"{self.home}{self.type()}", first, self.changed(*others))
