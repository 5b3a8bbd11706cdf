import numpy as np
import pytest
import torch
from layer_cases import ALL_CASES
from torch.nn import functional

from workbench.build.check import built
from workbench.errors import UserError
from workbench.graph import Graph
from workbench.graph.training import CTC, Huber, TripletMargin
from workbench.interpret.capture import capture
from workbench.interpret.observe import observe


def close(got, wanted):
    np.testing.assert_allclose(got, wanted.detach().numpy(), atol=1e-6, rtol=1e-6)


def by_hand(model, x):
    """The network of conftest, written out, with every layer's output kept."""
    x = x.clone().requires_grad_()
    out = {"x": x}
    out["conv1"] = model.conv1(x)
    out["bn1"] = functional.batch_norm(
        out["conv1"], model.bn1.running_mean, model.bn1.running_var, model.bn1.weight, model.bn1.bias
    )
    out["relu1"] = out["bn1"].relu()
    out["drop1"] = out["relu1"].view_as(out["relu1"])
    out["conv2"] = model.conv2(out["drop1"])
    out["add1"] = out["relu1"] + out["conv2"]
    out["flat1"] = out["add1"].flatten(1)
    out["fc1"] = model.fc1(out["flat1"])
    return out


def slopes(value, out):
    return dict(zip(out, torch.autograd.grad(value, list(out.values())), strict=True))


def test_all_layers_in_one_pass(model, images):
    x, y = torch.from_numpy(images.batch(np.arange(5))), torch.from_numpy(images.targets[:5])
    runs = []
    model.conv1.register_forward_hook(lambda *_: runs.append(1))

    found = capture(model, x, y, task="classification")

    assert len(runs) == 1
    out = by_hand(model, x)
    loss = functional.cross_entropy(out["fc1"], y)
    assert found.loss == pytest.approx(loss.item(), rel=1e-6)
    assert list(found.activations) == list(found.gradients) == list(model.layer_ids)
    for name, gradient in slopes(loss, out).items():
        close(found.activations[name], out[name])
        close(found.gradients[name], gradient)
    close(found.outputs, out["fc1"])
    close(found.probabilities, out["fc1"].softmax(1))
    assert found.predicted.tolist() == out["fc1"].argmax(1).tolist()
    # dropout hands its input on, yet its gradient isn't that of both ways that lead on from there
    assert not np.allclose(found.gradients["relu1"], found.gradients["drop1"])


def test_score_of_the_predicted_or_of_a_given_class(model, images):
    x = torch.from_numpy(images.batch(np.arange(5)))
    for classes in (None, torch.tensor([2, 1, 0, 1, 2])):
        found = capture(model, x, classes, task="classification", of="score")
        out = by_hand(model, x)
        chosen = out["fc1"].argmax(1) if classes is None else classes
        for name, gradient in slopes(out["fc1"].gather(1, chosen[:, None]).sum(), out).items():
            close(found.gradients[name], gradient)
    assert capture(model, x, task="classification").gradients == {}
    assert capture(model, x, task="classification").loss is None


def test_one_output_for_two_classes(ids_model, words):
    x, y = torch.from_numpy(words.inputs), torch.from_numpy(words.targets)
    found = capture(ids_model, x, y, task="classification")
    vectors = ids_model.emb(x).detach().requires_grad_()
    p = torch.sigmoid(ids_model.fc(ids_model.lstm(vectors)))
    loss = functional.binary_cross_entropy(p[:, 0], y.float())
    close(found.gradients["emb"], torch.autograd.grad(loss, vectors, retain_graph=True)[0])
    close(found.probabilities, torch.cat((1 - p, p), 1))
    assert found.loss == pytest.approx(loss.item(), rel=1e-6)
    assert set(found.activations) - set(found.gradients) == {"ids", "dead"}
    first = capture(ids_model, x, torch.zeros(4, dtype=torch.long), task="classification", of="score")
    close(first.gradients["emb"], -torch.autograd.grad(p.sum(), vectors)[0])


def test_regression(values_model, values):
    x, y = torch.from_numpy(values.inputs).requires_grad_(), torch.from_numpy(values.targets)
    found = capture(values_model, values.inputs, values.targets, task="regression", loss=Huber())
    output = values_model(x)
    loss = functional.huber_loss(output[:, 0], y)
    np.testing.assert_allclose(found.gradients["x"], torch.autograd.grad(loss, x)[0], rtol=1e-5)
    assert found.loss == pytest.approx(loss.item())
    assert found.probabilities is None
    np.testing.assert_allclose(found.predicted, output[:, 0].detach(), rtol=1e-6)


