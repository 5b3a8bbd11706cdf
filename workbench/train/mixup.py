"""Mixup: samples are learned from in blended pairs (Zhang et al., 2018, https://arxiv.org/abs/1710.09412)."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from workbench.errors import UserError


class Batch(NamedTuple):
    """What a step learns from.

    In a blended one, sample i is ``share`` of a sample with target ``targets[i]`` and for the rest of one
    with target ``others[i]``; ``share`` is a scalar float32 tensor on the device, one for the whole batch
    as in the paper.
    """

    inputs: Tensor
    targets: Tensor
    others: Tensor | None = None
    share: Tensor | None = None


def blended(inputs: Tensor, targets: Tensor, alpha: float) -> Batch:
    """Blend a batch with a permutation of itself, by a share from Beta(alpha, alpha).

    ``inputs``: floats, shape (N, *sample). Random numbers come from torch's global generator of the device.
    Raises `UserError` for inputs that are ids.
    """
    if not inputs.is_floating_point():
        raise UserError(
            "mixup can't blend ids.",
            place="training.mixup",
            remedy="Set it to 0, or use data that are numbers.",
        )
    concentration = torch.full((), alpha, device=inputs.device)
    share = torch.distributions.Beta(concentration, concentration, validate_args=False).sample()
    order = torch.randperm(len(inputs), device=inputs.device)
    return Batch(torch.lerp(inputs[order], inputs, share), targets, targets[order], share)
