"""Methods that take parts away against captum's own, called by hand on plain modules."""

import captum.attr
import numpy as np
import pytest
import torch
from captum._utils.models.linear_model import SkLearnLasso
from plain_networks import PlainImages, PlainSteps, PlainValues, PlainWords, batch_of, stack
from sklearn.linear_model import LinearRegression
from torch.utils.data import DataLoader, TensorDataset

from workbench.data.dataset import Dataset
from workbench.errors import UserError
from workbench.interpret.attribution.perturbation import FeatureAblation, KernelShap, Lime, Occlusion
from workbench.interpret.attribution.seeded import SeededLinear
from workbench.interpret.subject import Subject


def close(got, wanted):
    np.testing.assert_allclose(got, wanted.detach().numpy(), atol=1e-6, rtol=1e-5)


@pytest.fixture
def plain(model):
    return PlainImages(model)


def test_occlusion_of_images(model, images, plain):
    x = batch_of(images, 4)
    wanted = captum.attr.Occlusion(plain).attribute(x, (2, 3, 3), (2, 2, 2), target=1)
    result = Occlusion(window=3, stride=2).run(Subject(model, images, "", 4, 1))
    close(result.arrays["attribution"], wanted[0])
    auto = Occlusion().run(Subject(model, images, "", 4, 1)).arrays["attribution"]
    close(auto, captum.attr.Occlusion(plain).attribute(x, (2, 2, 2), (2, 1, 1), target=1)[0])


def test_occlusion_of_sequences_tables_and_ids(steps_model, steps, values_model, values, ids_model, words):
    x = batch_of(steps, 1)
    wanted = captum.attr.Occlusion(PlainSteps(steps_model)).attribute(x, (4, 3), (2, 3), target=0)
    result = Occlusion(window=4).run(Subject(steps_model, steps, "", 1, 0))
    close(result.arrays["attribution"], wanted[0])

    x, start = batch_of(values, 1), torch.from_numpy(values.inputs.mean(0, keepdims=True))
    wanted = captum.attr.Occlusion(PlainValues(values_model)).attribute(x, (1,), (1,), start)
    result = Occlusion().run(Subject(values_model, values, "", 1))
    np.testing.assert_allclose(result.arrays["attribution"], wanted[0], rtol=1e-4, atol=1e-4)

    ids = batch_of(words, 1)
    wanted = captum.attr.Occlusion(PlainWords(ids_model)).attribute(ids, (2,), (1,))
    result = Occlusion(window=2).run(Subject(ids_model, words, "", 1, 1))
    close(result.arrays["attribution"], wanted[0])
    assert result.arrays["input"].dtype == np.int64


def test_windows_larger_than_the_sample_are_cut(model, images, plain):
    result = Occlusion(window=100, stride=50).run(Subject(model, images, "", 4, 1))
    whole = (plain(batch_of(images, 4)) - plain(torch.zeros(1, 2, 6, 6)))[0, 1].item()
    np.testing.assert_allclose(result.arrays["attribution"], np.full((2, 6, 6), whole), rtol=1e-5)


def patches(rows):
    """Six by six pixels in squares, the same in both channels."""
    side = torch.arange(6) * rows // 6
    return (side[:, None] * rows + side).expand(1, 2, 6, 6)


def test_feature_ablation_of_patches(model, images, plain):
    x, start = batch_of(images, 4), torch.from_numpy(images.batch(np.arange(9)).mean(0, keepdims=True))
    wanted = captum.attr.FeatureAblation(plain).attribute(x, start, target=2, feature_mask=patches(3))
    method = FeatureAblation(parts=9, baseline="mean")
    close(method.run(Subject(model, images, "", 4, 2)).arrays["attribution"], wanted[0])


