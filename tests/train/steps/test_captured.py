"""Steps as CUDA graphs: what decides on them and surrounds them anywhere, the graphs themselves on a GPU."""

import copy

import pytest
import torch
from plain_training import batches, cross_entropy, image_model, run, small_model, twins
from torch import nn

from workbench.graph.training import (
    LBFGS,
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    AdamW,
    Muon,
    NAdam,
    RAdam,
    RMSprop,
    TrainingSection,
)
from workbench.train.ema import Ema
from workbench.train.optimisers import optimiser
from workbench.train.steps import captured, step_for
from workbench.train.steps.captured import Captured, can_capture
from workbench.train.steps.eager import Eager, parameters
from workbench.train.steps.gradients import Gradients
from workbench.train.steps.precision import Precision
from workbench.train.steps.rehearsal import rehearsal

CPU = torch.device("cpu")
CUDA = torch.device("cuda", 0)
CAPTURED = [SGD(momentum=0), SGD(), Adam(weight_decay=0.1), AdamW(), NAdam(), RAdam(), Adadelta(), RMSprop()]
needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")


def a_step(model, device=CPU, flops=1e6, **training):
    settings = TrainingSection(batch_size=16, **training)
    optimizer = optimiser(settings.optimizer, model)
    return step_for(model, cross_entropy(), optimizer, settings, device, step_flops=flops), optimizer


class Pretended(nn.Module):
    """A model whose weights say that they are on a GPU."""

    def parameters(self, recurse=True):
        return iter([type("Weight", (), {"device": CUDA, "requires_grad": True})()])


@pytest.mark.parametrize(
    ("section", "device", "flops", "training", "expected"),
    [
        (Adam(), CUDA, 1e6, {}, True),
        (SGD(), CUDA, 1e6, {"precision": "bfloat16"}, True),
        (NAdam(), CUDA, 1e6, {}, True),
        (Adam(), CPU, 1e6, {}, False),
        (Adam(), CUDA, 1e12, {}, False),
        (Adam(), CUDA, 0, {}, False),
        (Adam(), CUDA, 1e6, {"precision": "float16"}, False),
        (Adam(), CUDA, 1e6, {"accumulate": 2}, False),
        (LBFGS(), CUDA, 1e6, {}, False),
        (Muon(), CUDA, 1e6, {}, False),
    ],
    ids=str,
)
def test_small_steps_on_cuda_are_captured(section, device, flops, training, expected):
    settings = TrainingSection(optimizer=section, **training)
    optimizer = optimiser(section, small_model())
    found = can_capture(Pretended(), optimizer, settings, device, flops, settings.accumulate)
    assert found is expected


def test_weights_on_the_cpu_are_not_captured():
    model = small_model()
    assert not can_capture(model, optimiser(Adam(), model), TrainingSection(), CUDA, 1e6, 1)


@pytest.mark.parametrize("begun", [False, True])
@pytest.mark.parametrize("section", [*CAPTURED, Adagrad()], ids=str)
def test_a_rehearsal_leaves_no_trace(section, begun):
    """Neither before the first step nor later, in weights, averages, buffers, moments or random numbers."""
    torch.manual_seed(0)
    model, plain = twins(image_model())
    settings = TrainingSection(optimizer=section, ema=0.9, mixup=0.4)
    steps, optimizers = [], []
    for one in (model, plain):
        optimizers.append(optimiser(section, one))
        steps.append(step_for(one, cross_entropy(), optimizers[-1], settings, CPU))
    data = batches(6, shape=(3, 6, 6))
    torch.manual_seed(4)
    expected = run(steps[1], optimizers[1], data, section)
    torch.manual_seed(4)
    found = [run(steps[0], optimizers[0], data[:3] if begun else [], section)] if begun else []
    with rehearsal(model, optimizers[0], steps[0].ema, CPU):
        for inputs, targets in batches(3, seed=8, shape=(3, 6, 6)):
            steps[0](inputs, targets)
    rest = data[3:] if begun else data
    for number, (inputs, targets) in enumerate(rest, start=len(data) - len(rest)):
        optimizers[0].param_groups[0]["lr"] = section.lr / (1 + number)
        found.append(steps[0](inputs, targets).reshape(1))
    assert torch.equal(torch.cat(found), expected)
    for mine, other in zip(model.state_dict().values(), plain.state_dict().values(), strict=True):
        assert torch.equal(mine, other)
    for mine, other in zip(steps[0].state().values(), steps[1].state().values(), strict=True):
        assert torch.equal(mine, other)


