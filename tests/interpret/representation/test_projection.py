import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from workbench.errors import UserError
from workbench.graph.training import TripletMargin
from workbench.interpret.representation import umap as umap_module
from workbench.interpret.representation.pca import Pca, principal
from workbench.interpret.representation.progress import listening, part
from workbench.interpret.representation.projection import before_the_answer, dense
from workbench.interpret.representation.tsne import Tsne
from workbench.interpret.representation.umap import Umap
from workbench.interpret.subject import Subject


def features(model, images, layer="relu1"):
    with torch.no_grad():
        inputs = torch.from_numpy(images.batch(np.arange(len(images))))
        model.eval()
        return model.relu1(model.bn1(model.conv1(inputs))).flatten(1).double().numpy()


def alike(got, wanted):
    """Equal but for the direction of each axis."""
    signs = np.sign((got * wanted).sum(0))
    np.testing.assert_allclose(got * signs, wanted, atol=1e-5)


def test_pca_by_hand(model, images):
    result = Pca().run(Subject(model, images, "relu1"))
    rows = features(model, images)
    left, sizes, _ = np.linalg.svd(rows - rows.mean(0), full_matrices=False)
    alike(result.arrays["points"], (left * sizes)[:, :2])
    shares = sizes**2 / (sizes**2).sum()
    np.testing.assert_allclose(result.arrays["explained_variance_ratio"], shares, atol=1e-6)
    assert result.figures["explained_variance"] == pytest.approx(shares[:2].sum(), abs=1e-6)
    assert "output of relu1, 108 features" in result.note


def test_many_components_are_the_same_as_all_of_them():
    rows = np.random.default_rng(0).normal(size=(600, 510)) * np.linspace(3, 1, 510)
    scores, shares, _ = principal(rows, 10, 0)  # ARPACK's
    left, sizes, _ = np.linalg.svd(rows - rows.mean(0), full_matrices=False)
    alike(scores, (left * sizes)[:, :10])
    np.testing.assert_allclose(shares, (sizes**2 / (sizes**2).sum())[:10], atol=1e-6)


def test_tsne_is_scikit_learns(model, images):
    from sklearn.manifold import TSNE

    result = Tsne(perplexity=2, iterations=300).run(Subject(model, images, "relu1"))
    wanted = TSNE(perplexity=2, init="pca", max_iter=300, random_state=0).fit_transform(
        features(model, images)
    )
    np.testing.assert_allclose(result.arrays["points"], wanted, rtol=1e-3, atol=1e-3)
    assert "perplexity 2" in result.note
    few = Tsne(perplexity=30, iterations=250).run(Subject(model, images, "relu1"))
    assert few.figures["perplexity"] == pytest.approx(8 / 3)  # 9 samples have no 30 neighbours


