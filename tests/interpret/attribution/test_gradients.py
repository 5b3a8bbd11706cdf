"""Gradient methods against captum's own, called by hand on plain modules with the same weights."""

import captum.attr
import numpy as np
import pytest
import torch
from plain_networks import PlainImages, PlainSteps, PlainValues, PlainWords, batch_of

from workbench.errors import UserError
from workbench.interpret.attribution.gradients import (
    GradientShap,
    InputXGradient,
    IntegratedGradients,
    SmoothGrad,
)
from workbench.interpret.attribution.layers import LayerIntegratedGradients
from workbench.interpret.subject import Subject


def close(got, wanted):
    np.testing.assert_allclose(got, wanted.detach().numpy(), atol=1e-6, rtol=1e-5)


@pytest.fixture
def plain(model):
    return PlainImages(model)


@pytest.mark.parametrize("target", [None, 2])
def test_input_x_gradient(model, images, plain, target):
    x = batch_of(images, 4).requires_grad_()
    chosen = plain(x).argmax().item() if target is None else target
    result = InputXGradient().run(Subject(model, images, "", 4, target))
    close(result.arrays["attribution"], captum.attr.InputXGradient(plain).attribute(x, target=chosen)[0])
    close(result.arrays["input"], x[0])
    assert (result.target, result.sample) == (chosen, 4)
    assert result.note == f"Gradient of the score of class {'abc'[chosen]}, times the input."


def test_input_x_gradient_of_ids_is_one_number_an_id(ids_model, words):
    plain, ids = PlainWords(ids_model), batch_of(words, 1)
    side = 1 if plain(ids).item() > 0.5 else -1
    of_layer = captum.attr.LayerGradientXActivation(plain, plain.emb)
    result = InputXGradient().run(Subject(ids_model, words, "", 1))
    close(result.arrays["attribution"], side * of_layer.attribute(ids)[0].sum(-1))
    assert result.arrays["input"].dtype == np.int64
    assert result.arrays["input"].tolist() == ids[0].tolist()
    other = InputXGradient().run(Subject(ids_model, words, "", 1, target=int(side < 0)))
    np.testing.assert_allclose(other.arrays["attribution"], -result.arrays["attribution"], rtol=1e-6)


@pytest.mark.parametrize("baseline", ["auto", "zero", "mean"])
def test_integrated_gradients(model, images, plain, baseline):
    x = batch_of(images, 4).requires_grad_()
    start = torch.zeros_like(x)
    if baseline == "mean":
        start = torch.from_numpy(images.batch(np.arange(9)).mean(0, keepdims=True))
    wanted, delta = captum.attr.IntegratedGradients(plain).attribute(
        x, start, target=1, n_steps=50, return_convergence_delta=True
    )
    method = IntegratedGradients(n_steps=50, baseline=baseline)
    result = method.run(Subject(model, images, "", 4, 1))
    close(result.arrays["attribution"], wanted[0])
    difference = (plain(x) - plain(start))[0, 1].item()
    assert result.figures["convergence_delta"] == pytest.approx(delta.item(), abs=1e-6)
    assert result.figures["score_difference"] == pytest.approx(difference, abs=1e-6)
    error = abs(delta.item() / difference)
    assert result.figures["completeness_error"] == pytest.approx(error, abs=1e-5)
    assert "50 steps" in result.note


@pytest.mark.parametrize("number", range(9))
def test_integrated_gradients_are_complete_to_one_percent(model, images, plain, number):
    result = IntegratedGradients().run(Subject(model, images, "", number))
    scores = plain(torch.cat((batch_of(images, number), torch.zeros(1, 2, 6, 6))))[:, result.target]
    difference = (scores[0] - scores[1]).item()
    assert result.arrays["attribution"].sum() == pytest.approx(difference, rel=0.01)
    assert result.figures["completeness_error"] <= 0.01


def test_integrated_gradients_of_a_regression_in_units_of_the_data(values_model, values):
    plain, x = PlainValues(values_model), batch_of(values, 2).requires_grad_()
    start = torch.from_numpy(values.inputs.mean(0, keepdims=True))
    wanted = captum.attr.IntegratedGradients(plain).attribute(x, start, n_steps=64)
    result = IntegratedGradients(n_steps=64).run(Subject(values_model, values, "", 2))
    np.testing.assert_allclose(result.arrays["attribution"], wanted[0].detach(), rtol=1e-4, atol=1e-4)
    assert result.arrays["attribution"].sum() == pytest.approx((plain(x) - plain(start)).item(), rel=0.01)
    assert "the output from the mean of the training data" in result.note


