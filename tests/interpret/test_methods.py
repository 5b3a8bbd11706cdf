import numpy as np
import pytest
import torch
from subjects import subject_for
from torch.nn import functional

from workbench.errors import UserError
from workbench.graph.training import L1
from workbench.interpret.registry import METHODS
from workbench.interpret.subject import Subject
from workbench.layers.params import params_of


def look(method, model, dataset, layer="", sample=0, target=None, **more):
    return method.run(Subject(model, dataset, layer or "", sample, target, **more))


def close(got, wanted):
    np.testing.assert_allclose(got, wanted.detach().numpy(), atol=1e-6, rtol=1e-6)


@pytest.fixture
def parts(model, images):
    """Sample 4, conv2's output with a gradient, the outputs, and the target."""
    model.eval()
    x = torch.from_numpy(images.batch(np.array([4])))
    relu = model.relu1(model.bn1(model.conv1(x))).detach()
    conv = model.conv2(relu).detach().requires_grad_()
    return x, conv, model.fc1((relu + conv).flatten(1)), torch.tensor([4 % 3])


def test_activations(model, images, parts):
    _, conv, outputs, target = parts
    result = look(METHODS["activations"], model, images, "conv2", 4)
    assert list(result.arrays) == ["conv2"]
    close(result.arrays["conv2"], conv[0])
    assert (result.sample, result.target, result.predicted) == (4, 1, outputs.argmax().item())
    assert result.loss == pytest.approx(functional.cross_entropy(outputs, target).item(), rel=1e-6)
    for everything in (None, ""):
        assert list(look(METHODS["activations"], model, images, everything, 4).arrays) == list(
            model.layer_ids
        )


def test_gradients_of_the_loss(model, images, parts):
    _, conv, outputs, target = parts
    result = look(METHODS["gradients"], model, images, "conv2", 4)
    wanted = torch.autograd.grad(functional.cross_entropy(outputs, target), conv)[0]
    close(result.arrays["conv2"], wanted[0])
    assert result.note == "Gradients of the loss against class b with respect to the layers' outputs."


def test_gradients_of_another_target_and_of_a_score(model, images, parts):
    _, conv, outputs, _ = parts
    loss, score = (
        torch.autograd.grad(value, conv, retain_graph=True)[0][0]
        for value in (functional.cross_entropy(outputs, torch.tensor([2])), outputs[0, 2])
    )
    close(look(METHODS["gradients"], model, images, "conv2", 4, 2).arrays["conv2"], loss)
    scored = look(type(METHODS["gradients"])(of="score"), model, images, "conv2", 4, 2)
    close(scored.arrays["conv2"], score)
    assert "the score of class c" in scored.note
    assert scored.target == 2


def test_gradient_x_activation(model, images, parts):
    _, conv, outputs, _ = parts
    result = look(METHODS["gradient_x_activation"], model, images, "conv2", 4)
    slope = torch.autograd.grad(outputs.max(), conv)[0][0]
    close(result.arrays["conv2"], slope * conv[0])
    assert result.target == result.predicted


def test_saliency(model, images, parts):
    x, _, _, _ = parts
    x = x.requires_grad_()
    result = look(METHODS["saliency"], model, images, None, 4)
    close(result.arrays["saliency"], torch.autograd.grad(model(x).max(), x)[0][0].abs())
    close(result.arrays["input"], x[0])
    with pytest.raises(UserError, match="not of a layer"):
        look(METHODS["saliency"], model, images, "conv2", 4)


def test_weights(model, images, parts):
    x, _, _, target = parts
    result = look(METHODS["weights"], model, images, "conv2", 4)
    assert list(result.arrays) == ["conv2.weight", "conv2.bias", "conv2.weight.grad", "conv2.bias.grad"]
    gradients = torch.autograd.grad(
        functional.cross_entropy(model(x), target), [model.conv2.weight, model.conv2.bias]
    )
    close(result.arrays["conv2.weight"], model.conv2.weight)
    close(result.arrays["conv2.weight.grad"], gradients[0])
    close(result.arrays["conv2.bias.grad"], gradients[1])
    assert len(look(METHODS["weights"], model, images, None, 4).arrays) == 2 * len(list(model.parameters()))
    with pytest.raises(UserError, match="layer relu1: there are no weights in it"):
        look(METHODS["weights"], model, images, "relu1", 4)


def test_regression_with_its_own_loss(values_model, values):
    x, y = torch.from_numpy(values.inputs[:1]), torch.from_numpy(values.targets[:1])
    result = look(METHODS["weights"], values_model, values, "fc2", 0, loss=L1())
    loss = functional.l1_loss(values_model(x)[:, 0], y)
    wanted = torch.autograd.grad(loss, values_model.fc2.bias)[0]
    np.testing.assert_allclose(result.arrays["fc2.bias.grad"], wanted, rtol=1e-5)
    assert result.loss == pytest.approx(loss.item())
    assert result.target == pytest.approx(y.item())
    assert look(METHODS["saliency"], values_model, values, None, 2).arrays["saliency"].shape == (3,)


def test_ids_have_no_gradient(ids_model, words):
    for name in ("gradients", "gradient_x_activation"):
        with pytest.raises(UserError, match="layer ids: it holds whole-number ids"):
            look(METHODS[name], ids_model, words, "ids", 0)
        with pytest.raises(UserError, match="layer dead: the output doesn't depend on it"):
            look(METHODS[name], ids_model, words, "dead", 0)
        assert list(look(METHODS[name], ids_model, words, None, 0).arrays) == ["emb", "lstm", "fc", "p"]
    with pytest.raises(UserError, match="whole-number ids"):
        look(METHODS["saliency"], ids_model, words, None, 0)
    assert look(METHODS["activations"], ids_model, words, "ids", 0).arrays["ids"].dtype == np.int64


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_what_is_not_there(model, images, method):
    for number in (-1, 9):
        with pytest.raises(UserError, match="Samples go from 0 to 8"):
            method.run(subject_for(method, model, images, sample=number, samples=np.array([number])))
    if method.layers != "input":
        with pytest.raises(UserError, match=r"no layer 'conv9'.*Its layers are x, conv1"):
            method.run(subject_for(method, model, images, "conv9"))
    if method.scope == "sample":
        with pytest.raises(UserError, match="Classes go from 0 to 2"):
            method.run(subject_for(method, model, images, target=3))
        with pytest.raises(UserError, match="it is 2×5×5, and the network reads 2×6×6"):
            method.run(subject_for(method, model, images, sample=np.zeros((2, 5, 5), np.float32)))


def test_a_sample_from_elsewhere(model, images):
    drawn = images.batch(np.array([4]))[0]
    subject = Subject(model, images, "conv2", drawn)
    there, here = (
        METHODS["activations"].run(Subject(model, images, "conv2", 4)),
        METHODS["activations"].run(subject),
    )
    np.testing.assert_array_equal(here.arrays["conv2"], there.arrays["conv2"])
    assert (here.sample, here.target, here.loss) == (None, None, None)
    with pytest.raises(UserError, match="its true answer isn't known"):
        METHODS["gradients"].run(subject)
    meant = METHODS["gradients"].run(Subject(model, images, "conv2", drawn, target=1))
    np.testing.assert_array_equal(
        meant.arrays["conv2"], METHODS["gradients"].run(Subject(model, images, "conv2", 4)).arrays["conv2"]
    )


def test_methods_describe_themselves():
    for name, method in METHODS.items():
        assert method.name == name
        assert method.title
        assert method.help.endswith(".")
        assert all(param.help for param in params_of(type(method)))
    assert [p.name for p in params_of(type(METHODS["gradients"]))] == ["of"]
