"""The multi-layer perceptron."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.graph.facts import Facts
from workbench.layers import TensorSpec
from workbench.layers.activation import ReLU
from workbench.layers.core import Linear
from workbench.layers.fields import Probability, Width
from workbench.layers.regularise import Dropout
from workbench.layers.shape import Flatten
from workbench.templates.base import Template, outputs
from workbench.templates.fields import Depth
from workbench.templates.samples import Takes
from workbench.templates.writer import StackWriter


class MLP(Template):
    """Dense layers with an activation after each: the all-rounder for tables."""

    name: ClassVar[str] = "mlp"
    title: ClassVar[str] = "MLP"
    takes: ClassVar[tuple[Takes, ...]] = ("vector", "sequence", "image")
    source: ClassVar[str] = "Rumelhart, Hinton, Williams 1986, Learning representations by back-propagation"

    width: Width = Field(default=64, description="Units of each hidden layer.")
    depth: Depth = Field(default=2, description="Number of hidden layers.")
    dropout: Probability = Field(default=0.0, description="Chance that a hidden unit is dropped in training.")

    @property
    def published(self) -> Facts:
        """30 measurements and two classes, as of the breast cancer data."""
        return Facts(TensorSpec((30,)), "classification", 2)

    def _build(self, stack: StackWriter, facts: Facts) -> None:
        if len(facts.sample.shape) > 1:
            stack.add(Flatten())
        for number in range(1, self.depth + 1):
            stack.add(Linear(out_features=self.width), f"hidden{number}")
            stack.add(ReLU(), f"relu{number}")
            if self.dropout:
                stack.add(Dropout(p=self.dropout), f"drop{number}")
        stack.add(Linear(out_features=outputs(facts)), "scores")
