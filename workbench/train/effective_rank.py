"""How many directions a layer's outputs really use."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor


def effective_ranks(outputs: Mapping[str, Tensor], unit_dims: Mapping[str, int]) -> Tensor:
    """Return the effective rank of each layer's outputs, and the highest that it could have.

    The rank is the exponential of the entropy of the singular values as shares of their sum (Roy &
    Vetterli, 2007), of the matrix of samples × units with each unit's mean taken off, so that what all
    samples have in common counts for nothing. Of dimensions that are neither samples nor units (positions of
    an image or a sequence) each sample gives one place, another than the next: their average would tell
    nothing of what a convolution makes of edges. It is worked out of the Gram matrices of the samples,
    together for all layers.

    ``outputs``: (samples, ...) by layer, of the same samples; ``unit_dims``: each layer's dimension of units.
    Returned are float64, shape (layers, 2), on the device: rank, and the lesser of units and samples − 1;
    nan where there are less than two of either, or the outputs are no decimal numbers. Outputs that are all
    alike have rank 0.
    """
    place = next(iter(outputs.values())).device
    found = torch.full((len(outputs), 2), torch.nan, dtype=torch.float64, device=place)
    rows: list[int] = []
    grams: list[Tensor] = []
    for row, (name, output) in enumerate(outputs.items()):
        if not output.is_floating_point() or output.dim() < 2 or len(output) < 3:
            continue
        units = _units(output.detach(), unit_dims[name])
        if units.shape[1] < 2 or (grams and len(grams[0]) != len(units)):
            continue
        found[row, 1] = min(units.shape[1], len(units) - 1)
        rows.append(row)
        grams.append(units @ units.T)
    if grams:
        found[rows, 0] = _ranks(torch.stack(grams))
    return found


def _units(output: Tensor, unit_dim: int) -> Tensor:
    """Samples × units, float64, each unit's mean 0, and of a size that can be squared."""
    values = output.movedim(unit_dim, -1).flatten(1, -2) if output.dim() > 2 else output
    if output.dim() > 2:
        places = values.shape[1]
        step = max(1, round(0.618 * places))
        while math.gcd(step, places) > 1:
            step += 1
        samples = torch.arange(len(values), device=values.device)
        values = values[samples, samples * step % places]
    values = values.to(torch.float64).nan_to_num(0.0, 1e30, -1e30)
    values = values / values.abs().amax().clamp_min(1e-300)
    return values - values.mean(0, keepdim=True)


def _ranks(grams: Tensor) -> Tensor:
    squares = torch.linalg.eigvalsh(grams).clamp_min(0.0)
    # what rounding leaves of directions that aren't there
    squares = squares.masked_fill(squares <= 1e-12 * squares.amax(1, keepdim=True).clamp_min(1e-12), 0.0)
    sizes = squares.sqrt()
    total = sizes.sum(1, keepdim=True)
    shares = sizes / total.clamp_min(1e-300)
    entropy = -torch.special.xlogy(shares, shares).sum(1)
    return torch.where(total[:, 0] > 0, entropy.exp(), 0.0)
