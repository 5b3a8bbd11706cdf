"""A class found anywhere in a sequence of scores: CTC (Graves et al., 2006)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

BLANK = 0
"""The column that says "nothing here"; class number c has column c + 1."""


def ctc_loss(logs: Tensor, targets: Tensor) -> Tensor:
    """Return torch's ctc_loss of sequences that hold one class each, the mean over the batch.

    ``logs``: log-probabilities, (N, steps, classes + 1). ``targets``: class numbers, int64 (N,).
    """
    count, steps, _ = logs.shape
    lengths, single = torch.full((count,), steps), torch.ones(count, dtype=torch.int64)
    return functional.ctc_loss(logs.transpose(0, 1), (targets + 1).unsqueeze(1), lengths, single, blank=BLANK)


def class_log_likelihoods(logs: Tensor) -> Tensor:
    """Return how likely it is that a sequence holds this class and nothing else: logarithms, (N, classes).

    That is what `ctc_loss` is the negative of. ``logs``: log-probabilities, (N, steps, classes + 1). A path
    says blank up to some step, then the class for one step or more, then blank: with sums from the start
    (B of blank's, S of the class's, D = S - B), one from step a to b has S[b] - S[a] + B[a] + B[end] - B[b].
    """
    blank = logs[..., BLANK].cumsum(1).unsqueeze(2)
    difference = functional.pad(logs[..., BLANK + 1 :].cumsum(1) - blank, (0, 0, 1, 0))
    begun = torch.logcumsumexp(-difference[:, :-1], 1)
    return blank[:, -1] + torch.logsumexp(difference[:, 1:] + begun, 1)
