import captum.attr
import numpy as np
import pytest
from plain_networks import PlainImages, PlainSteps, batch_of, stack
from torch.nn import functional

from workbench.errors import UserError
from workbench.interpret.attribution.cam import GradCam, LayerGradCam
from workbench.interpret.attribution.shapes import feature_maps, specs_of
from workbench.interpret.subject import Subject


def close(got, wanted):
    np.testing.assert_allclose(got, wanted.detach().numpy(), atol=1e-6, rtol=1e-5)


def test_grad_cam(model, images):
    plain, x = PlainImages(model), batch_of(images, 4)
    wanted = captum.attr.LayerGradCam(plain, plain.conv2).attribute(x, target=1, relu_attributions=True)
    result = GradCam().run(Subject(model, images, "conv2", 4, 1))
    close(result.arrays["map"], wanted[0, 0])
    close(result.arrays["attribution"], wanted[0].expand(2, 6, 6))
    close(result.arrays["input"], x[0])
    assert list(result.arrays) == ["attribution", "map", "input"]


def test_layer_grad_cam_keeps_signs(model, images):
    plain, x = PlainImages(model), batch_of(images, 4)
    wanted = captum.attr.LayerGradCam(plain, plain.conv1).attribute(x, target=1)
    result = LayerGradCam().run(Subject(model, images, "conv1", 4, 1))
    close(result.arrays["attribution"], wanted[0])
    assert result.arrays["attribution"].min() < 0
    close(result.arrays["activation"], plain.conv1(x)[0])
    # a vector is channels without positions
    wanted = captum.attr.LayerGradCam(plain, plain.fc1).attribute(x, target=1)
    close(LayerGradCam().run(Subject(model, images, "fc1", 4, 1)).arrays["attribution"], wanted[0])


def test_dropout_is_a_place_of_its_own(model, images):
    """In eval mode it hands its input on, which the skip connection reads, too."""
    plain, x = PlainImages(model), batch_of(images, 4)
    rectified = plain.relu1(plain.bn1(plain.conv1(x))).detach().requires_grad_()
    score = plain.fc1((rectified.detach() + plain.conv2(rectified)).flatten(1))[0, 1]
    score.backward()
    wanted = (rectified.grad.mean((2, 3), keepdim=True) * rectified).sum(1).relu()
    close(GradCam().run(Subject(model, images, "drop1", 4, 1)).arrays["map"], wanted[0])


def test_smaller_maps_are_laid_over_the_sample(images):
    made = stack(
        {"id": "x", "type": "Input", "params": {"shape": [2, 6, 6]}},
        {"id": "conv", "type": "Conv2d", "params": {"out_channels": 4}},
        {"id": "act", "type": "ReLU"},
        {"id": "pool", "type": "MaxPool2d"},
        {"id": "flat", "type": "Flatten"},
        {"id": "fc", "type": "Linear", "params": {"out_features": 3}},
    )
    result = GradCam().run(Subject(made, images, "", 2))
    assert "at layer pool" in result.note
    found = result.arrays["map"]
    x = batch_of(images, 2)
    pooled = made.pool(made.act(made.conv(x)))
    wanted = captum.attr.LayerGradCam(made, made.pool).attribute(
        x, target=result.target, relu_attributions=True
    )
    assert found.shape == pooled.shape[2:]
    close(found, wanted[0, 0])
    laid = functional.interpolate(wanted, (6, 6), mode="bilinear", align_corners=False)
    close(result.arrays["attribution"], laid[0].expand(2, 6, 6))


def test_over_time(steps_model, steps):
    plain, x = PlainSteps(steps_model), batch_of(steps, 2)
    wanted = captum.attr.LayerGradCam(plain, plain.relu).attribute(x, target=0, relu_attributions=True)
    result = GradCam().run(Subject(steps_model, steps, "", 2, 0))
    close(result.arrays["map"], wanted[0, 0])
    close(result.arrays["attribution"], wanted[0, 0][:, None].expand(12, 3))


def test_which_layers_have_feature_maps(model, steps_model, ids_model):
    def maps(made):
        return feature_maps(made.graph, specs_of(made.graph))

    assert maps(model) == ("conv1", "bn1", "relu1", "drop1", "conv2", "add1")
    assert maps(steps_model) == ("conv", "relu")
    assert maps(ids_model) == ()


def test_refusals(model, images, ids_model, words):
    with pytest.raises(UserError, match=r"layer fc1: its output is no feature maps.*one of conv1, bn1"):
        GradCam().run(Subject(model, images, "fc1"))
    with pytest.raises(UserError, match="model: no layer of this stack has feature maps"):
        GradCam().run(Subject(ids_model, words))
    with pytest.raises(UserError, match="layer dead: the output doesn't depend on it"):
        LayerGradCam().run(Subject(ids_model, words, "dead"))
    with pytest.raises(UserError, match="layer ids: it holds whole-number ids"):
        LayerGradCam().run(Subject(ids_model, words, "ids"))


def test_of_a_deep_network_s_maps_only_the_last_are_named(images):
    convolutions = [
        {"id": f"conv{n}", "type": "Conv2d", "params": {"out_channels": 2, "kernel_size": 3}}
        for n in range(2)
    ]
    rectified = [{"id": f"relu{n}", "type": "ReLU"} for n in range(28)]
    deep = stack(
        {"id": "x", "type": "Input", "params": {"shape": [2, 6, 6]}},
        *convolutions,
        *rectified,
        {"id": "flat", "type": "Flatten"},
        {"id": "fc", "type": "Linear", "params": {"out_features": 3}},
    )
    words = r"Choose one of the 30 that are, such as the last: relu25, relu26, relu27\."
    with pytest.raises(UserError, match=words):
        GradCam().run(Subject(deep, images, "fc"))
