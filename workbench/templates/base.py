"""What a template is: a known architecture, as published or resized to data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict

from workbench.errors import UserError
from workbench.graph.facts import Facts
from workbench.graph.project import Graph
from workbench.layers import TensorSpec
from workbench.layers.core import Input, Standardize
from workbench.templates.samples import Takes, described, takes
from workbench.templates.writer import StackWriter

Answers = Literal["target", "each step", "each pixel", "the sample"]
"""What comes out: the target as the data have it, a score a class at every step or pixel, or the sample."""


class Template(BaseModel, ABC):
    """Base of every template. Its fields are its params; the docstring's first line is its help."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", allow_inf_nan=False)

    name: ClassVar[str]
    """What the command line calls it: "resnet-18"."""
    title: ClassVar[str]
    """What people call it: "ResNet-18"."""
    takes: ClassVar[tuple[Takes, ...]]
    """Kinds of samples that it can read, the usual one first."""
    answers: ClassVar[Answers] = "target"
    source: ClassVar[str]
    """The paper: authors and year."""

    @classmethod
    def help(cls) -> str:
        """One sentence on what it is."""
        return (cls.__doc__ or "").strip().splitlines()[0]

    @property
    @abstractmethod
    def published(self) -> Facts:
        """The samples and the task that it was published for."""

    def graph(self, facts: Facts | None = None) -> Graph:
        """Return the stack: as published, or resized to data. Raises `UserError` where `misfit` says why."""
        fault = self.misfit(facts) if facts else ""
        if fault:
            raise UserError(fault, remedy="Choose another template.")
        stack = StackWriter()
        self._enter(stack, facts)
        self._build(stack, facts or self.published)
        if facts and facts.task == "regression" and self.answers == "target":
            stack.add(Standardize(invert=True), "in_units")
        return stack.graph()

    def for_data(self, facts: Facts) -> Self:
        """Return it with as many different ids as the data have, where it reads ids."""
        if not facts.ids or "vocabulary" not in type(self).model_fields:
            return self
        return self.model_copy(update={"vocabulary": facts.ids})

    def misfit(self, facts: Facts) -> str:
        """Return in a sentence why it can't take these data, or "" where it can."""
        if any(takes(facts.sample, kind) for kind in self.takes):
            return ""
        wanted = " or ".join(PLURALS[kind] for kind in self.takes)
        return f"{self.title} takes {wanted}; these samples are {described(facts.sample)}."

    def _enter(self, stack: StackWriter, facts: Facts | None) -> None:
        """Write where samples enter; measurements in units of their own are standardised."""
        sample = (facts or self.published).sample
        stack.add(Input(shape=sample.shape, dtype=sample.dtype), "input")
        if facts and self._standardizes(sample):
            stack.add(Standardize(), "standardize")

    def _standardizes(self, sample: TensorSpec) -> bool:
        """Whether samples of data are brought to mean 0 and deviation 1 first; images come as 0 to 1."""
        return sample.dtype == "float32" and len(sample.shape) <= 2

    @abstractmethod
    def _build(self, stack: StackWriter, facts: Facts) -> None:
        """Write the layers between the Input and the answer, the answer's included."""


def outputs(facts: Facts) -> int:
    """Return how many numbers answer a sample: one a class, or the value."""
    return 1 if facts.task == "regression" else facts.classes


PLURALS: dict[Takes, str] = {
    "image": "images",
    "vector": "tables of numbers",
    "sequence": "sequences of measurements",
    "ids": "sequences of whole-number ids",
    "waveform": "waveforms",
    "pairs of ids": "pairs of ids",
}
