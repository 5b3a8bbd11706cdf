"""What layers' outputs look like, as a few numbers each that stay on the device."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from workbench.build.model import StackModel
from workbench.build.objective import last_of

BINS = 24
MOST = 2**12
"""Values of a layer's outputs that figures are worked out of; more change no picture."""
FIGURES = BINS + 6
"""Numbers a layer: histogram, low, high, mean, std, dead, saturated."""

_DYING = (nn.ReLU, nn.ReLU6, nn.Threshold, nn.Hardswish, nn.Hardsigmoid, nn.Hardshrink, nn.Softshrink)
"""Activations that give zero, and pass no gradient on, over a whole range."""
_CHANNELS_FIRST = (nn.modules.conv._ConvNd, nn.modules.batchnorm._NormBase, nn.GroupNorm)
_HUGE = 1e30
_TINY = 1e-30


class LayerFigures:
    """Which figures make sense for each layer of a model, and how long each unit was silent.

    Most of the work is done for all layers at once: for small ones, and on a GPU for all, it is the number
    of operations that takes the time.
    """

    def __init__(self, model: StackModel) -> None:
        answers = {*model.output_ids, last_of(model.graph).id}
        modules = {name: model.get_submodule(name) for name in model.layer_ids}
        ends = {n: None if n in answers else _bounds(module) for n, module in modules.items()}
        nothing = (math.nan, math.nan)
        self._ends = torch.tensor([ends[n] or nothing for n in modules]).unsqueeze(-1).unbind(1)
        self._bounded = any(ends.values())
        self.unit_dims = {name: _unit_dim(model, name) for name in modules}
        """The dimension of each layer's units: channels or features."""
        self._dying = {n for n, module in modules.items() if isinstance(module, _DYING) and n not in answers}
        self.silent: dict[str, Tensor] = {}
        """Calls in a row in which each unit was zero, int32, shape (units,), by layer."""

    def of(self, outputs: Mapping[str, Tensor], window: int) -> Tensor:
        """Return float32, shape (layers, `FIGURES`), on the device; nothing is fetched from there.

        ``outputs``: (samples, ...) by layer, of all layers in the stack's order, of any dtype. "dead" is the
        share of units that were zero in all of the last ``window`` calls. Values that are no finite number
        count as 0 or the largest.
        """
        values, known = picked(list(outputs.values()))
        share = known / known.sum(1, keepdim=True)
        low, high = values.amin(1, keepdim=True), values.amax(1, keepdim=True)
        counts = histograms(values, known, low, high)
        mean = (values * share).sum(1, keepdim=True)
        std = ((values - mean).square_() * share).sum(1, keepdim=True).sqrt_()
        dead = [self._dead(name, output, window, low[0, 0]) for name, output in outputs.items()]
        saturated = self._at_ends(values, share)
        return torch.cat((counts, low, high, mean, std, torch.stack(dead).unsqueeze(1), saturated), 1)

    def _dead(self, name: str, output: Tensor, window: int, like: Tensor) -> Tensor:
        if name not in self._dying:
            return torch.full_like(like, math.nan)
        others = [d for d in range(output.dim()) if d != self.unit_dims[name] % output.dim()]
        fires = output.amax(others).gt(0) | output.amin(others).lt(0)  # far faster than counting
        silent = self.silent.get(name)
        silent = torch.zeros_like(fires, dtype=torch.int32) if silent is None else silent
        self.silent[name] = silent = (silent + 1).masked_fill_(fires, 0)
        return silent.ge(window).to(torch.float32).mean()

    def _at_ends(self, values: Tensor, share: Tensor) -> Tensor:
        """Share of values within a hundredth of the range of either end, nan where there are no ends."""
        if not self._bounded:
            return values.new_full((len(values), 1), math.nan)
        if self._ends[0].device != values.device:
            self._ends = tuple(end.to(values.device) for end in self._ends)
        low, high = self._ends
        margin = 0.01 * (high - low)
        there = values.le(low + margin) | values.ge(high - margin)
        return (there * share).sum(1, keepdim=True) + 0 * low


def histograms(values: Tensor, known: Tensor, low: Tensor, high: Tensor) -> Tensor:
    """Return each row's counts over `BINS` equal bins from ``low`` to ``high``, shape (rows, `BINS`).

    ``values`` and ``known`` (0 or 1, what counts): (rows, columns); ``low`` and ``high``: (rows, 1).
    """
    place = (values - low) * (BINS / (high - low).clamp_min(_TINY))
    counts = values.new_zeros(len(values), BINS)
    return counts.scatter_add_(1, place.clamp_(0, BINS - 1).to(torch.int64), known)


def picked(outputs: list[Tensor]) -> tuple[Tensor, Tensor]:
    """Return up to `MOST` values of each, evenly from all places, and which columns hold one (0 or 1).

    Both float32, shape (outputs, `MOST`). Rows with less are filled up with their first value.
    """
    values = torch.empty(len(outputs), MOST, device=outputs[0].device)
    known = torch.ones_like(values)
    for row, output in enumerate(outputs):
        flat = output.detach().reshape(-1)
        step = -(-flat.numel() // MOST)
        while math.gcd(step, flat.numel()) > 1:  # else it would meet the same columns again and again
            step += 1
        some = flat[::step][:MOST]
        values[row, : len(some)] = some
        if len(some) < MOST:
            values[row, len(some) :] = some[0]
            known[row, len(some) :] = 0
    return values.nan_to_num_(0.0, _HUGE, -_HUGE).clamp_(-_HUGE, _HUGE), known


def _bounds(module: nn.Module) -> tuple[float, float] | None:
    if isinstance(module, nn.Tanh | nn.Softsign):
        return -1.0, 1.0
    if isinstance(module, nn.Sigmoid):
        return 0.0, 1.0
    if isinstance(module, nn.Hardtanh) and not isinstance(module, nn.ReLU6):
        return module.min_val, module.max_val
    return None


def _unit_dim(model: StackModel, name: str) -> int:
    """The dimension of a layer's units: channels behind convolutions, else features, which are last.

    What it is follows from the nearest layer with weights, this one or one above it.
    """
    graph, row = model.graph, model.graph.index(name)
    while True:
        parts = list(model.get_submodule(graph.layers[row].id).modules())
        if any(isinstance(part, _CHANNELS_FIRST) for part in parts):
            return 1
        if any(True for part in parts for _ in part.parameters(recurse=False)):
            return -1
        reads = graph.inputs_of(row)
        if not reads:
            return 1
        row = graph.index(reads[0])