def test_feature_ablation_of_tokens_columns_and_steps(
    ids_model, words, values_model, values, steps_model, steps
):
    plain, ids = PlainWords(ids_model), batch_of(words, 3)
    by_hand = []
    for place in range(5):
        changed = ids.clone()
        changed[0, place] = 0
        by_hand.append((plain(ids) - plain(changed)).item())
    result = FeatureAblation().run(Subject(ids_model, words, "", 3, 1))
    np.testing.assert_allclose(result.arrays["attribution"], by_hand, atol=1e-6)

    plain, x = PlainValues(values_model), batch_of(values, 3)
    by_hand = []
    for column in range(3):
        changed = x.clone()
        changed[0, column] = values.inputs[:, column].mean().item()
        by_hand.append((plain(x) - plain(changed)).item())
    result = FeatureAblation().run(Subject(values_model, values, "", 3))
    np.testing.assert_allclose(result.arrays["attribution"], by_hand, rtol=1e-4, atol=1e-4)

    x = batch_of(steps, 0)
    mask = (torch.arange(12) * 4 // 12)[None, :, None].expand(1, 12, 3)
    wanted = captum.attr.FeatureAblation(PlainSteps(steps_model)).attribute(x, target=1, feature_mask=mask)
    result = FeatureAblation(parts=4).run(Subject(steps_model, steps, "", 0, 1))
    close(result.arrays["attribution"], wanted[0])


def test_kernel_shap(model, images, plain):
    x = batch_of(images, 4)
    torch.manual_seed(5)
    wanted = captum.attr.KernelShap(plain).attribute(x, target=1, feature_mask=patches(3), n_samples=60)
    result = KernelShap(n_samples=60, parts=9, seed=5).run(Subject(model, images, "", 4, 1))
    close(result.arrays["attribution"], wanted[0])
    # Shapley values share out the whole difference
    assert result.figures["completeness_error"] < 1e-3


def test_kernel_shap_of_a_linear_network_is_exact(values_model, values):
    """The Shapley value of a column of a linear function is its weight times the distance from the mean."""
    with torch.no_grad():
        values_model.tanh = torch.nn.Identity()
    x = batch_of(values, 0).requires_grad_()
    slope = torch.autograd.grad(values_model.eval()(x).sum(), x)[0]
    wanted = slope * (x - torch.from_numpy(values.inputs.mean(0)))
    result = KernelShap(n_samples=50).run(Subject(values_model, values))
    np.testing.assert_allclose(result.arrays["attribution"], wanted[0].detach(), rtol=1e-3, atol=1e-3)


def test_lime(steps_model, steps):
    plain, x = PlainSteps(steps_model), batch_of(steps, 2)
    mask = (torch.arange(12) * 6 // 12)[None, :, None].expand(1, 12, 3)
    scores = []

    def score(inputs):
        found = plain(inputs)[:, 1]
        scores.append(found)
        return found

    def by_hand(alpha):
        torch.manual_seed(1)
        lime = captum.attr.Lime(score, interpretable_model=SkLearnLasso(alpha=alpha))
        return lime.attribute(x, feature_mask=mask, n_samples=80)

    by_hand(0.5)
    wanted = by_hand(0.1 * torch.cat(scores).double().std(correction=0).item())
    result = Lime(n_samples=80, parts=6, alpha=0.1, seed=1).run(Subject(steps_model, steps, "", 2, 1))
    close(result.arrays["attribution"], wanted[0])
    assert len(np.unique(result.arrays["attribution"])) > 3


def test_lime_of_ids_weighs_by_the_tokens_left(ids_model, words):
    """Without a penalty and with all choices alike, the weights are those of least squares."""
    plain, ids = PlainWords(ids_model), batch_of(words, 1)
    generator = torch.Generator().manual_seed(0)
    there = torch.cat([torch.bernoulli(torch.full((1, 5), 0.5), generator=generator) for _ in range(40)])
    answers = plain((there * ids).long()).detach().numpy()
    kernel = np.exp(-((1 - np.sqrt(there.numpy().mean(1))) ** 2) / (2 * 0.5**2))
    rows = np.column_stack((there.numpy(), np.ones(40))) * np.sqrt(kernel)[:, None]
    wanted = np.linalg.lstsq(rows, answers * np.sqrt(kernel), rcond=None)[0][:5]
    method = Lime(n_samples=40, alpha=0.0, kernel_width=0.5)
    result = method.run(Subject(ids_model, words, "", 1, 1))
    np.testing.assert_allclose(result.arrays["attribution"], wanted, rtol=1e-3, atol=1e-6)


def test_few_samples_are_told_and_one_part_is_refused(model, images):
    assert "Fewer ways than parts" in KernelShap(n_samples=8).run(Subject(model, images)).note
    one = stack(
        {"id": "x", "type": "Input", "params": {"shape": [1]}},
        {"id": "fc", "type": "Linear", "params": {"out_features": 1}},
    )
    column = Dataset("test", "table", "regression", np.ones((3, 1), np.float32), np.ones(3, np.float32))
    for method in (KernelShap(), Lime()):
        with pytest.raises(UserError, match="sample: it is of one part only"):
            method.run(Subject(one, column))


def test_progress_reaches_the_end(model, images):
    for method in (Occlusion(), FeatureAblation(parts=9), KernelShap(n_samples=100), Lime(n_samples=100)):
        told = []
        method.run(Subject(model, images, progress=lambda *pair, told=told: told.append(pair)))
        assert told[-1][0] == told[-1][1], method.name
        assert [done for done, _ in told] == sorted(done for done, _ in told)


@pytest.mark.parametrize(("count", "parts"), [(60, 9), (8, 12)])
def test_least_squares_are_scikit_learns_without_scipy(count, parts, monkeypatch):
    """SciPy keeps the interpreter while it solves, and the window waits."""
    generator = np.random.default_rng(3)
    x = (generator.random((count, parts)) > 0.5).astype(np.float32)
    y = (x @ generator.normal(size=parts) + 0.1 * generator.normal(size=count)).astype(np.float32)
    weights = generator.random(count).astype(np.float32)
    wanted = LinearRegression().fit(x, y, sample_weight=weights)

    def refuse(*_args, **_options):
        raise AssertionError("scipy was asked")

    monkeypatch.setattr("scipy.linalg.lstsq", refuse)
    model = SeededLinear()
    model.fit(DataLoader(TensorDataset(*map(torch.from_numpy, (x, y, weights))), batch_size=count))
    np.testing.assert_allclose(model.representation().flatten(), wanted.coef_, atol=1e-5, rtol=1e-5)
    np.testing.assert_allclose(model(torch.from_numpy(x)).detach().flatten(), wanted.predict(x), atol=1e-5)
