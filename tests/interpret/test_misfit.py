"""Models and data that don't go together, one class, ids beyond the Embedding: a sentence, not a crash."""

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch

from workbench.build.check import built
from workbench.errors import UserError
from workbench.graph import Graph
from workbench.graph.training import TripletMargin
from workbench.interpret.misfit import entrance_misfit, misfit, untold
from workbench.interpret.registry import METHODS
from workbench.interpret.subject import Subject

pytestmark = pytest.mark.usefixtures("few_epochs")

IMAGE = {"id": "x", "type": "Input", "params": {"shape": [2, 6, 6]}}
FLAT = {"id": "flat", "type": "Flatten"}


def ending(*rows):
    return built(Graph.model_validate({"layers": [IMAGE, *rows]}))


def linear(outputs):
    return {"id": "fc", "type": "Linear", "params": {"out_features": outputs}}


ENDS = {
    "more outputs than classes": lambda: ending(FLAT, linear(7)),
    "fewer": lambda: ending(FLAT, linear(2)),
    "maps": lambda: ending({"id": "conv", "type": "Conv2d", "params": {"out_channels": 2}}),
    "no weights": lambda: ending(FLAT),
}


def ask(method, model, data, **more):
    other = copy.deepcopy(model) if method.scope == "models" else None
    return method.run(Subject(model, data, other=other, **more))


@pytest.mark.parametrize("name", ENDS)
@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
@pytest.mark.filterwarnings("error")
def test_outputs_that_tell_of_no_class(method, name, images):
    model = ENDS[name]()
    for more in ({}, {"sample": 2}, {"target": 2}):
        try:
            found = ask(method, model, images, **more)
        except UserError as error:
            assert str(error)  # noqa: PT017 - either is right: arrays or a sentence
        else:
            assert found.predicted is None
            assert found.loss is None


def test_why(images, model):
    assert misfit(model, images) is None
    assert untold(model, images) is None
    assert "3 classes (3), but the stack gives 7" in str(misfit(ENDS["more outputs than classes"](), images))
    assert "one class only" in str(misfit(model, replace(images, classes=("a",), targets=images.targets * 0)))
    assert misfit(model, images, TripletMargin()) is None
    assert "embeddings" in str(untold(model, images, TripletMargin()))


def test_activations_and_weights_of_what_has_no_loss(images, model):
    """Embeddings, and a stack that ends in anything, are seen all the same."""
    for made, more in ((model, {"loss": TripletMargin()}), (ENDS["maps"](), {})):
        seen = ask(METHODS["activations"], made, images, **more)
        assert set(seen.arrays) == set(made.layer_ids)
        assert (seen.loss, seen.target, seen.predicted) == (None, None, None)
        weights = ask(METHODS["weights"], made, images, **more)
        assert weights.arrays
        assert not any(name.endswith(".grad") for name in weights.arrays)
    with pytest.raises(UserError, match="embeddings"):
        ask(METHODS["gradients"], model, images, loss=TripletMargin())


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_data_of_another_shape(method, model, values):
    table = replace(values, task="classification", classes=("a", "b", "c"), targets=np.arange(6) % 3)
    assert "samples of 3 (float32), but the Input is" in str(entrance_misfit(model, table))
    with pytest.raises(UserError):
        ask(method, model, table)


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_an_id_that_the_embedding_does_not_know(method, ids_model, words):
    with pytest.raises(UserError):
        ask(method, ids_model, replace(words, inputs=words.inputs + 5))


def test_words_for_an_unknown_id(ids_model, words):
    typed = np.full(5, 10)
    with pytest.raises(UserError, match="sample: it has an id that the Embedding has no vector for"):
        ask(METHODS["activations"], ids_model, words, sample=typed)
    with pytest.raises(UserError, match="Use input × gradient"):
        ask(METHODS["saliency"], ids_model, words)


@pytest.mark.parametrize("name", ["input_x_gradient", "smoothgrad", "gradient_shap", "kernel_shap", "lime"])
def test_training_samples_that_hold_no_numbers(name, values_model, values):
    values.inputs[3, 0] = np.inf
    try:
        found = ask(METHODS[name], values_model, values)
    except UserError as error:
        assert "no numbers" in str(error)  # noqa: PT017 - either is right
    else:
        assert np.isfinite(found.arrays["attribution"]).all()


def test_a_kernel_so_narrow_that_nothing_counts(values_model, values):
    narrow = type(METHODS["lime"])(kernel_width=1e-300)
    with pytest.raises(UserError, match="kernel_width: no choice of parts is near enough"):
        ask(narrow, values_model, values)


def test_the_loss_of_outputs_that_are_no_numbers_is_none_either(ids_model, words):
    """A Sigmoid's NaN is no probability, which torch's binary cross-entropy asks for."""
    with torch.no_grad():
        ids_model.fc.weight.fill_(np.nan)
    found = ask(METHODS["gradients"], ids_model, words)
    assert np.isnan(found.loss)
    assert np.isnan(found.arrays["fc"]).all()
