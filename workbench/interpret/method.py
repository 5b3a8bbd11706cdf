"""What a method of looking inside is, and what it answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.errors import UserError
from workbench.graph import training
from workbench.graph.frozen import Frozen

if TYPE_CHECKING:
    from workbench.build.model import StackModel
    from workbench.data.dataset import Dataset

Target = int | float
Of = Literal["loss", "score"]
"""What gradients are of: the loss against the target, or a class's score, as the last layer gives it."""


@dataclass(frozen=True)
class Result:
    """What a method found for a sample.

    ``arrays``: by layer id, or by name where a method says so, without the batch dimension. ``target`` and
    ``predicted``: class numbers, or values; ``target`` is what gradients refer to. ``note``: a sentence on
    what the numbers are.
    """

    arrays: Mapping[str, NDArray[np.generic]]
    sample: int
    target: Target
    predicted: Target
    loss: float | None
    note: str


class Method(Frozen, ABC):
    """A way to look inside a model. Its fields are its params."""

    name: ClassVar[str]
    title: ClassVar[str]
    help: ClassVar[str]
    """One sentence: what it shows."""

    @abstractmethod
    def run(
        self,
        model: StackModel,
        dataset: Dataset,
        layer: str | None = None,
        sample: int = 0,
        target: Target | None = None,
        *,
        loss: training.Loss = training.AUTO,
    ) -> Result:
        """Look at one sample, by its number in the dataset; at one layer, or at all for None or "".

        ``target`` replaces the sample's own. ``loss`` is the one of training. The model is left as it is.
        Raises `UserError` for a layer or sample that isn't there, or that the method has nothing to say of.
        """


def sample_of(dataset: Dataset, sample: int) -> NDArray[np.generic]:
    """Return a sample as a batch of one, as the network gets it. Raises `UserError` naming the range."""
    if not 0 <= sample < len(dataset):
        raise UserError(
            f"there is no sample {sample}.",
            place="sample",
            remedy=f"Samples go from 0 to {len(dataset) - 1}.",
        )
    return dataset.batch(np.array([sample]))


def target_of(dataset: Dataset, sample: int, target: Target | None) -> NDArray[np.generic]:
    """Return the target as a batch of one, the sample's own for None. Raises `UserError`."""
    if target is None:
        return dataset.targets[[sample]]
    if dataset.task == "regression":
        return np.array([target], np.float32)
    if target not in range(len(dataset.classes)):
        raise UserError(
            f"there is no class {target}.",
            place="target",
            remedy=f"Classes go from 0 to {len(dataset.classes) - 1}.",
        )
    return np.array([int(target)])


def number(values: NDArray[np.generic]) -> Target:
    """Return the only entry of an array as a number of Python's."""
    value: Target = values.ravel()[0].item()
    return value