@pytest.mark.parametrize("of", ["loss", "score"])
def test_embeddings_have_no_loss_and_no_scores_of_classes(model, images, of):
    with pytest.raises(UserError, match=r"training\.loss: .*triplet"):
        capture(model, images.inputs, images.targets, task="classification", of=of, loss=TripletMargin())


def test_sequences():
    x = torch.randn(4, 6, 3, generator=torch.Generator().manual_seed(0), requires_grad=True)
    y = torch.tensor([0, 1, 0, 1])
    rows = [{"id": "x", "type": "Input", "params": {"shape": [6, 3]}}]
    model = built(Graph.model_validate({"layers": rows}))
    found = capture(model, x.detach(), y, task="classification", loss=CTC())
    logs = x.log_softmax(2).transpose(0, 1)
    losses = [
        functional.ctc_loss(logs, torch.full((4, 1), n), (6,) * 4, (1,) * 4, reduction="none") for n in (1, 2)
    ]
    both = -torch.stack(losses, 1)
    np.testing.assert_allclose(found.probabilities, both.detach().softmax(1), rtol=1e-4, atol=1e-6)
    assert np.array_equal(found.predicted, both.argmax(1))
    mean = torch.where(y == 0, *losses).mean()
    assert found.loss == pytest.approx(mean.item(), rel=1e-5)
    np.testing.assert_allclose(
        found.gradients["x"], torch.autograd.grad(mean, x, retain_graph=True)[0], rtol=1e-3, atol=1e-6
    )
    score = capture(model, x.detach(), y, task="classification", of="score", loss=CTC())
    np.testing.assert_allclose(
        score.gradients["x"], torch.autograd.grad(-torch.where(y == 0, *losses).sum(), x)[0], rtol=1e-3,
        atol=1e-6,
    )  # fmt: skip


def test_some_layers(model, images):
    x = images.batch(np.arange(2))
    found = capture(model, x, images.targets[:2], ["fc1", "relu1"], task="classification")
    assert list(found.activations) == list(found.gradients) == ["relu1", "fc1"]
    with pytest.raises(UserError, match=r"no layer 'relu9'.*x, conv1, bn1"):
        capture(model, x, layers=["relu9"], task="classification")


def test_nan_passes_through(model, images):
    with torch.no_grad():
        model.conv2.weight[0] = float("nan")
    found = capture(model, images.batch(np.arange(2)), images.targets[:2], task="classification")
    assert np.isnan(found.activations["conv2"]).any()
    assert np.isfinite(found.activations["relu1"]).all()
    assert np.isnan(found.loss)


@pytest.mark.parametrize("case", ALL_CASES, ids=str)
def test_any_layer(case):
    model = built(case.graph()).train()
    inputs = case.tensors(4)
    weights = {}

    def objective(outputs):
        generator = torch.Generator().manual_seed(1)
        weights["w"] = torch.randn(outputs.shape, generator=generator)
        return (outputs * weights["w"]).sum()

    seen = observe(model, inputs, objective, model.layer_ids)
    leaves = [t.clone().requires_grad_(t.is_floating_point()) for t in inputs]
    outputs = model.eval()(*leaves)
    torch.testing.assert_close(seen.activations[model.layer_ids[-1]], outputs.detach())
    floats = [n for n, leaf in enumerate(leaves) if leaf.requires_grad]
    if not outputs.requires_grad:  # whole numbers come out: nothing to differentiate
        assert not set(model.input_ids) & set(seen.gradients)
    elif floats:
        leaf_inputs = [leaves[n] for n in floats]
        wanted = torch.autograd.grad((outputs * weights["w"]).sum(), leaf_inputs, allow_unused=True)
        for n, gradient in zip(floats, wanted, strict=True):
            if gradient is None:
                assert model.input_ids[n] not in seen.gradients
            else:
                torch.testing.assert_close(seen.gradients[model.input_ids[n]], gradient)
    if outputs.is_floating_point():
        torch.testing.assert_close(seen.gradients[model.layer_ids[-1]], weights["w"])