def test_umap_is_umap_learns(model, images):
    import warnings

    result = Umap(neighbours=4).run(Subject(model, images, "relu1"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from umap import UMAP

        wanted = UMAP(n_neighbors=4, n_epochs=500, random_state=0, n_jobs=1).fit_transform(
            features(model, images)
        )
    np.testing.assert_allclose(result.arrays["points"], wanted, atol=1e-4)


def test_umap_that_is_not_installed(model, images, monkeypatch):
    monkeypatch.setattr(umap_module, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r'umap-learn, which isn\'t installed.*pip install "model-workbench'):
        Umap().run(Subject(model, images, "relu1"))


def test_beside_the_points(model, images):
    result = Pca(samples=6).run(Subject(model, images, "conv2"))
    arrays, numbers = result.arrays, result.arrays["samples"]
    assert len(numbers) == 6
    with torch.no_grad():
        shares = model.eval()(torch.from_numpy(images.batch(numbers))).softmax(1).numpy()
    np.testing.assert_array_equal(arrays["true"], images.targets[numbers])
    np.testing.assert_array_equal(arrays["predicted"], shares.argmax(1))
    np.testing.assert_array_equal(arrays["error"], (shares.argmax(1) != images.targets[numbers]) * 1)
    np.testing.assert_allclose(arrays["confidence"], shares.max(1), atol=1e-6)


def test_values_and_embeddings(values_model, values, model, images):
    arrays = Pca().run(Subject(values_model, values, "tanh")).arrays
    with torch.no_grad():
        said = values_model(torch.from_numpy(values.inputs))[:, 0].numpy()
    np.testing.assert_allclose(arrays["error"], said - values.targets, rtol=1e-4)
    assert "confidence" not in arrays
    assert set(Pca().run(Subject(model, images, loss=TripletMargin())).arrays) == {
        "points", "samples", "true", "explained_variance_ratio",
    }  # fmt: skip
    # one feature makes a line
    line = Pca().run(Subject(values_model, values, "fc2")).arrays["points"]
    assert not line[:, 1].any()


def test_the_layer_that_is_chosen(model, images, values_model):
    assert before_the_answer(model) == "flat1"
    assert before_the_answer(values_model) == "tanh"
    assert "output of flat1" in Pca().run(Subject(model, images)).note


def test_nothing_to_map(model, images):
    with torch.no_grad():
        model.conv2.weight.zero_()
    with pytest.raises(UserError, match="layer conv2: its output is the same for all samples"):
        Pca().run(Subject(model, images, "conv2"))
    with pytest.raises(UserError, match="4 samples or more"):
        Pca().run(Subject(model, images, "conv1", samples=np.arange(3)))
    with torch.no_grad():
        model.conv2.weight[0] = torch.nan
    with pytest.raises(UserError, match="layer conv2: its output for sample 0 is no finite number"):
        Pca().run(Subject(model, images, "conv2"))


def test_tsne_tells_how_far_it_is_and_can_be_cancelled():
    told = []
    rows = np.random.default_rng(0).normal(size=(60, 70))
    method = Tsne(perplexity=5, iterations=1000)
    method.place(rows, lambda done, total: told.append(done))
    assert len(told) > 2
    assert 0 < max(told) <= 1000
    assert told == sorted(told)

    class Cancelled(Exception):  # noqa: N818
        pass

    def cancel(done, total):
        if done:
            raise Cancelled

    import sys

    with pytest.raises(Cancelled):
        method.place(rows, cancel)
    assert sys.getprofile() is None


def test_progress_of_parts():
    told = []
    with listening(part(lambda *what: told.append(what), 0.5, 1), "json", "loads", 2):
        import json

        json.loads("1")
    assert told == [(750, 1000)]


def test_neighbours_are_looked_for_among_principal_components():
    rows = np.random.default_rng(0).normal(size=(80, 200))
    few, said, put = dense(rows, 0)
    assert few.shape == (80, 50)
    assert "50 principal components" in said
    np.testing.assert_allclose(put(rows), few, atol=1e-9)
    whole, said, put = dense(rows[:, :50], 0)
    np.testing.assert_array_equal(whole, rows[:, :50])
    np.testing.assert_array_equal(put(rows[:3, :50]), rows[:3, :50])
    assert said == ""


def test_another_sample_finds_its_place_on_a_pca(model, images):
    fitted = Pca(samples=6).fit(Subject(model, images, "relu1"))
    numbers = fitted.result.arrays["samples"]
    for place in (0, 5):  # those of the map are where they were
        there = fitted.place(Subject(model, images, sample=int(numbers[place])))
        np.testing.assert_allclose(there, fitted.result.arrays["points"][place], atol=1e-4)
    rows = features(model, images)
    other = int(np.setdiff1d(np.arange(len(images)), numbers)[0])
    middle = rows[numbers].mean(0)
    axes = np.linalg.svd(rows[numbers] - middle, full_matrices=False)[2][:2]
    wanted = (rows[other] - middle) @ axes.T
    for sample in (other, images.batch(np.array([other]))[0]):  # of the data, and from elsewhere
        there = fitted.place(Subject(model, images, sample=sample))
        np.testing.assert_allclose(np.abs(there), np.abs(wanted), atol=1e-4)
    model.conv1.weight.data.fill_(torch.nan)
    with pytest.raises(UserError, match="layer relu1: its output for this sample is no finite number"):
        fitted.place(Subject(model, images, sample=other))


def test_another_sample_finds_its_place_on_a_umap(model, images):
    import warnings

    fitted = Umap(neighbours=3, samples=8).fit(Subject(model, images, "relu1"))
    numbers = fitted.result.arrays["samples"]
    other = int(np.setdiff1d(np.arange(len(images)), numbers)[0])
    there = fitted.place(Subject(model, images, sample=other))
    rows = features(model, images)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from umap import UMAP

        plain = UMAP(n_neighbors=3, n_epochs=500, init="random", random_state=0, n_jobs=1).fit(rows[numbers])
        wanted = plain.transform(rows[[other]])[0]
    np.testing.assert_allclose(there, wanted, atol=1e-3)
    np.testing.assert_array_equal(there, fitted.place(Subject(model, images, sample=other)))
    assert Umap().patience() == ""  # where numba's compiler is off, as here, nothing is


@pytest.mark.parametrize(("signatures", "said"), [([], "UMAP compiles its code first"), (["f4"], "")])
def test_umap_tells_that_it_compiles_once(monkeypatch, signatures, said):
    function = SimpleNamespace(signatures=signatures)  # as numba's dispatchers have them
    monkeypatch.setitem(sys.modules, "umap.umap_", SimpleNamespace(smooth_knn_dist=function))
    assert Umap().patience().startswith(said)
    assert bool(Umap().patience()) == bool(said)
    monkeypatch.delitem(sys.modules, "umap.umap_")
    assert "once after each start" in Umap().patience()
    assert Pca().patience() == Tsne().patience() == ""


def test_tsne_takes_no_other_sample(model, images):
    fitted = Tsne(perplexity=2, iterations=250).fit(Subject(model, images, "relu1"))
    with pytest.raises(UserError, match=r"t-SNE can't place a sample .* Use PCA or UMAP"):
        fitted.place(Subject(model, images, sample=0))


@pytest.mark.parametrize("scale", [2.0**120, 2.0**-120])
def test_very_large_and_small_activations_are_scaled(scale):
    rows = np.random.default_rng(0).normal(size=(40, 6))
    rows[0, 0] = 1.5 * 4  # so that they are scaled to what stands here
    for method in (Tsne(perplexity=5, iterations=250), Umap(neighbours=5)):
        plain = method.place(rows / 4, lambda done, total: None)
        placed = method.place(rows * scale, lambda done, total: None)
        np.testing.assert_array_equal(placed.points, plain.points)
        assert "were scaled first" in placed.said
        assert "scaled" not in plain.said
    points = Pca().place(rows * scale, lambda done, total: None).points
    np.testing.assert_allclose(points / scale, Pca().place(rows, lambda *_: None).points, rtol=1e-9)


def test_the_largest_numbers_can_be_mapped(model, images):
    with torch.no_grad():
        model.conv2.weight[0] *= 1e30
    for method in (Pca(), Tsne(perplexity=2, iterations=250)):
        points = method.run(Subject(model, images, "conv2")).arrays["points"]
        assert np.isfinite(points).all()
        assert np.ptp(points) > 0
