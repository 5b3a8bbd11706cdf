import copy
from itertools import permutations

import numpy as np
import pytest
import torch

from workbench.errors import UserError
from workbench.interpret.representation.cka import Cka, CkaOfModels
from workbench.interpret.representation.hsic import biased, gram, unbiased
from workbench.interpret.representation.layer_features import layer_features
from workbench.interpret.subject import Subject


def by_hand(x, y):
    """Kornblith et al., 2019, equation 5 and 4 for linear kernels, in features."""
    x, y = x - x.mean(0), y - y.mean(0)
    return np.linalg.norm(y.T @ x) ** 2 / (np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y))


def test_within_a_model(model, images):
    result = Cka().run(Subject(model, images))
    found = layer_features(Subject(model, images), model.layer_ids, np.arange(9), 4096).features
    rows = {name: values.astype(np.float64) for name, values in found.items()}
    wanted = np.array([[by_hand(one, other) for other in rows.values()] for one in rows.values()])
    np.testing.assert_allclose(result.arrays["cka"], wanted, atol=1e-6)
    np.testing.assert_allclose(np.diag(result.arrays["cka"]), 1, atol=1e-9)
    one = Cka().run(Subject(model, images, "relu1")).arrays
    assert list(one["rows"]) == ["relu1"]
    np.testing.assert_allclose(one["cka"], wanted[[3]], atol=1e-6)


def test_between_models(model, images):
    other = copy.deepcopy(model)
    turn = torch.linalg.qr(torch.randn(3, 3, generator=torch.Generator().manual_seed(1)))[0]
    with torch.no_grad():
        other.conv1.weight.copy_(torch.einsum("ab,bcde->acde", turn, model.conv1.weight) * 4)
        other.conv1.bias.copy_(4 * turn @ model.conv1.bias)
        other.fc1.weight.normal_(generator=torch.Generator().manual_seed(2))
    result = CkaOfModels().run(Subject(model, images, other=other))
    table, names = result.arrays["cka"], list(model.layer_ids)
    place = names.index("conv1")
    assert table[place, place] == pytest.approx(1, abs=1e-6)  # turned and scaled, but the same
    assert table[-1, -1] < 0.999
    mine = layer_features(Subject(model, images), ["fc1"], np.arange(9), 4096).features["fc1"]
    theirs = layer_features(Subject(other, images), ["fc1"], np.arange(9), 4096).features["fc1"]
    assert table[-1, -1] == pytest.approx(by_hand(mine, theirs), abs=1e-6)
    with pytest.raises(UserError, match="no second model"):
        CkaOfModels().run(Subject(model, images))


def test_the_unbiased_estimate_is_the_mean_over_all_fours():
    random = np.random.default_rng(0)
    x, y = random.normal(size=(6, 3)).astype(np.float32), random.normal(size=(6, 5)).astype(np.float32)
    k, m = x @ x.T, y @ y.T
    # Song et al., 2012, equation 4
    fours = [k[i, j] * (m[i, j] + m[q, r] - 2 * m[i, q]) for i, j, q, r in permutations(range(6), 4)]
    found = unbiased(gram(x)[None], gram(y)[None])[0, 0]
    assert found == pytest.approx(np.mean(fours), abs=1e-5)


def test_batches_come_near_the_whole():
    random = np.random.default_rng(0)
    x = random.normal(size=(2000, 6)).astype(np.float32)
    y = np.concatenate([x[:, :3], random.normal(size=(2000, 3)).astype(np.float32)], 1)

    def ratio(estimate, parts):
        sums = np.zeros(3)
        for part in np.array_split(np.arange(2000), parts):
            a, b = gram(x[part])[None], gram(y[part])[None]
            sums += [estimate(a, b)[0, 0], estimate(a, a)[0, 0], estimate(b, b)[0, 0]]
        return sums[0] / np.sqrt(sums[1] * sums[2])

    assert ratio(unbiased, 20) == pytest.approx(ratio(biased, 1), abs=0.02)


def test_in_batches(model, images):
    many = np.tile(np.arange(9), 4)
    told = []
    subject = Subject(model, images, samples=many, progress=lambda done, total: told.append(done / total))
    result = Cka(batch=12).run(subject)
    assert "averaged over 3 batches" in result.note
    assert told == sorted(told)
    np.testing.assert_allclose(np.diag(result.arrays["cka"]), 1, atol=1e-9)


def test_what_does_not_vary_is_unknown(model, images):
    with torch.no_grad():
        model.conv2.weight.zero_()
    table = Cka().run(Subject(model, images)).arrays["cka"]
    place = model.layer_ids.index("conv2")
    assert np.isnan(table[place]).all()
    assert np.isfinite(np.delete(np.delete(table, place, 0), place, 1)).all()
