import pytest
import torch
from torch import nn

from workbench.graph.training import SGD, Adagrad, Adam, AdamW, RMSprop
from workbench.train.optimisers import optimiser
from workbench.train.steps.kernels import stepper

SECTIONS = [
    Adam(),
    Adam(weight_decay=0.1),
    AdamW(lr=0.01, weight_decay=0.1),
    SGD(momentum=0),
    SGD(momentum=0.9, weight_decay=0.01),
    SGD(momentum=0.9, nesterov=True),
    RMSprop(momentum=0.5),
    Adagrad(),
]


def a_model(unused=False):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(50, 40), nn.ReLU(), nn.Linear(40, 1))
    model.spare = nn.Linear(3, 3) if unused else nn.Identity()
    return model


def gradients(model):
    for parameter in model.parameters():
        parameter.grad = None
    output = model[2](model[1](model[0](torch.randn(8, 50))))
    output.square().mean().backward()


def trained(section, step_of, unused=False, reload=False):
    model = a_model(unused)
    optimizer = optimiser(section, model)
    apply = step_of(optimizer)
    for number in range(12):
        optimizer.param_groups[0]["lr"] = section.lr / (1 + number)
        optimizer.param_groups[0]["weight_decay"] = section.weight_decay / (1 + number // 6)
        gradients(model)
        apply()
        if reload and number in {4, 5}:
            optimizer.load_state_dict(optimizer.state_dict())
    return [parameter.detach().clone() for parameter in model.parameters()], optimizer.state_dict()["state"]


@pytest.mark.parametrize("reload", [False, True])
@pytest.mark.parametrize("unused", [False, True])
@pytest.mark.parametrize("section", SECTIONS, ids=str)
def test_steps_are_the_optimisers_own_to_the_bit(section, unused, reload):
    ours, our_state = trained(section, stepper, unused, reload)
    theirs, their_state = trained(section, lambda optimizer: optimizer.step, unused)
    assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))
    assert our_state.keys() == their_state.keys()
    for number, state in our_state.items():
        for name, value in state.items():
            other = their_state[number][name]
            assert value is other is None or torch.equal(value, other)


@pytest.mark.parametrize("section", [Adam(), SGD(), Adagrad()], ids=str)
def test_a_loaded_state_is_laid_out_as_the_weights_are(section):
    """Fused kernels read weights and moments in the order of memory, and a checkpoint's are contiguous."""

    def weights(reload):
        torch.manual_seed(0)
        model = nn.Conv2d(3, 4, 3).to(memory_format=torch.channels_last)
        optimizer = optimiser(section, model)
        apply = stepper(optimizer)
        for number in range(6):
            model.zero_grad()
            model(torch.randn(2, 3, 8, 8)).square().mean().backward()
            apply()
            if reload and number == 2:
                state = optimizer.state_dict()
                for values in state["state"].values():
                    values.update({name: value.contiguous() for name, value in values.items()})
                optimizer.load_state_dict(state)
        return model.weight.detach()

    assert torch.equal(weights(reload=True), weights(reload=False))
