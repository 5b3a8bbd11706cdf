"""Which axis holds a layer's units, which fires most, and for which samples."""

import dataclasses

import numpy as np
import pytest
import torch

from workbench.build.check import built
from workbench.errors import UserError
from workbench.graph import Graph
from workbench.interpret.subject import Subject
from workbench.interpret.top_samples import TopSamples
from workbench.interpret.units import strongest, unit_axis, unit_word


def graph(*layers):
    return Graph.model_validate({"layers": layers})


def test_where_the_units_are():
    waves = graph(
        {"id": "x", "type": "Input", "params": {"shape": [2, 16]}},
        {"id": "conv", "type": "Conv1d"},
        {"id": "relu", "type": "ReLU"},
        {"id": "swap", "type": "Transpose"},
        {"id": "lstm", "type": "LSTM"},
        {"id": "norm", "type": "LayerNorm"},
    )
    assert [unit_axis(waves, name, 2) for name in ("x", "conv", "relu", "swap", "lstm", "norm")] == [
        1,
        0,
        0,
        1,
        1,
        1,
    ]
    assert unit_axis(waves, "conv", 3) == unit_axis(waves, "conv", 1) == 0
    assert [unit_word(1, 0), unit_word(2, 1), unit_word(2, 0), unit_word(3, 0)] == [
        "unit",
        "feature",
        "channel",
        "channel",
    ]


def test_strongest_unit():
    maps = np.array([[[0.0, 1.0]], [[np.nan, 3.0]], [[2.0, np.inf]]])
    assert strongest(maps, 0) == (1, 3.0)
    assert strongest(maps[:, 0], 1) == (1, 3.0)
    assert strongest(np.full((2, 3), np.nan), 0) is None
    assert strongest(np.zeros((0, 3)), 0) is None
    assert strongest(np.array(4.0), 0) == (0, 4.0)


@pytest.mark.parametrize("by", ["max", "mean"])
def test_top_samples_by_brute_force(model, images, by):
    found = TopSamples(unit=2, most=4, by=by).run(Subject(model, images, "add1", 0))
    model.eval()
    with torch.no_grad():
        outputs = model.relu1(model.bn1(model.conv1(torch.from_numpy(images.batch(np.arange(9))))))
        outputs = (outputs + model.conv2(outputs)).numpy()[:, 2]
    values = outputs.max((1, 2)) if by == "max" else outputs.mean((1, 2), dtype=np.float64)
    order = np.argsort(-values, kind="stable")[:4]
    assert found.arrays["samples"].tolist() == order.tolist()
    np.testing.assert_allclose(found.arrays["values"], values[order], rtol=1e-6)
    for sample, place in zip(found.arrays["samples"], found.arrays["places"], strict=True):
        assert outputs[sample][tuple(place)] == outputs[sample].max()
    assert found.figures == {"unit": 2.0, "looked_at": 9.0, "not_finite": 0.0}


def test_top_samples_of_a_sequence_and_of_a_vector(words, values_model, values):
    torch.manual_seed(0)
    ids_model = built(
        graph(
            {"id": "ids", "type": "Input", "params": {"shape": [5], "dtype": "int64"}},
            {"id": "emb", "type": "Embedding", "params": {"num_embeddings": 10, "embedding_dim": 4}},
            {"id": "lstm", "type": "LSTM", "params": {"hidden_size": 9, "returns": "sequence"}},
            {"id": "flat", "type": "Flatten"},
            {"id": "fc", "type": "Linear", "params": {"out_features": 1}},
        )
    ).eval()
    with torch.no_grad():
        outputs = ids_model.lstm(ids_model.emb(torch.from_numpy(words.inputs))).numpy()
    found = TopSamples(unit=7, most=2).run(Subject(ids_model, words, "lstm", 0))
    best = outputs[:, :, 7].max(1)
    assert found.arrays["samples"].tolist() == np.argsort(-best)[:2].tolist()
    first = found.arrays["samples"][0]
    assert found.arrays["places"][0].tolist() == [outputs[first, :, 7].argmax()]
    vector = TopSamples(most=3).run(Subject(values_model, values, "tanh", 1))
    seen = values_model.eval().fc1(values_model.scale(torch.from_numpy(values.inputs))).detach().tanh()
    unit = int(vector.figures["unit"])
    assert unit == int(seen[1].argmax())
    assert vector.arrays["samples"].tolist() == np.argsort(-seen[:, unit].numpy())[:3].tolist()
    assert vector.arrays["places"].shape == (3, 0)


def test_only_the_samples_that_are_meant_and_the_last_layer_by_default(model, images):
    found = TopSamples(unit=0).run(Subject(model, images, samples=np.array([7, 2, 5])))
    assert sorted(found.arrays["samples"].tolist()) == [2, 5, 7]
    assert "of fc1" in found.note


def test_samples_that_are_not_finite_are_left_out(model, images):
    inputs = images.inputs.astype(np.float32)
    inputs[[1, 4]] = np.nan
    damaged = dataclasses.replace(images, inputs=inputs, scale=1.0)
    found = TopSamples(unit=0).run(Subject(model, damaged, "conv1", 0))
    assert len(found.arrays["samples"]) == 7
    assert not {1, 4} & set(found.arrays["samples"].tolist())
    assert found.figures["not_finite"] == 2
    inputs[:] = np.nan
    broken = dataclasses.replace(images, inputs=inputs, scale=1.0)
    with pytest.raises(UserError, match="layer conv1: its values aren't finite numbers"):
        TopSamples(unit=0).run(Subject(model, broken, "conv1", 0))
    with pytest.raises(UserError, match="no unit fires most"):
        TopSamples().run(Subject(model, broken, "conv1", 0))


def test_units_that_are_not_there(model, images, ids_model, words):
    with pytest.raises(UserError, match=r"layer conv1: there is no channel 3\. Channels go from 0 to 2"):
        TopSamples(unit=3).run(Subject(model, images, "conv1", 0))
    with pytest.raises(UserError, match="layer ids: it holds whole-number ids"):
        TopSamples(unit=0).run(Subject(ids_model, words, "ids", 0))


def test_one_number_is_one_unit(images):
    torch.manual_seed(0)
    made = built(
        graph(
            {"id": "x", "type": "Input", "params": {"shape": [2, 6, 6]}},
            {"id": "flat", "type": "Flatten"},
            {"id": "fc", "type": "Linear", "params": {"out_features": 1}},
        )
    )
    found = TopSamples(most=1).run(Subject(made, images, "fc", 3))
    with torch.no_grad():
        answers = made(torch.from_numpy(images.batch(np.arange(9))))
    assert found.arrays["samples"].tolist() == [int(answers.argmax())]
