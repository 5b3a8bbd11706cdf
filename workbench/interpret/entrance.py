"""Where an input is changed to see what a unit asks for, and in which units: the spread of the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from workbench.build.model import StackModel
from workbench.data.dataset import Dataset
from workbench.errors import UserError
from workbench.interpret.capture import device_of
from workbench.interpret.subject import Subject

DRAWN = 1000
"""Samples that the spread is measured on."""


@dataclass(frozen=True)
class Entrance:
    """What goes in is ``mean + std * z``; the tensors broadcast over (1, *sample).

    ``low`` and ``high``: the least and greatest values of the data, as ``z``. ``sample``: the subject's, as
    ``z``. ``places``: the dimensions along which neighbours are alike: height and width, or time. ``table``:
    what ids stand for, (ids, features), where the network reads ids; else None. ``name``: the layer.
    """

    name: str
    mean: Tensor
    std: Tensor
    low: Tensor
    high: Tensor
    sample: Tensor
    places: tuple[int, ...]
    table: Tensor | None = None

    def values(self, z: Tensor) -> Tensor:
        """Return what goes in, (1, *sample)."""
        return self.mean + self.std * z


def entrance(subject: Subject) -> Entrance:
    """Return where the subject's input goes in: the Input, or behind ids the Embedding that reads them.

    Images are spread by channel, sequences and tables by feature. Raises `UserError` for ids that something
    else reads too.
    """
    model, dataset = subject.model, subject.dataset
    inputs = torch.as_tensor(subject.inputs(), device=device_of(model))
    if not inputs.is_floating_point():
        return _embedded(model, inputs)
    drawn = np.random.default_rng(0).permutation(len(dataset))[:DRAWN]
    known = torch.as_tensor(dataset.batch(np.sort(drawn)), device=inputs.device)
    rank = inputs.dim() - 1
    # one number a channel of images, a feature of tables and sequences
    over = (0, *range(2, rank + 1)) if rank > 2 else tuple(range(rank))
    return _spread(model.input_ids[0], known, over, inputs, _places(dataset, rank))


@contextmanager
def entering(model: StackModel, place: Entrance, subject: Subject) -> Iterator[Callable[[Tensor], Tensor]]:
    """Return what runs the model on values that go in there, (1, *sample)."""
    if place.table is None:
        yield lambda values: model(values)
        return
    ids = torch.as_tensor(subject.inputs(), device=device_of(model))
    given: list[Tensor] = []

    def replace(_layer: nn.Module, _inputs: tuple[Tensor, ...], _output: Tensor) -> Tensor:
        return given[0]

    def run(values: Tensor) -> Tensor:
        given[:] = [values]
        answer: Tensor = model(ids)
        return answer

    handle = model.get_submodule(place.name).register_forward_hook(replace)
    try:
        yield run
    finally:
        handle.remove()


def nearest(table: Tensor, rows: NDArray[np.generic]) -> NDArray[np.int64]:
    """Return for each row of (time, features) the id whose row of the table is nearest by cosine."""
    known = functional.normalize(table.cpu().double(), dim=1)
    wanted = functional.normalize(torch.as_tensor(np.array(rows)).double(), dim=1)
    found: NDArray[np.int64] = (wanted @ known.T).argmax(1).numpy()
    return found


def _embedded(model: StackModel, ids: Tensor) -> Entrance:
    sources = model.graph.sources()
    readers = [node for row, node in enumerate(model.graph) if model.input_ids[0] in sources[row]]
    layer = model.get_submodule(readers[0].id) if len(readers) == 1 else None
    if not isinstance(layer, nn.Embedding):
        raise UserError(
            "the network reads whole-number ids, which can't be changed little by little.",
            place=f"layer {model.input_ids[0]}",
            remedy="This works where one Embedding alone reads them.",
        )
    table = layer.weight.detach()
    made = _spread(readers[0].id, table, (0,), table[ids], ())
    return Entrance(made.name, made.mean, made.std, made.low, made.high, made.sample, (), table)


def _spread(
    name: str, known: Tensor, over: tuple[int, ...], inputs: Tensor, places: tuple[int, ...]
) -> Entrance:
    # images in channels: what is measured along all but one dimension goes back to where it was
    def side(values: Tensor) -> Tensor:
        shape = [1] * inputs.dim()
        kept = 1 if inputs.dim() > 3 else inputs.dim() - 1
        shape[kept] = inputs.shape[kept]
        return values.reshape(shape)

    mean, std = side(known.mean(over)), side(known.std(over, correction=0))
    std = torch.where(std > 0, std, torch.ones_like(std))
    low, high = side(known.amin(over)), side(known.amax(over))
    return Entrance(name, mean, std, (low - mean) / std, (high - mean) / std, (inputs - mean) / std, places)


def _places(dataset: Dataset, rank: int) -> tuple[int, ...]:
    if rank > 2 or dataset.kind == "image":
        return tuple(range(2, rank + 1))
    return (1,) if rank == 2 else ()
