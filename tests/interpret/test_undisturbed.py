"""Looking inside leaves no trace, whatever the method, and whether or not it fails."""

import numpy as np
import pytest
import torch

from workbench.interpret.registry import METHODS

SOME_LAYER = {"saliency": None, "weights": "conv1"}


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


@pytest.mark.parametrize("name", METHODS)
def test_leaves_no_trace(used, images, name):
    before = everything(used)
    METHODS[name].run(used, images, SOME_LAYER.get(name, "bn1"), 3)
    assert everything(used) == before
    with torch.inference_mode():
        METHODS[name].run(used, images, SOME_LAYER.get(name, "bn1"), 3)


@pytest.mark.parametrize("name", METHODS)
def test_leaves_no_trace_when_it_fails(used, images, name):
    used.add1 = _Broken()
    before = everything(used)
    with pytest.raises(RuntimeError, match="broken"):
        METHODS[name].run(used, images, SOME_LAYER.get(name, "bn1"), 3)
    assert everything(used) == before


@pytest.mark.parametrize("name", METHODS)
def test_same_answer_twice_and_for_frozen_weights(used, images, name):
    layer = SOME_LAYER.get(name, "drop1")
    first = METHODS[name].run(used, images, layer, 3)
    used.requires_grad_(False)
    second = METHODS[name].run(used, images, layer, 3)
    assert first.arrays.keys() == second.arrays.keys()
    for key, array in first.arrays.items():
        np.testing.assert_array_equal(array, second.arrays[key])
        assert np.isfinite(array).all()
