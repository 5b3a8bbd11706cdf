"""Embeddings in which samples of a class lie together: the triplet loss, and classes off neighbours."""

from __future__ import annotations

import torch
from torch import Tensor

_CHUNK = 2**24
"""Distances that are worked out at a time."""


def batch_hard(embeddings: Tensor, targets: Tensor, margin: float) -> Tensor:
    """Return the batch-hard triplet margin loss (Hermans, Beyer and Leibe, 2017), equation 5.

    For each sample, its class's farthest other sample shall be nearer by ``margin`` than the nearest of
    another class, by Euclidean distance. The mean over the samples that have both; 0 where none has.
    ``embeddings``: (N, D); ``targets``: class numbers, int64 (N,).
    """
    # by differences: by products, as torch does it for many, close ones come out as 0
    distances = torch.cdist(embeddings, embeddings, compute_mode="donot_use_mm_for_euclid_dist")
    alike, others = _pairs(targets)
    farthest = distances.masked_fill(~alike, 0.0).amax(1)
    nearest = distances.masked_fill(~others, torch.inf).amin(1)
    has_both = _has_both(alike, others)
    losses = torch.where(has_both, (margin + farthest - nearest).relu(), 0.0)
    return losses.sum() / has_both.sum().clamp_min(1)


def triplets(targets: Tensor) -> Tensor:
    """Return how many samples of a batch have both one of their class and one of another: int64, ()."""
    return _has_both(*_pairs(targets)).sum()


def nearest_class(embeddings: Tensor, targets: Tensor) -> Tensor:
    """Return for each sample the class of the nearest other one: int64 (N,), -1 where there is no other."""
    count = len(embeddings)
    if count < 2:
        return torch.full_like(targets, -1)
    centred = embeddings - embeddings.mean(0)  # large offsets would drown the differences
    squares = centred.square().sum(1)
    places = []
    for rows in torch.split(torch.arange(count, device=embeddings.device), max(1, _CHUNK // count)):
        # a sample's own square is the same for all others
        distances = torch.addmm(squares.unsqueeze(0), centred[rows], centred.T, alpha=-2)
        distances.scatter_(1, rows.unsqueeze(1), torch.inf)
        places.append(distances.argmin(1))
    return targets[torch.cat(places)]


def _pairs(targets: Tensor) -> tuple[Tensor, Tensor]:
    """Which pairs are different samples of one class, and which are of two: bool, (N, N)."""
    same = targets.unsqueeze(0) == targets.unsqueeze(1)
    itself = torch.eye(len(targets), dtype=torch.bool, device=targets.device)
    return same & ~itself, ~same


def _has_both(alike: Tensor, others: Tensor) -> Tensor:
    return alike.any(1) & others.any(1)
