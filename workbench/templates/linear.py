"""A single linear layer: logistic, softmax and linear regression."""

from __future__ import annotations

from typing import ClassVar

from workbench.graph.facts import Facts
from workbench.layers import TensorSpec
from workbench.layers.activation import Sigmoid
from workbench.layers.activation_along import Softmax
from workbench.layers.core import Linear
from workbench.layers.shape import Flatten
from workbench.templates.base import Template
from workbench.templates.samples import Takes
from workbench.templates.writer import StackWriter


class _SingleLayer(Template):
    """What one linear layer over all numbers of a sample needs."""

    takes: ClassVar[tuple[Takes, ...]] = ("vector", "sequence", "image")

    def _flat(self, stack: StackWriter, sample: TensorSpec, width: int) -> None:
        if len(sample.shape) > 1:
            stack.add(Flatten())
        stack.add(Linear(out_features=width), "linear")


class LinearRegression(_SingleLayer):
    """Predicts a number as a weighted sum: the baseline for regression."""

    name: ClassVar[str] = "linear-regression"
    title: ClassVar[str] = "Linear regression"
    source: ClassVar[str] = "Legendre 1805; Gauss 1809"

    @property
    def published(self) -> Facts:
        """Ten measurements, as of the diabetes data."""
        return Facts(TensorSpec((10,)), "regression")

    def misfit(self, facts: Facts) -> str:
        """Return why it can't take these data, or ""."""
        if facts.task != "regression":
            return f"{self.title} predicts a number; the target has {facts.classes} classes."
        return super().misfit(facts)

    def _build(self, stack: StackWriter, facts: Facts) -> None:
        self._flat(stack, facts.sample, 1)


class LogisticRegression(_SingleLayer):
    """Gives the probability of the second of two classes by a weighted sum."""

    name: ClassVar[str] = "logistic-regression"
    title: ClassVar[str] = "Logistic regression"
    source: ClassVar[str] = "Cox 1958, The regression analysis of binary sequences"

    @property
    def published(self) -> Facts:
        """30 measurements and two classes, as of the breast cancer data."""
        return Facts(TensorSpec((30,)), "classification", 2)

    def misfit(self, facts: Facts) -> str:
        """Return why it can't take these data, or ""."""
        if facts.task == "regression":
            return f"{self.title} tells two classes apart; the target is a number."
        if facts.classes != 2:
            return f"{self.title} tells two classes apart; the target has {facts.classes}."
        return super().misfit(facts)

    def _build(self, stack: StackWriter, facts: Facts) -> None:
        self._flat(stack, facts.sample, 1)
        stack.add(Sigmoid(), "probability")


class SoftmaxRegression(_SingleLayer):
    """Gives a probability to each class by a weighted sum: the baseline for classification."""

    name: ClassVar[str] = "softmax-regression"
    title: ClassVar[str] = "Softmax regression"
    source: ClassVar[str] = "Bridle 1990, Probabilistic interpretation of feedforward network outputs"

    @property
    def published(self) -> Facts:
        """Images of 28×28 pixels and ten classes, as of MNIST."""
        return Facts(TensorSpec((1, 28, 28)), "classification", 10)

    def misfit(self, facts: Facts) -> str:
        """Return why it can't take these data, or ""."""
        if facts.task == "regression":
            return f"{self.title} tells classes apart; the target is a number."
        return super().misfit(facts)

    def _build(self, stack: StackWriter, facts: Facts) -> None:
        self._flat(stack, facts.sample, facts.classes)
        stack.add(Softmax(), "probabilities")
