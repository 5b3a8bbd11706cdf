"""What all methods of attribution refuse, and leave alone."""

import captum.attr
import numpy as np
import pytest
import torch
from plain_networks import PlainImages, batch_of, stack

from workbench.data.dataset import Dataset
from workbench.errors import UserError
from workbench.graph.training import CTC, TripletMargin
from workbench.interpret.attribution.gradients import InputXGradient, IntegratedGradients
from workbench.interpret.attribution.layers import LayerIntegratedGradients
from workbench.interpret.attribution.perturbation import FeatureAblation
from workbench.interpret.attribution.scored import Scored
from workbench.interpret.attribution.shapes import rows_per_pass, specs_of
from workbench.interpret.registry import METHODS
from workbench.interpret.subject import Subject

QUICK = {"kernel_shap": {"n_samples": 20}, "lime": {"n_samples": 20}, "integrated_gradients": {"n_steps": 8},
         "layer_integrated_gradients": {"n_steps": 8}}  # fmt: skip
ATTRIBUTION = {
    name: type(method)(**QUICK.get(name, {}))
    for name, method in METHODS.items()
    if type(method).__module__.startswith("workbench.interpret.attribution")
}


def subject(method, model, dataset, **more):
    return Subject(model, dataset, "conv1" if method.layers == "one" else "", **more)


@pytest.mark.parametrize("method", ATTRIBUTION.values(), ids=ATTRIBUTION)
def test_activations_that_are_no_numbers(model, images, method):
    with torch.no_grad():
        model.conv2.weight[0] = float("nan")
    with pytest.raises(UserError, match=r"layer conv2: its output holds values that are no numbers"):
        method.run(subject(method, model, images))


@pytest.mark.parametrize("method", ATTRIBUTION.values(), ids=ATTRIBUTION)
def test_a_sample_that_holds_no_numbers(model, images, method):
    broken = np.full((2, 6, 6), np.nan, np.float32)
    with pytest.raises(UserError, match="sample: it holds values that are no numbers"):
        method.run(subject(method, model, images, sample=broken))


@pytest.mark.parametrize("method", ATTRIBUTION.values(), ids=ATTRIBUTION)
def test_embeddings_are_refused(model, images, method):
    with pytest.raises(UserError, match=r"training\.loss: .*triplet"):
        method.run(subject(method, model, images, loss=TripletMargin()))


@pytest.mark.parametrize("method", ATTRIBUTION.values(), ids=ATTRIBUTION)
def test_outputs_that_are_no_scores_are_refused(images, method):
    maps = stack(
        {"id": "x", "type": "Input", "params": {"shape": [2, 6, 6]}},
        {"id": "conv1", "type": "Conv2d", "params": {"out_channels": 3}},
    )
    with pytest.raises(UserError, match="layer conv1: the network's output is 3×4×4, not a row of scores"):
        method.run(subject(method, maps, images))
    many = stack(
        {"id": "x", "type": "Input", "params": {"shape": [2, 6, 6]}},
        {"id": "conv1", "type": "Conv2d", "params": {"out_channels": 7}},
        {"id": "pool", "type": "GlobalAvgPool"},
    )
    with pytest.raises(UserError, match="layer pool: the network has 7 outputs, and the data have 3 classes"):
        method.run(subject(method, many, images))


@pytest.mark.parametrize("method", ATTRIBUTION.values(), ids=ATTRIBUTION)
def test_methods_of_the_input_refuse_a_layer(model, images, method):
    if method.layers == "input":
        with pytest.raises(UserError, match="layer conv1: this method is of the input"):
            method.run(Subject(model, images, "conv1"))
        arrays = method.run(Subject(model, images, "x")).arrays
        assert list(arrays) == ["attribution", "input"]
        assert {array.shape for array in arrays.values()} == {(2, 6, 6)}


@pytest.mark.parametrize("method", ATTRIBUTION.values(), ids=ATTRIBUTION)
def test_a_sample_from_elsewhere_is_explained_like_one_of_the_data(model, images, method):
    drawn = images.batch(np.array([4]))[0]
    there = method.run(subject(method, model, images, sample=4))
    here = method.run(subject(method, model, images, sample=drawn))
    assert (here.sample, here.target, here.predicted) == (None, there.target, there.predicted)
    for name, array in there.arrays.items():
        np.testing.assert_array_equal(here.arrays[name], array)


def test_a_sequence_of_scores_is_explained_as_a_class_of_ctc():
    made = stack(
        {"id": "x", "type": "Input", "params": {"shape": [6, 4]}},
        {"id": "fc", "type": "Linear", "params": {"out_features": 3}},
    )
    random = np.random.default_rng(0)
    inputs = random.normal(0, 1, (4, 6, 4)).astype(np.float32)
    data = Dataset(
        "test", "sequence", "classification", inputs, np.arange(4) % 2, classes=("a", "b"),
        splits={"train": np.arange(4)},
    )  # fmt: skip
    asked = Subject(made, data, loss=CTC())
    assert IntegratedGradients().run(asked).figures["completeness_error"] < 0.01
    with pytest.raises(UserError, match="DeepLIFT has no rule for CTC"):
        METHODS["deeplift"].run(asked)


