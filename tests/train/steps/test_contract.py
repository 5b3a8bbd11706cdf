"""Every kind of step does what a plain loop does, whatever is asked of it."""

import copy

import pytest
import torch
from plain_training import batches, cross_entropy, reference, run, small_model, twins
from torch import nn

from workbench.graph.training import (
    LBFGS,
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    AdamW,
    Muon,
    NAdam,
    RAdam,
    RMSprop,
    TrainingSection,
)
from workbench.train.class_weights import ClassWeights
from workbench.train.losses import Loss
from workbench.train.optimisers import optimiser
from workbench.train.steps import step_for

CPU = torch.device("cpu")
OPTIMIZERS = [
    SGD(momentum=0),
    SGD(nesterov=True, weight_decay=0.01),
    Adam(weight_decay=0.1),
    AdamW(lr=0.01),
    NAdam(),
    RAdam(),
    Adagrad(lr_decay=0.1),
    Adadelta(),
    RMSprop(momentum=0.5),
    LBFGS(max_iter=4),
    Muon(),
]
ASKED = [{}, {"clip_norm": 0.1}, {"clip_value": 0.01}, {"l1": 0.01}, {"l2": 0.1}]


def losses_of(section, model, data, **training):
    settings = TrainingSection(optimizer=section, **training)
    optimizer = optimiser(section, model)
    step = step_for(model, cross_entropy(), optimizer, settings, CPU)
    return run(step, optimizer, data, section)


@pytest.mark.parametrize("asked", ASKED, ids=str)
@pytest.mark.parametrize("section", OPTIMIZERS, ids=lambda section: f"{section.name}")
def test_losses_are_those_of_a_plain_loop(section, asked):
    ours, theirs = twins(small_model())
    data = batches(last=5)
    losses = losses_of(section, ours, data, **asked)
    optimizer = optimiser(section, theirs)
    expected = reference(theirs, optimizer, TrainingSection(optimizer=section, **asked), data, section)
    if not asked:
        assert torch.equal(losses, expected)
    assert torch.allclose(losses, expected, rtol=1e-5, atol=1e-6)
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.allclose(mine, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("parts", [2, 3, 16, 100])
def test_parts_give_the_gradients_of_the_whole_batch(parts):
    whole, cut = twins(small_model())
    data = batches(last=5)
    one = losses_of(SGD(), whole, data)
    several = losses_of(SGD(), cut, data, accumulate=parts)
    assert torch.allclose(one, several, rtol=1e-5, atol=1e-6)
    for mine, other in zip(whole.parameters(), cut.parameters(), strict=True):
        assert torch.allclose(mine, other, atol=1e-6)


def test_several_groups_have_rates_of_their_own():
    ours, theirs = twins(small_model())
    section = Adam()
    data = batches()

    def split(model):
        groups = [{"params": list(model[0].parameters())}, {"params": list(model[2].parameters())}]
        optimizer = torch.optim.Adam(groups, lr=section.lr, fused=True)
        optimizer.param_groups[1]["lr_scale"] = 0.1
        return optimizer

    optimizer = split(ours)
    step = step_for(ours, cross_entropy(), optimizer, TrainingSection(), CPU)
    losses = run(step, optimizer, data, section)
    other = split(theirs)
    for number, (inputs, targets) in enumerate(data):
        for group in other.param_groups:
            group["lr"] = section.lr / (1 + number) * group.get("lr_scale", 1)
        other.zero_grad()
        loss = nn.functional.cross_entropy(theirs(inputs), targets)
        loss.backward()
        other.step()
        assert torch.equal(losses[number], loss.detach())


def test_lbfgs_sees_the_same_dropout_at_every_evaluation():
    model = small_model(extra=[nn.Dropout(0.5)])
    section = LBFGS(max_iter=10)
    torch.manual_seed(3)
    optimizer = optimiser(section, model)
    step = step_for(model, cross_entropy(), optimizer, TrainingSection(optimizer=section), CPU)
    inputs, targets = batches(1)[0]
    torch.manual_seed(4)
    first = step(inputs, targets)
    torch.manual_seed(4)
    second = nn.functional.cross_entropy(model(inputs), targets)
    assert second < 0.7 * first, "the masked model was made better"


@pytest.mark.parametrize(
    "section", [Adam(), SGD(), NAdam(), LBFGS(max_iter=3)], ids=lambda section: section.name
)
def test_a_step_made_anew_goes_on_to_the_bit(section):
    """With averages, blended batches and dropout, from what a checkpoint holds."""
    settings = TrainingSection(optimizer=section, ema=0.9, mixup=0.2, clip_norm=1.0)

    def made(seed):
        model = small_model(seed, extra=[nn.Dropout(0.2)])
        optimizer = optimiser(section, model)
        return model, optimizer, step_for(model, cross_entropy(), optimizer, settings, CPU)

    def losses(stop):
        model, optimizer, step = made(0)
        torch.manual_seed(1)
        found = []
        for number, (inputs, targets) in enumerate(batches(8)):
            if number == stop:
                random = torch.get_rng_state()
                weights, moments = copy.deepcopy((model.state_dict(), optimizer.state_dict()))
                kept = {name: tensor.clone() for name, tensor in step.state().items()}
                model, optimizer, step = made(9)
                model.load_state_dict(weights)
                optimizer.load_state_dict(moments)
                step.restore(kept)
                torch.set_rng_state(random)
            found.append(step(inputs, targets))
        step.ema.swap()
        return torch.stack(found), list(model.parameters())

    straight, averages = losses(None)
    resumed, others = losses(3)
    assert torch.equal(straight, resumed)
    assert all(torch.equal(a, b) for a, b in zip(averages, others, strict=True))


def test_balanced_classes_in_parts_are_those_of_the_whole_batch():
    weights = ClassWeights([1, 2, 3, 10])

    def function(outputs, targets):
        return nn.functional.cross_entropy(outputs, targets, weight=weights.like(outputs))

    def weight(targets):
        return weights.of(targets, torch.zeros(0)).sum()

    balanced = Loss("cross_entropy", function, columns=False, weight=weight)
    found = []
    for parts in (1, 3):
        model = small_model()
        settings = TrainingSection(optimizer=SGD(), accumulate=parts, mixup=0.5)
        optimizer = optimiser(SGD(), model)
        torch.manual_seed(0)
        losses = run(step_for(model, balanced, optimizer, settings, CPU), optimizer, batches(), SGD())
        found.append(torch.cat([losses, *(parameter.detach().flatten() for parameter in model.parameters())]))
    assert torch.allclose(found[0], found[1], rtol=1e-4, atol=1e-6)
