"""Looking inside leaves no trace, whatever the method, and whether or not it fails."""

import contextlib

import numpy as np
import pytest
import torch
from subjects import subject_for

from workbench.interpret.registry import METHODS

pytestmark = pytest.mark.usefixtures("few_epochs")


class Cancelled(Exception):  # noqa: N818 - no error
    """What a person's click raises in the middle of a method."""


class _Broken(torch.nn.Module):
    def forward(self, *inputs):
        raise RuntimeError("broken")


def everything(model):
    """All that a method might change, but for the layer that a test breaks."""
    modules = {name: module for name, module in model.named_modules() if not name.startswith("add1")}
    return {
        "modes": {name: module.training for name, module in modules.items()},
        "hooks": {
            name: [len(hooks) for key, hooks in vars(module).items() if key.endswith("_hooks")]
            for name, module in modules.items()
        },
        "state": {name: value.clone().numpy().tobytes() for name, value in model.state_dict().items()},
        "wanted": {name: value.requires_grad for name, value in model.named_parameters()},
        "grad": {
            name: None if p.grad is None else p.grad.sum().item() for name, p in model.named_parameters()
        },
        "random": torch.get_rng_state().numpy().tobytes(),
        "numpy": np.random.get_state()[1].tobytes(),
        "grad mode": torch.is_grad_enabled(),
    }


@pytest.fixture
def used(model):
    """A model in the middle of something: modes mixed, a layer frozen, gradients waiting."""
    model.train()
    model.bn1.eval()
    model.conv2.weight.requires_grad_(False)
    model.fc1.weight.grad = torch.ones_like(model.fc1.weight)
    return model


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_leaves_no_trace(used, images, method):
    before = everything(used)
    method.run(subject_for(method, used, images))
    assert everything(used) == before
    with torch.inference_mode():
        method.run(subject_for(method, used, images))


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_leaves_no_trace_when_it_fails(used, images, method):
    subject = subject_for(method, used, images)
    used.add1 = _Broken()
    before = everything(used)
    with pytest.raises(RuntimeError, match="broken"):
        method.run(subject)
    assert everything(used) == before


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_leaves_no_trace_when_it_is_cancelled(used, images, method):
    told = []

    def cancel(done, total):
        told.append(done)
        assert 0 <= done <= total
        raise Cancelled

    before = everything(used)
    subject = subject_for(method, used, images, progress=cancel)
    if method.scope == "sample" and not told:  # what is quick reports nothing
        with contextlib.suppress(Cancelled):
            method.run(subject)
    else:
        with pytest.raises(Cancelled):
            method.run(subject)
    assert everything(used) == before


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_same_answer_twice_and_for_frozen_weights(used, images, method):
    first = method.run(subject_for(method, used, images))
    used.requires_grad_(False)
    second = method.run(subject_for(method, used, images))
    assert first.arrays.keys() == second.arrays.keys()
    assert first.figures == second.figures
    assert first.text == second.text
    for key, array in first.arrays.items():
        np.testing.assert_array_equal(array, second.arrays[key])


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_others_go_on_drawing_random_numbers(used, images, method):
    """A training in another thread draws from the global generator meanwhile: its place there is its own."""
    drawn = []
    used.relu1.register_forward_pre_hook(lambda *_: drawn.append(torch.rand(1).item()))
    torch.manual_seed(5)
    method.run(subject_for(method, used, images))
    drawn.append(torch.rand(1).item())
    torch.manual_seed(5)
    assert drawn == [torch.rand(1).item() for _ in drawn]
