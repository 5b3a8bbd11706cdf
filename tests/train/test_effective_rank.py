"""Effective ranks against singular values, and where they are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from workbench.train.effective_rank import effective_ranks


def by_singular_values(matrix: np.ndarray) -> float:
    """As the paper has it, of the centred matrix."""
    sizes = np.linalg.svd(matrix - matrix.mean(0), compute_uv=False)
    shares = sizes[sizes > 0] / sizes.sum()
    return float(np.exp(-(shares * np.log(shares)).sum()))


def test_it_is_that_of_the_singular_values():
    random = torch.Generator().manual_seed(0)
    vectors = torch.randn(40, 12, generator=random) * torch.logspace(0, -3, 12)
    maps = torch.randn(40, 5, 7, 7, generator=random).relu()
    steps = torch.randn(40, 9, 6, generator=random)
    found = effective_ranks(
        {"vectors": vectors, "maps": maps, "steps": steps}, {"vectors": -1, "maps": 1, "steps": -1}
    )
    # of maps and sequences one place of each sample, by steps of about 0.618 of all places that meet each
    seen = torch.stack([maps[n].flatten(1)[:, n * 30 % 49] for n in range(40)])
    seen_steps = torch.stack([steps[n, n * 7 % 9] for n in range(40)])
    wanted = [vectors.numpy(), seen.numpy(), seen_steps.numpy()]
    assert found[:, 0].tolist() == pytest.approx([by_singular_values(m) for m in wanted], rel=1e-5)
    assert found[:, 1].tolist() == [12, 5, 6]


def test_known_ranks():
    random = torch.Generator().manual_seed(0)
    one = torch.randn(20, 1, generator=random) * torch.randn(1, 8, generator=random) + 5.0
    hadamard = torch.tensor([[1.0, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
    same = torch.ones(4, 3)
    assert effective_ranks({"one": one}, {"one": -1})[0].tolist() == pytest.approx([1.0, 8.0], abs=1e-3)
    found = effective_ranks({"all": hadamard, "none": same}, {"all": -1, "none": -1})
    assert found[:, 0].tolist() == pytest.approx([3.0, 0.0])
    assert found[:, 1].tolist() == [3, 3]


def test_where_it_has_no_meaning():
    outputs = {
        "ids": torch.zeros(5, 4, dtype=torch.int64),
        "scalars": torch.randn(5),
        "one unit": torch.randn(5, 1),
        "well": torch.randn(5, 4),
    }
    found = effective_ranks(outputs, dict.fromkeys(outputs, -1))
    assert found[:3].isnan().all()
    assert found[3].isfinite().all()
    assert effective_ranks({"few": torch.randn(2, 4)}, {"few": -1}).isnan().all()


def test_values_that_are_no_numbers_or_huge_break_nothing():
    bad = torch.randn(6, 4)
    bad[0, 0], bad[1, 1], bad[2, 2] = math.nan, math.inf, 1e38
    assert effective_ranks({"bad": bad}, {"bad": -1}).isfinite().all()