def test_ids_that_are_joined_have_shares_only_when_taken_away():
    made = stack(
        {"id": "ids", "type": "Input", "params": {"shape": [5], "dtype": "int64"}},
        {"id": "bag", "type": "EmbeddingBag", "params": {"num_embeddings": 10, "embedding_dim": 4}},
        {"id": "fc", "type": "Linear", "params": {"out_features": 2}},
    )
    data = Dataset("test", "array", "classification", np.arange(10).reshape(2, 5), np.arange(2),
                   classes=("a", "b"), splits={"train": np.arange(2)})  # fmt: skip
    with pytest.raises(UserError, match=r"layer bag: it joins all ids into one.*occlusion"):
        InputXGradient().run(Subject(made, data))
    assert FeatureAblation().run(Subject(made, data)).arrays["attribution"].shape == (5,)


def test_ids_that_two_layers_read_have_no_one_place():
    rows = [{"id": "ids", "type": "Input", "params": {"shape": [5], "dtype": "int64"}}]
    for name in ("one", "two"):
        row = {"id": name, "type": "Embedding", "params": {"num_embeddings": 10, "embedding_dim": 4}}
        rows.append({**row, "inputs": ["ids"]})
    rows += [
        {"id": "add", "type": "Add", "inputs": ["one", "two"]},
        {"id": "last", "type": "LastStep"},
        {"id": "fc", "type": "Linear", "params": {"out_features": 2}},
    ]
    data = Dataset("test", "array", "classification", np.arange(10).reshape(2, 5), np.arange(2),
                   classes=("a", "b"), splits={"train": np.arange(2)})  # fmt: skip
    with pytest.raises(UserError, match="model: 2 layers read the ids"):
        IntegratedGradients().run(Subject(stack(*rows), data))


def test_padding_stands_for_nothing():
    made = stack(
        {"id": "ids", "type": "Input", "params": {"shape": [5], "dtype": "int64"}},
        {
            "id": "emb",
            "type": "Embedding",
            "params": {"num_embeddings": 10, "embedding_dim": 4, "padding_idx": 7},
        },
        {"id": "mean", "type": "MeanOverTime"},
        {"id": "fc", "type": "Linear", "params": {"out_features": 2}},
    )
    data = Dataset("test", "array", "classification", np.full((2, 5), 7), np.arange(2),
                   classes=("a", "b"), splits={"train": np.arange(2)})  # fmt: skip
    result = FeatureAblation().run(Subject(made, data))
    assert not result.arrays["attribution"].any()
    assert "id 7 in every place" in result.note
    assert FeatureAblation(baseline="zero").run(Subject(made, data)).arrays["attribution"].any()


def test_hooks_are_gone_when_a_pass_fails(model, images):
    class Broken(Exception):  # noqa: N818 - no error
        pass

    def broken(*_):
        raise Broken

    x = batch_of(images, 0)
    scored = Scored(model.eval(), None, 0, x, "conv1")
    handle = model.fc1.register_forward_hook(broken)
    with pytest.raises(Broken):
        scored(model.conv1(x))
    handle.remove()
    assert not any(module._forward_hooks for module in model.modules())


def test_layers_before_the_entrance_run_once_unless_a_way_leads_around(model, images, steps_model, steps):
    rows = []
    for made, data, layer, first in ((model, images, "conv2", "conv1"), (steps_model, steps, "relu", "conv")):
        handle = made.get_submodule(first).register_forward_hook(
            lambda _m, _i, output: rows.append(len(output))
        )
        LayerIntegratedGradients(n_steps=8).run(Subject(made, data, layer))
        handle.remove()
    assert 8 in rows[: len(rows) // 2]  # relu1 is read behind conv2, too
    assert set(rows[len(rows) // 2 :]) == {1}


def test_rows_of_a_pass_are_as_many_as_memory_holds(model):
    specs = specs_of(model.graph)
    assert rows_per_pass(specs) == 64
    large = {name: spec._replace(shape=(64, 512, 512)) for name, spec in specs.items()}
    assert rows_per_pass(large) == 1


def test_many_passes_give_what_one_gives(model, images, monkeypatch):
    wanted = captum.attr.IntegratedGradients(PlainImages(model)).attribute(
        batch_of(images, 4), target=1, n_steps=50
    )
    monkeypatch.setattr("workbench.interpret.attribution.answer.rows_per_pass", lambda _specs: 3)
    result = IntegratedGradients(n_steps=50).run(Subject(model, images, "", 4, 1))
    np.testing.assert_allclose(result.arrays["attribution"], wanted[0].detach(), atol=1e-6, rtol=1e-5)
