import pytest
import torch
from plain_training import FEATURES, batches
from scipy import stats

from workbench.errors import UserError
from workbench.train.mixup import blended


def test_samples_are_blended_in_pairs_and_know_both_targets():
    torch.manual_seed(0)
    inputs, targets = batches(1)[0]
    batch = blended(inputs, targets, alpha=0.4)
    for row, values in enumerate(batch.inputs):
        partners = [
            other
            for other in range(len(inputs))
            if torch.allclose(
                batch.share * inputs[row] + (1 - batch.share) * inputs[other], values, atol=1e-6
            )
        ]
        assert len(partners) == 1
        assert batch.others[row] == targets[partners[0]]
    assert torch.equal(batch.targets, targets)
    assert batch.inputs.shape == (16, FEATURES)


@pytest.mark.parametrize("alpha", [0.2, 1.0, 8.0])
def test_shares_follow_the_beta_distribution(alpha):
    torch.manual_seed(0)
    inputs, targets = torch.zeros(2, 1), torch.zeros(2, dtype=torch.int64)
    shares = [float(blended(inputs, targets, alpha).share) for _ in range(1000)]
    assert stats.kstest(shares, stats.beta(alpha, alpha).cdf).pvalue > 0.001


def test_ids_are_refused():
    with pytest.raises(UserError, match="mixup can't blend ids"):
        blended(torch.zeros(2, 3, dtype=torch.int64), torch.zeros(2), 0.2)