def test_integrated_gradients_of_ids(ids_model, words):
    plain, ids = PlainWords(ids_model), batch_of(words, 2)
    of_layer = captum.attr.LayerIntegratedGradients(lambda x: 1 - plain(x), plain.emb)
    wanted = of_layer.attribute(ids, torch.zeros_like(ids), n_steps=64)
    result = IntegratedGradients(n_steps=64).run(Subject(ids_model, words, "", 2, target=0))
    close(result.arrays["attribution"], wanted[0].sum(-1))
    for kind in ("mean", "blur"):
        with pytest.raises(UserError, match=f"baseline: ids have no {kind}"):
            IntegratedGradients(baseline=kind).run(Subject(ids_model, words))


def test_layer_integrated_gradients(steps_model, steps):
    plain, x = PlainSteps(steps_model), batch_of(steps, 3)
    of_layer = captum.attr.LayerIntegratedGradients(plain, plain.conv)
    wanted = of_layer.attribute(x, torch.zeros_like(x), target=2, n_steps=40)
    result = LayerIntegratedGradients(n_steps=40).run(Subject(steps_model, steps, "conv", 3, 2))
    close(result.arrays["attribution"], wanted[0])
    close(result.arrays["activation"], plain.conv(x.transpose(1, 2))[0])
    assert list(LayerIntegratedGradients().run(Subject(steps_model, steps)).arrays["activation"].shape) == [4]


@pytest.mark.parametrize("variant", ["smoothgrad", "smoothgrad_sq", "vargrad"])
def test_smoothgrad(model, images, plain, variant):
    x = batch_of(images, 4)
    torch.manual_seed(7)
    wanted = captum.attr.NoiseTunnel(captum.attr.Saliency(plain)).attribute(
        x, nt_type=variant, nt_samples=20, stdevs=0.3 * (x.max() - x.min()).item(), target=0, abs=False
    )
    method = SmoothGrad(n_samples=20, noise=0.3, seed=7, variant=variant)
    close(method.run(Subject(model, images, "", 4, 0)).arrays["attribution"], wanted[0])
    others = type(method)(n_samples=20, noise=0.3, seed=8, variant=variant)
    assert not np.allclose(others.run(Subject(model, images, "", 4, 0)).arrays["attribution"], wanted[0])


def test_smoothgrad_of_a_table_has_noise_in_units_of_each_column(values_model, values):
    plain, x = PlainValues(values_model), batch_of(values, 2)
    noise = torch.normal(0.0, torch.ones(30, 3), generator=torch.Generator().manual_seed(0))
    copies = (x + noise * 0.15 * torch.from_numpy(values.inputs.std(0))).requires_grad_()
    wanted = torch.autograd.grad(plain(copies).sum(), copies)[0].mean(0)
    result = SmoothGrad(n_samples=30).run(Subject(values_model, values, "", 2))
    np.testing.assert_allclose(result.arrays["attribution"], wanted, rtol=1e-4)


@pytest.mark.parametrize("noise", [0.0, 0.2])
def test_gradient_shap(steps_model, steps, noise):
    plain, x = PlainSteps(steps_model), batch_of(steps, 3)
    torch.manual_seed(3)
    random = np.random.get_state()
    np.random.seed(3)
    wanted, delta = captum.attr.GradientShap(plain).attribute(
        x,
        torch.from_numpy(steps.inputs),
        n_samples=70,
        stdevs=noise * (x.max() - x.min()).item(),
        target=1,
        return_convergence_delta=True,
    )
    np.random.set_state(random)
    method = GradientShap(n_samples=70, noise=noise, seed=3)
    result = method.run(Subject(steps_model, steps, "", 3, 1))
    close(result.arrays["attribution"], wanted[0])
    assert result.figures["convergence_delta"] == pytest.approx(delta.mean().item(), abs=1e-5)
    few = GradientShap(n_samples=70, n_baselines=4).run(Subject(steps_model, steps, "", 3, 1))
    assert "from 4 training samples" in few.note


def test_a_blurred_baseline(steps_model, steps, images, model, values_model, values):
    from scipy.ndimage import gaussian_filter1d

    from workbench.interpret.attribution.baseline import blurred

    found = blurred(steps.inputs[0], steps)
    np.testing.assert_allclose(
        found, gaussian_filter1d(steps.inputs[0], 1.5, 0, mode="nearest", truncate=5 / 1.5), atol=1e-5
    )
    picture = images.batch(np.array([0]))[0]
    wanted = gaussian_filter1d(gaussian_filter1d(picture, 1.0, 1, mode="nearest", truncate=3), 1.0, 2,
                               mode="nearest", truncate=3)  # fmt: skip
    np.testing.assert_allclose(blurred(picture, images), wanted, atol=1e-6)
    assert "the sample blurred" in IntegratedGradients(baseline="blur").run(Subject(model, images)).note
    with pytest.raises(UserError, match="baseline: a row of numbers has no neighbours"):
        IntegratedGradients(baseline="blur").run(Subject(values_model, values))
