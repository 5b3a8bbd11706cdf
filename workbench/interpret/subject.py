"""What a method is asked to look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.errors import UserError
from workbench.graph import training

if TYPE_CHECKING:
    from workbench.build.model import StackModel
    from workbench.data.dataset import Dataset

Array = NDArray[np.generic]
Target = int | float
Progress = Callable[[int, int], object]
"""Told what is done and all there is to do. What it raises ends the work: that cancels it."""


@dataclass(frozen=True, eq=False)
class Subject:
    """A model, the data that it answers for, and what of them is meant.

    ``model``: on any device; a method leaves it as it was. ``dataset``: with the model's input and task.
    ``layer``: an id; "" for all layers, or for the one that a method chooses. ``sample``: its number in the
    dataset, or the values of one from elsewhere, as the network gets them, without the batch dimension.
    ``target``: a class number or value in place of the sample's own. ``meant``: the true one of a sample from
    elsewhere, if a person says it. ``samples``: the numbers of those that a method goes through which looks
    at many, int64 (n,); None for the test split, or where that is empty validation or training. ``other``: a
    second model of the same data, for methods that compare. ``loss``: the one of training.
    """

    model: StackModel
    dataset: Dataset
    layer: str = ""
    sample: int | Array = 0
    target: Target | None = None
    meant: Target | None = None
    samples: NDArray[np.int64] | None = None
    other: StackModel | None = None
    loss: training.Loss = training.AUTO
    progress: Progress | None = None

    @property
    def number(self) -> int | None:
        """The sample's number in the dataset, None for one from elsewhere."""
        return self.sample if isinstance(self.sample, int) else None

    def inputs(self) -> Array:
        """Return the sample as a batch of one, as the network gets it.

        Raises `UserError` for one that isn't there or is of another shape, and where the model reads others
        than the data's.
        """
        from workbench.interpret.misfit import entrance_misfit

        unreadable = entrance_misfit(self.model, self.dataset)
        if unreadable:
            raise unreadable
        if isinstance(self.sample, int):
            if not 0 <= self.sample < len(self.dataset):
                raise UserError(
                    f"there is no sample {self.sample}.",
                    place="sample",
                    remedy=f"Samples go from 0 to {len(self.dataset) - 1}.",
                )
            return self.dataset.batch(np.array([self.sample]))
        if self.sample.shape != self.dataset.sample_shape:
            was, wanted = (_shape(shape) for shape in (self.sample.shape, self.dataset.sample_shape))
            raise UserError(
                f"it is {was}, and the network reads {wanted}.",
                place="sample",
                remedy="Give it the shape of the project's data.",
            )
        return self.sample[None].astype(self.dataset.input_dtype)

    def truth(self) -> Array | None:
        """Return the target as a batch of one, (1,); None for a sample from elsewhere without one.

        Raises `UserError` for a class that isn't there, and for a value that is not finite in float32.
        """
        wanted = self.meant if self.target is None else self.target
        if self.target is None and self.number is not None:
            return self.dataset.targets[[self.number]]
        if wanted is None:
            return None
        if self.dataset.task == "regression":
            with np.errstate(over="ignore"):
                value = np.array([wanted], np.float32)
            if not np.isfinite(value).all():
                raise UserError(
                    f"{wanted} is no finite number.",
                    place="target",
                    remedy="Choose a value that the data could hold.",
                )
            return value
        if wanted not in range(len(self.dataset.classes)):
            raise UserError(
                f"there is no class {wanted}.",
                place="target",
                remedy=f"Classes go from 0 to {len(self.dataset.classes) - 1}.",
            )
        return np.array([int(wanted)])

    def chosen(self, most: int | None = None, seed: int = 0) -> NDArray[np.int64]:
        """Return the numbers of the samples that are meant, at most ``most`` of them, drawn evenly.

        The same for the same ``seed``; in the data's order. Raises `UserError` where there are none, or for
        numbers out of range.
        """
        found = self.samples
        if found is None:
            splits = self.dataset.splits
            found = next((splits[n] for n in ("test", "validation", "train") if len(splits.get(n, ()))), None)
        if found is None or not len(found):
            raise UserError(
                "there are no samples in this part of the data.",
                place="samples",
                remedy="Choose another part.",
            )
        found = np.sort(np.asarray(found, np.int64))
        if found[0] < 0 or found[-1] >= len(self.dataset):
            raise UserError(
                f"there is no sample {found[0] if found[0] < 0 else found[-1]}.",
                place="samples",
                remedy=f"Samples go from 0 to {len(self.dataset) - 1}.",
            )
        if most is None or len(found) <= most:
            return found
        return np.sort(np.random.default_rng(seed).choice(found, most, replace=False))

    def tell(self, done: int, total: int) -> None:
        """Report progress; what the listener raises to cancel goes through."""
        if self.progress is not None:
            self.progress(done, total)


def number(values: NDArray[np.generic]) -> Target:
    """Return the only entry of an array as a number of Python's."""
    value: Target = values.ravel()[0].item()
    return value


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "a single number"
