import pytest
import torch
from plain_training import small_model
from torch import nn

from workbench.train.penalties import Penalty


@pytest.mark.parametrize(("l1", "l2"), [(0.1, 0.0), (0.0, 0.3), (0.1, 0.3)])
def test_it_is_what_backward_gives_of_a_loss_with_the_penalty_in_it(l1, l2):
    model = small_model()
    parameters = list(model.parameters())
    inputs = torch.randn(4, 12)
    model(inputs).square().mean().backward()
    penalty = Penalty(l1, l2)
    value = penalty.value(parameters)
    penalty.add(parameters)
    found = [parameter.grad for parameter in parameters]
    model.zero_grad()
    extra = l1 * sum(p.abs().sum() for p in parameters) + l2 / 2 * sum(p.square().sum() for p in parameters)
    (model(inputs).square().mean() + extra).backward()
    assert torch.allclose(value, extra)
    for mine, parameter in zip(found, parameters, strict=True):
        assert torch.allclose(mine, parameter.grad, atol=1e-6)


def test_weights_without_a_gradient_are_left_alone():
    unused = nn.Parameter(torch.ones(3))
    used = nn.Parameter(torch.ones(3))
    used.grad = torch.zeros(3)
    Penalty(0.5, 0.5).add([unused, used])
    assert unused.grad is None
    assert torch.equal(used.grad, torch.ones(3))
