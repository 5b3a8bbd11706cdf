"""What a method of looking inside is, and what it answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.graph.frozen import Frozen
from workbench.interpret.subject import Subject, Target

Of = Literal["loss", "score"]
"""What gradients are of: the loss against the target, or a class's score, as the last layer gives it."""

Scope = Literal["sample", "samples", "models"]
"""What a method looks at: one sample, many of them, or two models on many."""

Layers = Literal["any", "one", "input"]
"""Which layers a method is for: all or a given one; one ("" lets the method choose); none, only the input."""


@dataclass(frozen=True, eq=False)
class Result:
    """What a method found.

    ``arrays``: by layer id, or by name where a method says so, without the batch dimension for one sample.
    ``note``: a sentence on what the numbers are. ``target`` and ``predicted``: class numbers, or values, of
    the one sample; ``target`` is what gradients refer to. ``figures``: single numbers, such as the error of
    an approximation, by name. ``text``: what a method found in words, such as a tree's rules.
    """

    arrays: Mapping[str, NDArray[np.generic]]
    note: str
    sample: int | None = None
    target: Target | None = None
    predicted: Target | None = None
    loss: float | None = None
    figures: Mapping[str, float] = field(default_factory=dict)
    text: str = ""


class Method(Frozen, ABC):
    """A way to look inside a model. Its fields are its params.

    Nothing heavy is imported with its module: torch, captum and scikit-learn are where they are used.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    help: ClassVar[str]
    """One sentence: what it shows."""
    scope: ClassVar[Scope] = "sample"
    layers: ClassVar[Layers] = "any"

    @abstractmethod
    def run(self, subject: Subject) -> Result:
        """Look, reporting progress through the subject where it takes long.

        The model, its modes, gradients and hooks, and the random states are left as they are, also when it
        fails or is cancelled. Raises `UserError` for a layer or sample that isn't there, or that the method
        has nothing to say of.
        """
