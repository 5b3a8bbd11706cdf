import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from workbench.errors import UserError
from workbench.interpret.representation import layer_features as module
from workbench.interpret.representation.layer_features import finite, layer_features
from workbench.interpret.representation.shrink import Shrink
from workbench.interpret.subject import Subject


def test_rows_are_what_layers_give_in_eval_mode(model, images, monkeypatch):
    monkeypatch.setattr(module, "batch_size", lambda *_: 4)  # 9 samples in three batches
    model.train()
    told = []
    subject = Subject(model, images, progress=lambda done, total: told.append((done, total)))
    numbers = np.array([8, 0, 1, 2, 3, 4, 5, 6, 7])
    found = layer_features(subject, ["fc1", "conv1"], numbers, 4096)
    model.eval()
    inputs = torch.from_numpy(images.batch(numbers))
    with torch.no_grad():
        np.testing.assert_allclose(found.features["conv1"], model.conv1(inputs).flatten(1), atol=1e-6)
        np.testing.assert_allclose(found.features["fc1"], model(inputs), atol=1e-6)
        np.testing.assert_allclose(found.outputs, model(inputs), atol=1e-6)
    assert list(found.features) == ["conv1", "fc1"]
    assert told == [(0, 9), (4, 9), (8, 9), (9, 9)]
    assert found.note == ""


def test_large_maps_are_averaged_and_said_to_be(model, images):
    numbers = np.arange(9)
    found = layer_features(Subject(model, images), ["conv1"], numbers, 40)  # of 3×6×6
    with torch.no_grad():
        maps = model.eval().conv1(torch.from_numpy(images.batch(numbers)))
    np.testing.assert_allclose(
        found.features["conv1"], functional.adaptive_avg_pool2d(maps, (3, 3)).flatten(1), atol=1e-6
    )
    assert found.note == " Made smaller first: conv1 averaged to 3×3×3."


def test_long_vectors_are_hashed_alike_each_time():
    rows = torch.randn(40, 5000, generator=torch.Generator().manual_seed(0))
    small = Shrink((5000,), 2000)(rows)
    assert small.shape == (40, 2000)
    assert torch.equal(small, Shrink((5000,), 2000)(rows))
    whole, kept = rows @ rows.T / 5000, small @ small.T / 5000
    assert (whole - kept).abs().max() < 0.12  # inner products stay about what they were


@given(st.lists(st.integers(1, 40), min_size=0, max_size=4), st.integers(1, 200))
def test_never_longer_than_asked(shape, most):
    shrink = Shrink(tuple(shape), most)
    rows = shrink(torch.ones(2, *shape))
    assert rows.shape == (2, shrink.features)
    assert shrink.features <= most
    assert (shrink.how == "") == (int(np.prod(shape)) <= most)


def test_not_finite(model, images):
    with pytest.raises(UserError, match=r"layer fc1: its output for sample 7 is no finite number"):
        finite(np.array([[1.0, 2], [3, np.nan]], np.float32), "fc1", np.array([5, 7]))
