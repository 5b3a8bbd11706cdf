"""The proof of an import: the stack's answers beside the original's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench.build.check import built
from workbench.build.drawing import Drawing
from workbench.build.model import StackModel
from workbench.errors import UserError
from workbench.graph import Graph
from workbench.importing.result import Parity

TORCH_TOLERANCE = 1e-5
ONNX_TOLERANCE = 1e-4
"""Largest difference, as a share of the largest answer or of 1."""

Array = NDArray[np.float32]


def filled(graph: Graph, weights: dict[str, Tensor]) -> StackModel:
    """Return the stack with these weights, in eval mode. Raises `UserError` where check finds an error."""
    with Drawing():  # the weights drawn at first are thrown away
        model = built(graph)
    model.load_state_dict(weights, strict=False)
    return model.eval()


def compared(
    graph: Graph,
    weights: dict[str, Tensor],
    trials: Sequence[tuple[Sequence[NDArray[np.generic]], Sequence[Array]]],
    tolerance: float,
    place: str,
) -> Parity:
    """Compare a stack's answers with the original's: a pair of inputs and answers a batch.

    Raises `UserError` where they differ by more than ``tolerance``.
    """
    model = filled(graph, weights)
    largest = scale = 0.0
    for inputs, wanted in trials:
        with torch.inference_mode():
            answers = _main_first(model.answers(*(torch.from_numpy(np.array(item)) for item in inputs)))
        if [tuple(a.shape) for a in answers] != [w.shape for w in wanted]:
            raise _unlike("other shapes", place)
        for got, want in zip(answers, wanted, strict=True):
            gap = np.abs(got.double().numpy() - want.astype(np.float64))
            same = np.isnan(got.double().numpy()) & np.isnan(want)
            largest = max(largest, float(np.nan_to_num(np.where(same, 0, gap), nan=np.inf).max(initial=0)))
            scale = max(scale, float(np.nan_to_num(np.abs(want), posinf=0).max(initial=0)))
    if not largest <= tolerance * max(1.0, scale):
        raise _unlike(f"answers that differ by up to {largest:.3g} (they reach {scale:.3g})", place)
    sizes = tuple(len(inputs[0]) for inputs, _ in trials)
    return Parity(sizes, largest, largest / scale if scale else largest)


def _main_first(answers: Sequence[Tensor]) -> list[Tensor]:
    """A stack's answers, its last row's first, as importers have them."""
    return [answers[-1], *answers[:-1]]


def _unlike(what: str, place: str) -> UserError:
    return UserError(
        f"the stack made of it gives {what}, so it wasn't imported.",
        place=place,
        remedy="Please report this model.",
    )
