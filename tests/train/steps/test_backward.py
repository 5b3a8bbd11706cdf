"""Going backward by torch's engine is what ``loss.backward()`` is, to the bit."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from workbench.train.steps import backward as module
from workbench.train.steps.backward import backward

MODELS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "linear": (lambda: nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 3)), (5, 6)),
    "convolution": (lambda: nn.Sequential(nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4), nn.Flatten()), (5, 2, 5, 5)),
    "recurrent": (lambda: _Last(nn.GRU(3, 7, batch_first=True)), (5, 4, 3)),
    "shared": (lambda: _Twice(nn.Linear(6, 6)), (5, 6)),
}


class _Last(nn.Module):
    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, inputs: Tensor) -> Tensor:
        return self.inner(inputs)[0][:, -1]


class _Twice(_Last):
    def forward(self, inputs: Tensor) -> Tensor:
        return self.inner(torch.tanh(self.inner(inputs)))


def gradients(name: str, go: Callable[[Tensor], object], times: int = 1) -> list[Tensor]:
    torch.manual_seed(0)
    make, shape = MODELS[name]
    model, inputs = make(), torch.randn(shape)
    for _ in range(times):
        go((model(inputs) ** 2).mean())
    return [parameter.grad for parameter in model.parameters() if parameter.grad is not None]


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("times", [1, 3])
def test_the_gradients_are_those_of_torch(name: str, times: int) -> None:
    found, wanted = gradients(name, backward, times), gradients(name, Tensor.backward, times)
    assert len(found) == len(wanted) > 0
    assert all(map(torch.equal, found, wanted))


def test_hooks_are_called() -> None:
    weight = torch.ones(3, requires_grad=True)
    seen: list[Tensor] = []
    weight.register_hook(seen.append)
    weight.register_post_accumulate_grad_hook(lambda given: seen.append(given.grad))
    backward((2 * weight).sum())
    assert [given.tolist() for given in seen] == [[2, 2, 2], [2, 2, 2]]


def test_the_graph_is_let_go() -> None:
    loss = torch.ones(3, requires_grad=True).exp().sum()
    backward(loss)
    with pytest.raises(RuntimeError, match="second time"):
        backward(loss)


def test_a_nan_is_found_where_it_is_looked_for() -> None:
    """Anomaly mode, by which the first bad layer is named, is the engine's own."""
    weight = torch.zeros(2, requires_grad=True)
    with (
        pytest.warns(UserWarning, match="Anomaly|Error detected"),
        torch.autograd.set_detect_anomaly(True),
        pytest.raises(RuntimeError, match="nan values"),
    ):
        backward((weight * 0).sqrt().mul(0).sum())


def test_without_the_engine_it_is_torch_that_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = gradients("linear", backward)
    monkeypatch.setattr(module, "_ENGINE", None)
    assert all(map(torch.equal, gradients("linear", backward), wanted))
