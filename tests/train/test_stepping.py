import pytest
import torch
from torch import nn

from workbench.errors import UserError
from workbench.graph.training import SGD, Adam, AdamW, RMSprop
from workbench.train.optimisers import optimiser
from workbench.train.stepping import stepper

SECTIONS = [
    Adam(),
    Adam(weight_decay=0.1),
    AdamW(lr=0.01, weight_decay=0.1),
    SGD(momentum=0),
    SGD(momentum=0.9, weight_decay=0.01),
    SGD(momentum=0.9, nesterov=True),
    RMSprop(momentum=0.5),
]


def trained(section, step_of, unused=False):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(50, 40), nn.ReLU(), nn.Linear(40, 1))
    spare = nn.Linear(3, 3)
    parameters = [*model.parameters(), *(spare.parameters() if unused else ())]
    optimizer = optimiser(section, parameters)
    apply = step_of(optimizer)
    for number in range(12):
        optimizer.param_groups[0]["lr"] = section.lr / (1 + number)
        for parameter in parameters:
            parameter.grad = None
        model(torch.randn(8, 50)).square().mean().backward()
        apply()
    return [parameter.detach().clone() for parameter in parameters], optimizer.state_dict()["state"]


@pytest.mark.parametrize("unused", [False, True])
@pytest.mark.parametrize("section", SECTIONS, ids=str)
def test_steps_are_the_optimisers_own_to_the_bit(section, unused):
    ours, our_state = trained(section, stepper, unused)
    theirs, their_state = trained(section, lambda optimizer: optimizer.step, unused)
    assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))
    assert our_state.keys() == their_state.keys()
    for number, state in our_state.items():
        for name, value in state.items():
            other = their_state[number][name]
            assert value is other is None or torch.equal(value, other)


@pytest.mark.parametrize("section", SECTIONS, ids=str)
def test_the_project_s_settings_reach_torch(section):
    optimizer = optimiser(section, [nn.Parameter(torch.zeros(1))])
    assert type(optimizer).__name__ == section.name
    settings = section.model_dump(exclude={"name"})
    assert {name: optimizer.param_groups[0][name] for name in settings} == settings


def test_a_stack_without_weights_is_refused():
    with pytest.raises(UserError, match="no weights to train"):
        optimiser(Adam(), [])


def test_nesterov_without_momentum_is_refused():
    with pytest.raises(UserError, match="nesterov needs a momentum"):
        optimiser(SGD(momentum=0, nesterov=True), [nn.Parameter(torch.zeros(1))])
