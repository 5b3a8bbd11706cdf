import captum.attr
import numpy as np
import pytest
import torch
from plain_networks import PlainImages, PlainSteps, PlainValues, batch_of, stack
from torch import nn

from workbench.data.dataset import Dataset
from workbench.errors import UserError
from workbench.interpret.attribution.deeplift import DeepLift
from workbench.interpret.attribution.layers import LayerDeepLift
from workbench.interpret.subject import Subject

pytestmark = pytest.mark.filterwarnings("ignore:Setting forward, backward hooks:UserWarning")


def close(got, wanted, atol=1e-6):
    np.testing.assert_allclose(got, wanted.detach().numpy(), atol=atol, rtol=1e-5)


def images(shape=(1, 8, 8), classes=3):
    random = np.random.default_rng(0)
    return Dataset(
        name="test",
        kind="image",
        task="classification",
        inputs=random.normal(0, 1, (6, *shape)).astype(np.float32),
        targets=np.arange(6) % classes,
        classes=tuple("abcdef"[:classes]),
        splits={"train": np.arange(6)},
    )


def network(*middle, outputs=3, end=()):
    made = stack(
        {"id": "x", "type": "Input", "params": {"shape": [1, 8, 8]}},
        {"id": "conv", "type": "Conv2d", "params": {"out_channels": 4, "padding": "same"}},
        *middle,
        {"id": "flat", "type": "Flatten"},
        {"id": "fc", "type": "Linear", "params": {"out_features": outputs}},
        *end,
    )
    return made.eval()


class Copy(nn.Module):
    """Keeps captum's hooks on what one module gives and the next reads apart."""

    def forward(self, x):
        return x.clone()


def test_of_images(model, request):
    dataset = request.getfixturevalue("images")
    plain, x = PlainImages(model), batch_of(dataset, 4).requires_grad_()
    wanted, delta = captum.attr.DeepLift(plain).attribute(x, target=1, return_convergence_delta=True)
    result = DeepLift().run(Subject(model, dataset, "", 4, 1))
    close(result.arrays["attribution"], wanted[0])
    assert result.figures["convergence_delta"] == pytest.approx(delta.item(), abs=1e-6)
    assert result.figures["completeness_error"] < 1e-4


def test_of_a_regression_and_of_a_layer(values_model, values, steps_model, steps):
    plain, x = PlainValues(values_model), batch_of(values, 2).requires_grad_()
    plain.forward = lambda x, run=plain.forward: run(x)[:, None]
    start = torch.from_numpy(values.inputs.mean(0, keepdims=True))
    wanted = captum.attr.DeepLift(plain).attribute(x, start, target=0)
    result = DeepLift().run(Subject(values_model, values, "", 2))
    close(result.arrays["attribution"], wanted[0], atol=1e-4)

    plain, x = PlainSteps(steps_model), batch_of(steps, 2).requires_grad_()
    wanted = captum.attr.LayerDeepLift(plain, plain.conv).attribute(x, target=1)
    result = LayerDeepLift().run(Subject(steps_model, steps, "conv", 2, 1))
    close(result.arrays["attribution"], wanted[0])


@pytest.mark.parametrize("kind", ["ReLU", "ELU", "LeakyReLU", "Sigmoid", "Tanh", "Softplus"])
def test_activations_that_captum_has_a_rule_for(kind):
    made, dataset = network({"id": "act", "type": kind}, {"id": "pool", "type": "MaxPool2d"}), images()
    plain = nn.Sequential(made.conv, made.act, Copy(), made.pool, nn.Flatten(), made.fc)
    start = torch.from_numpy(dataset.inputs.mean(0, keepdims=True))
    wanted = captum.attr.DeepLift(plain).attribute(batch_of(dataset, 1).requires_grad_(), start, target=2)
    result = DeepLift(baseline="mean").run(Subject(made, dataset, "", 1, 2))
    close(result.arrays["attribution"], wanted[0])
    assert result.figures["completeness_error"] < 1e-4


@pytest.mark.parametrize(
    "kind",
    ["ReLU6", "GELU", "SiLU", "Mish", "SELU", "CELU", "PReLU", "Hardswish", "Hardtanh", "Softsign"],
)
def test_any_elementwise_activation_is_complete(kind):
    made, dataset = network({"id": "act", "type": kind}), images()
    result = DeepLift().run(Subject(made, dataset, "", 1, 2))
    with torch.no_grad():
        scores = made(torch.cat((batch_of(dataset, 1), torch.zeros(1, 1, 8, 8))))[:, 2]
    assert result.arrays["attribution"].sum() == pytest.approx((scores[0] - scores[1]).item(), rel=1e-3)


def test_windows_that_overlap_are_complete():
    """Captum keeps only one of the windows that a pixel is the largest of."""
    pool = {"id": "pool", "type": "MaxPool2d", "params": {"kernel_size": 3, "stride": 2, "padding": 1}}
    made, dataset = network({"id": "act", "type": "ReLU"}, pool), images()
    result = DeepLift().run(Subject(made, dataset, "", 1, 2))
    assert result.figures["completeness_error"] < 1e-4


def test_what_two_layers_read_is_complete():
    """Captum's multipliers would be those of both ways."""
    skip = (
        {"id": "act", "type": "ReLU"},
        {"id": "conv2", "type": "Conv2d", "params": {"out_channels": 4, "padding": "same"}},
        {"id": "add", "type": "Add", "inputs": ["conv", "conv2"]},
    )
    result = DeepLift().run(Subject(network(*skip), images(), "", 1, 2))
    assert result.figures["completeness_error"] < 1e-4


def test_a_last_softmax_is_left_out():
    made, dataset = network({"id": "act", "type": "ReLU"}, end=({"id": "p", "type": "Softmax"},)), images()
    plain = nn.Sequential(made.conv, made.act, nn.Flatten(), made.fc)
    wanted = captum.attr.DeepLift(plain).attribute(batch_of(dataset, 1).requires_grad_(), target=2)
    result = DeepLift().run(Subject(made, dataset, "", 1, 2))
    close(result.arrays["attribution"], wanted[0])
    assert result.note == "DeepLIFT of the score of class c before p from zeros."
    assert isinstance(made.p, nn.Softmax)


def test_one_output_for_two_classes():
    end = ({"id": "p", "type": "Sigmoid"},)
    made, dataset = network({"id": "act", "type": "ReLU"}, outputs=1, end=end), images(classes=2)
    plain = nn.Sequential(made.conv, made.act, nn.Flatten(), made.fc, made.p)
    wanted = captum.attr.DeepLift(plain).attribute(batch_of(dataset, 1).requires_grad_(), target=0)
    for target, side in ((0, -1), (1, 1)):
        result = DeepLift().run(Subject(made, dataset, "", 1, target))
        close(result.arrays["attribution"], side * wanted[0])


@pytest.mark.parametrize("kind", ["LayerNorm", "Softmax", "GlobalMaxPool"])
def test_layers_without_a_rule_are_refused(kind):
    with pytest.raises(UserError, match=f"layer odd: DeepLIFT has no rule for {kind}. Use integrated grad"):
        DeepLift().run(Subject(network({"id": "odd", "type": kind}), images()))


def test_recurrent_layers_are_refused_but_not_before_the_layer(ids_model, words):
    with pytest.raises(UserError, match="layer lstm: DeepLIFT has no rule for LSTM"):
        DeepLift().run(Subject(ids_model, words))
    result = LayerDeepLift().run(Subject(ids_model, words, "lstm"))
    assert result.figures["completeness_error"] < 1e-4
