"""Activation maximisation does what a plain loop in torch does, and gets somewhere."""

import dataclasses

import numpy as np
import pytest
import torch
from torch.nn import functional

from workbench.errors import UserError
from workbench.interpret.maximisation import Maximisation
from workbench.interpret.regularise import blurred, total_variation
from workbench.interpret.subject import Subject

PLAIN = {"l2": 0.0, "total_variation": 0.0, "jitter": 0, "bounded": False}


def spread(images):
    known = torch.from_numpy(images.batch(np.arange(len(images))))
    mean, std = known.mean((0, 2, 3), keepdim=True), known.std((0, 2, 3), keepdim=True, correction=0)
    return mean, std, known


def test_matches_a_plain_loop(model, images):
    method = Maximisation(unit=1, start="sample", steps=20, lr=0.03, l2=0.2, total_variation=0.3, jitter=0)
    found = method.run(Subject(model, images, "conv2", 4))
    model.eval()
    mean, std, known = spread(images)
    z = ((known[4:5] - mean) / std).requires_grad_()
    low, high = ((side - mean) / std for side in (known.amin((0, 2, 3), True), known.amax((0, 2, 3), True)))
    adam, trace = torch.optim.Adam([z], lr=0.03), []
    for _ in range(20):
        value = model.conv2(model.relu1(model.bn1(model.conv1(mean + std * z))))[0, 1].mean()
        trace.append(value.item())
        rough = (z[..., 1:] - z[..., :-1]).abs().mean() + (z[..., 1:, :] - z[..., :-1, :]).abs().mean()
        adam.zero_grad()
        (0.2 * (z * z).mean() + 0.3 * rough - value).backward()
        adam.step()
        z.data = torch.maximum(torch.minimum(z.data, high), low)
    np.testing.assert_allclose(found.arrays["input"], (mean + std * z)[0].detach(), atol=1e-6)
    np.testing.assert_allclose(found.arrays["trace"][:-1], trace, atol=1e-6)
    np.testing.assert_allclose(found.arrays["start"], known[4], atol=1e-6)
    assert len(found.arrays["trace"]) == 21


@pytest.mark.parametrize("start", ["noise", "zero", "sample"])
@pytest.mark.parametrize("objective", ["channel", "neuron"])
def test_the_value_grows_and_is_that_of_the_input(model, images, start, objective):
    method = Maximisation(unit=0, start=start, objective=objective, steps=40, blur=0.5, l2=0.0)
    found = method.run(Subject(model, images, "conv2", 4))
    seen = {}
    model.eval().conv2.register_forward_hook(lambda m, i, o: seen.update(out=o.detach()))
    model(torch.from_numpy(found.arrays["input"][None]))
    value = seen["out"][0, 0, 3, 3] if objective == "neuron" else seen["out"][0, 0].mean()
    assert found.arrays["trace"][-1] == pytest.approx(float(value), rel=1e-5)
    assert found.figures["end"] > found.figures["start"]
    assert found.arrays["input"].shape == (2, 6, 6)
    batch = images.batch(np.arange(9))
    assert found.arrays["input"].min() >= batch.min() - 1e-6
    assert found.arrays["input"].max() <= batch.max() + 1e-6
    if start == "zero":
        np.testing.assert_allclose(found.arrays["start"], 0, atol=1e-6)


def test_a_class_by_its_score(model, images):
    found = Maximisation(steps=30, **PLAIN).run(Subject(model, images, "", 4, target=2))
    assert found.target == 2
    assert "the score of class c" in found.note
    with torch.no_grad():
        scores = model.eval()(torch.from_numpy(found.arrays["input"][None]))[0]
    assert found.figures["end"] == pytest.approx(float(scores[2]), rel=1e-5)
    assert scores.argmax() == 2
    predicted = Maximisation(steps=1).run(Subject(model, images, "", 4))
    with torch.no_grad():
        assert predicted.target == int(model(torch.from_numpy(images.batch(np.array([4])))).argmax())


def test_the_seed_is_what_differs(model, images):
    first, same, other = (
        Maximisation(unit=0, steps=3, seed=seed).run(Subject(model, images, "conv1", 0)).arrays["input"]
        for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, same)
    assert np.abs(first - other).max() > 0.01


def test_a_table_in_units_of_its_columns(values_model, values):
    found = Maximisation(unit=2, steps=50, **PLAIN).run(Subject(values_model, values, "fc1", 0))
    assert found.arrays["input"].shape == (3,)
    assert found.figures["end"] > found.figures["start"]
    moved = found.arrays["input"] - found.arrays["start"]
    toward = values_model.fc1.weight[2].detach().numpy()
    assert (np.sign(moved) == np.sign(toward)).all()
    score = Maximisation(steps=5, **PLAIN).run(Subject(values_model, values, "", 0))
    assert "the predicted target" in score.note


def test_ids_at_the_embedding(ids_model, words):
    found = Maximisation(unit=3, steps=30).run(Subject(ids_model, words, "lstm", 0))
    assert found.arrays["input"].shape == (5, 4)
    assert found.figures["end"] > found.figures["start"]
    table = ids_model.emb.weight.detach()
    near = functional.cosine_similarity(torch.from_numpy(found.arrays["input"])[:, None], table[None], dim=2)
    assert found.arrays["ids"].tolist() == near.argmax(1).tolist()
    start = Maximisation(unit=3, steps=1, start="sample").run(Subject(ids_model, words, "lstm", 0))
    np.testing.assert_allclose(start.arrays["start"], table[words.inputs[0]], atol=1e-6)


def test_what_cannot_be_maximised(model, images, ids_model, words):
    with pytest.raises(UserError, match=r"there is no channel 5\. Channels go from 0 to 2"):
        Maximisation(unit=5).run(Subject(model, images, "conv1", 0))
    with pytest.raises(UserError, match="layer ids: it holds whole-number ids"):
        Maximisation(unit=0).run(Subject(ids_model, words, "ids", 0))
    damaged = dataclasses.replace(images, inputs=np.full((9, 2, 6, 6), np.nan, np.float32), scale=1.0)
    with pytest.raises(UserError, match="is no finite number after 0 steps"):
        Maximisation(unit=0, start="sample").run(Subject(model, damaged, "conv1", 0))


def test_a_silent_unit_says_so(model, images):
    with torch.no_grad():
        model.bn1.weight.zero_()
        model.bn1.bias.fill_(-1.0)
    found = Maximisation(unit=0, steps=2).run(Subject(model, images, "relu1", 0))
    assert "Its gradient was 0 all the way" in found.note


def test_total_variation_and_blur():
    values = torch.tensor([[[0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]])
    assert total_variation(values, (1, 2)) == pytest.approx(1 / 3 + 2 / 4)
    assert total_variation(values, ()) == 0
    smooth = blurred(torch.full((1, 2, 5, 4), 3.0), 1.5, (2, 3))
    np.testing.assert_allclose(smooth, 3.0, rtol=1e-6)
    line = torch.zeros(1, 9, 2)
    line[0, 4, 0] = 1.0
    wide = blurred(line, 1.0, (1,))[0]
    kernel = torch.exp(-0.5 * torch.arange(-3.0, 4.0) ** 2)
    np.testing.assert_allclose(wide[1:8, 0], kernel / kernel.sum(), atol=1e-6)
    assert not wide[:, 1].any()