@pytest.fixture
def recorder(monkeypatch):
    """Stand in for CUDA graphs: a "graph" that runs the step which it would replay, on the CPU."""

    class Graph:
        def replay(self):
            self.loss.copy_(self.learn())

    def record(self, inputs, targets):
        recordings.append(len(inputs))
        with rehearsal(self._model, self._optimizer, self.ema, CPU):
            batch = captured._copy(self._eager.batch(inputs, targets))
        graph = Graph()
        graph.learn = lambda: self._eager.learn(batch)
        graph.loss = torch.zeros(())
        return captured._Recording(graph, batch, graph.loss)

    recordings = []
    monkeypatch.setattr(Captured, "_record", record)
    monkeypatch.setattr(captured, "can_capture", lambda *_: True)
    monkeypatch.setattr("workbench.train.steps.choice.can_capture", lambda *_: True)
    return recordings


@pytest.mark.parametrize("training", [{}, {"mixup": 0.4, "ema": 0.9, "clip_norm": 0.1}], ids=str)
def test_what_is_replayed_is_the_step_with_its_own_batch_and_rate(recorder, training):
    model, plain = twins(small_model())
    section = SGD()
    step, optimizer = a_step(model, optimizer=section, **training)
    assert isinstance(step, Captured)
    data = batches(6, last=5)
    torch.manual_seed(2)
    losses = run(step, optimizer, data, section)
    usual = TrainingSection(optimizer=section, **training)
    other = optimiser(section, plain)
    eager = _eager_of(plain, other, usual)
    torch.manual_seed(2)
    assert torch.equal(losses, run(eager, other, data, section))
    assert recorder == [16, 5]


def _eager_of(model, optimizer, settings):
    precision = Precision("float32", CPU)
    gradients = Gradients(model, cross_entropy(), parameters(optimizer), precision)
    return Eager(gradients, optimizer, settings, precision, Ema(model, 0.9) if settings.ema else None)


def test_another_weight_decay_or_state_is_captured_anew(recorder):
    model = small_model()
    step, optimizer = a_step(model, optimizer=SGD())
    inputs, targets = batches(1)[0]
    for _ in range(2):
        step(inputs, targets)
    assert recorder == [16]
    optimizer.param_groups[0]["weight_decay"] = 0.1
    step(inputs, targets)
    assert recorder == [16, 16]
    optimizer.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    step(inputs, targets)
    step(inputs, targets)
    assert recorder == [16, 16, 16]


def test_only_a_few_sizes_are_captured(recorder):
    step, _ = a_step(small_model(), optimizer=SGD())
    for size in range(2, 12):
        step(*batches(1, size=size)[0])
    assert recorder == [2, 3, 4, 5]


@pytest.mark.cuda
@needs_cuda
@pytest.mark.parametrize("training", [{}, {"clip_norm": 0.1, "l1": 0.01, "ema": 0.9}], ids=str)
@pytest.mark.parametrize("section", CAPTURED, ids=str)
def test_graphs_give_the_losses_of_plain_steps(section, training):
    model, plain = twins(small_model().to(CUDA))
    data = [(inputs.to(CUDA), targets.to(CUDA)) for inputs, targets in batches(12, last=5)]
    step, optimizer = a_step(model, CUDA, optimizer=section, **training)
    usual, other = a_step(plain, CUDA, flops=0, optimizer=section, **training)
    assert isinstance(step, Captured)
    assert not isinstance(usual, Captured)
    losses = run(step, optimizer, data, section)
    assert step._capturing, "it was captured"
    assert torch.allclose(losses, run(usual, other, data, section), rtol=1e-5, atol=1e-6)


@pytest.mark.cuda
@needs_cuda
def test_graphs_draw_new_random_numbers_each_step_and_follow_the_random_state():
    def losses(flops):
        model = small_model(extra=[nn.Dropout(0.5)]).to(CUDA)
        step, _ = a_step(model, CUDA, flops=flops, optimizer=SGD(lr=1e-9, momentum=0), mixup=0.4)
        inputs, targets = (tensor.to(CUDA) for tensor in batches(1)[0])
        torch.cuda.manual_seed(5)
        return torch.stack([step(inputs, targets) for _ in range(6)])

    captured_losses = losses(1e6)
    assert len(set(captured_losses.tolist())) == 6
    assert torch.equal(captured_losses, losses(1e6))


@pytest.mark.cuda
@needs_cuda
def test_what_waits_for_the_gpu_is_run_as_it_is():
    class Waiting(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(12, 4)

        def forward(self, inputs):
            outputs = self.layer(inputs)
            return outputs if outputs.sum().item() > 0 else -outputs

    model, plain = twins(Waiting().to(CUDA))
    data = [(inputs.to(CUDA), targets.to(CUDA)) for inputs, targets in batches(4)]
    step, optimizer = a_step(model, CUDA)
    usual, other = a_step(plain, CUDA, flops=0)
    losses = run(step, optimizer, data, Adam())
    assert torch.allclose(losses, run(usual, other, data, Adam()), rtol=1e-5)
