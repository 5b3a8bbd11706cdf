"""Training as a person would write it with torch alone: what every kind of step is compared with."""

import copy

import torch
from torch import nn
from torch.nn import functional

from workbench.train.losses import Loss

BATCH, FEATURES, CLASSES = 16, 12, 4


def small_model(seed=0, extra=()):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(FEATURES, 20), nn.ReLU(), *extra, nn.Linear(20, CLASSES))


def image_model(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 36, CLASSES)
    )


def batches(count=8, seed=1, size=BATCH, shape=(FEATURES,), last=None):
    random = torch.Generator().manual_seed(seed)
    found = []
    for number in range(count):
        samples = last if last and number == count - 1 else size
        inputs = torch.randn(samples, *shape, generator=random)
        found.append((inputs, torch.randint(0, CLASSES, (samples,), generator=random)))
    return found


def cross_entropy():
    return Loss("cross_entropy", functional.cross_entropy, columns=False)


def rate(section, number):
    """A learning rate that changes every step, as schedules do."""
    return section.lr / (1 + number)


def reference(model, optimizer, training, data, section):
    """Return the losses of a plain loop; penalties are added to the loss, as torch users write them."""
    losses = []
    parameters = list(model.parameters())
    for number, (inputs, targets) in enumerate(data):
        for group in optimizer.param_groups:
            group["lr"] = rate(section, number) * group.get("lr_scale", 1)
        seen = []

        def closure(inputs=inputs, targets=targets, seen=seen):
            optimizer.zero_grad()
            loss = functional.cross_entropy(model(inputs), targets)
            seen.append(loss.detach().clone())
            whole = loss
            if training.l1:
                whole = whole + training.l1 * sum(p.abs().sum() for p in parameters)
            if training.l2:
                whole = whole + training.l2 / 2 * sum(p.square().sum() for p in parameters)
            whole.backward()
            if training.clip_norm:
                nn.utils.clip_grad_norm_(parameters, training.clip_norm)
            if training.clip_value:
                nn.utils.clip_grad_value_(parameters, training.clip_value)
            return whole

        if isinstance(optimizer, torch.optim.LBFGS):
            optimizer.step(closure)
        else:
            closure()
            optimizer.step()
        losses.append(seen[0])
    return torch.stack(losses)


def run(step, optimizer, data, section):
    """Return the losses of a step that is called as the loop calls it."""
    losses = []
    for number, (inputs, targets) in enumerate(data):
        for group in optimizer.param_groups:
            group["lr"] = rate(section, number) * group.get("lr_scale", 1)
        losses.append(step(inputs, targets))
    return torch.stack(losses)


def twins(model):
    """Return two models alike."""
    return model, copy.deepcopy(model)
