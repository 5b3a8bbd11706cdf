import copy

import numpy as np
import pytest
import torch
from torch.nn import functional

from workbench.errors import UserError
from workbench.interpret.contrast import Contrast
from workbench.interpret.subject import Subject


def features(model, images, layer):
    seen = []
    handle = model.get_submodule(layer).register_forward_hook(lambda _m, _i, out: seen.append(out.flatten(1)))
    with torch.no_grad():
        model.eval()(torch.from_numpy(images.batch(slice(None))))
    handle.remove()
    return seen[0].double().numpy()


def by_hand(x, y):
    """Kornblith et al., 2019."""
    x, y = x - x.mean(0), y - y.mean(0)
    return np.linalg.norm(y.T @ x) ** 2 / (np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y))


@pytest.fixture
def other(model):
    changed = copy.deepcopy(model)
    with torch.no_grad():
        changed.conv2.weight.normal_(generator=torch.Generator().manual_seed(1))
        changed.fc1.weight.normal_(generator=torch.Generator().manual_seed(2))
    return changed


def test_where_they_disagree(model, other, images):
    result = Contrast().run(Subject(model, images, other=other))
    x = torch.from_numpy(images.batch(slice(None)))
    with torch.no_grad():
        here, there = (functional.softmax(m.eval()(x), 1).numpy() for m in (model, other))
    found = result.arrays
    np.testing.assert_array_equal(found["samples"], np.arange(9))
    np.testing.assert_array_equal(found["predicted"], here.argmax(1))
    np.testing.assert_array_equal(found["predicted_other"], there.argmax(1))
    np.testing.assert_allclose(found["distance"], np.abs(here - there).sum(1) / 2, atol=1e-6)
    assert result.figures["agreement"] == pytest.approx(np.mean(here.argmax(1) == there.argmax(1)))
    assert result.figures["accuracy"] == pytest.approx(np.mean(here.argmax(1) == images.targets))
    assert result.figures["accuracy_other"] == pytest.approx(np.mean(there.argmax(1) == images.targets))


def test_from_which_layer_on(model, other, images):
    result = Contrast(alike=0.999).run(Subject(model, images, other=other))
    names = list(result.arrays["layers"])
    assert names == list(model.layer_ids)
    place = names.index("conv2")
    np.testing.assert_allclose(result.arrays["difference"][:place], 0, atol=1e-7)
    np.testing.assert_allclose(result.arrays["cka"][:place], 1, atol=1e-6)
    mine, theirs = features(model, images, "conv2"), features(other, images, "conv2")
    assert result.arrays["cka"][place] == pytest.approx(by_hand(mine, theirs), abs=1e-6)
    apart = np.linalg.norm(mine - theirs, axis=1)
    sizes = (np.linalg.norm(mine, axis=1) + np.linalg.norm(theirs, axis=1)) / 2
    assert result.arrays["difference"][place] == pytest.approx(np.mean(apart / sizes), abs=1e-6)
    assert result.figures["first_layer"] == place
    assert result.text.startswith("From conv2 on they see the samples differently")
    one = Contrast().run(Subject(model, images, "fc1", other=other)).arrays
    assert list(one["layers"]) == ["fc1"]


def test_a_model_and_itself(model, images):
    result = Contrast().run(Subject(model, images, other=copy.deepcopy(model)))
    assert result.figures["agreement"] == 1
    assert result.figures["first_layer"] == -1
    assert result.text == "All layers see the samples alike (CKA at least 0.9)."
    np.testing.assert_array_equal(result.arrays["distance"], 0)


def test_regression(values_model, values):
    other = copy.deepcopy(values_model)
    with torch.no_grad():
        other.fc2.bias += 1
    result = Contrast().run(Subject(values_model, values, other=other))
    x = torch.from_numpy(values.inputs)
    with torch.no_grad():
        here, there = (m.eval()(x)[:, 0].numpy() for m in (values_model, other))
    np.testing.assert_allclose(result.arrays["distance"], np.abs(here - there), rtol=1e-6)
    assert result.figures["rmse"] == pytest.approx(np.sqrt(np.mean((here - values.targets) ** 2)), rel=1e-6)
    assert result.figures["rmse_other"] == pytest.approx(
        np.sqrt(np.mean((there - values.targets) ** 2)), rel=1e-6
    )


def test_it_takes_two(model, images):
    with pytest.raises(UserError, match="no second model"):
        Contrast().run(Subject(model, images))
