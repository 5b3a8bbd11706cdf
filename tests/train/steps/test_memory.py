import pytest
import torch
from plain_training import FEATURES, batches, cross_entropy, image_model, run, small_model, twins
from torch import nn

from workbench.graph.training import SGD, Adam, TrainingSection
from workbench.train.optimisers import optimiser
from workbench.train.steps import memory, step_for
from workbench.train.steps.memory_errors import ran_out

CPU = torch.device("cpu")
RAN_OUT = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB."),
    MemoryError(),
    RuntimeError("[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory"),
    RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 4000000000000 bytes."),
]


class Hungry(nn.Module):
    """Raises for batches above a size, in forward or in backward."""

    def __init__(self, model, most, error=RAN_OUT[0], backward=False):
        super().__init__()
        self.model = model
        self.most = most
        self.error = error
        self.backward = backward
        self.sizes = []

    def forward(self, inputs):
        self.sizes.append(len(inputs))
        if self.backward and len(inputs) > self.most:
            inputs = inputs.clone().requires_grad_()
            inputs.register_hook(self._fail)
        elif len(inputs) > self.most:
            raise self.error
        return self.model(inputs)

    def _fail(self, gradient):
        raise self.error


def a_step(model, section=None, **training):
    settings = TrainingSection(optimizer=section or SGD(), **training)
    optimizer = optimiser(settings.optimizer, model)
    return step_for(model, cross_entropy(), optimizer, settings, CPU), optimizer


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("error", RAN_OUT, ids=str)
def test_a_batch_that_memory_does_not_suffice_for_is_run_in_parts(error, backward):
    plain, model = twins(small_model())
    hungry = Hungry(model, most=4, error=error, backward=backward)
    step, optimizer = a_step(hungry)
    assert step.parts == 1
    losses = run(step, optimizer, batches(), SGD())
    assert step.parts == 4
    assert hungry.sizes[:7] == [16, 8, 4, 4, 4, 4, 4]
    usual, other = a_step(plain)
    assert torch.allclose(losses, run(usual, other, batches(), SGD()), rtol=1e-5)
    for mine, expected in zip(model.parameters(), plain.parameters(), strict=True):
        assert torch.allclose(mine, expected, atol=1e-6)


def test_the_same_random_numbers_are_drawn_again():
    inputs, targets = batches(1)[0]

    def loss(model, parts):
        step, _ = a_step(model, accumulate=parts)
        torch.manual_seed(7)
        found = step(inputs, targets)
        return found, torch.rand(3)

    dropout = [nn.Dropout(0.5)]
    started_in_parts, numbers = loss(small_model(extra=dropout), 4)
    ran_out, others = loss(Hungry(small_model(extra=dropout), most=4), 1)
    assert torch.equal(started_in_parts, ran_out)
    assert torch.equal(numbers, others)


def test_the_same_random_numbers_are_drawn_again_in_a_later_step():
    inputs, targets = batches(1)[0]

    def losses(model, parts):
        step, _ = a_step(model, accumulate=1)
        step(inputs, targets)
        if isinstance(model, Hungry):
            model.most = 4
        else:
            step._step.parts = parts
        torch.manual_seed(7)
        return step(inputs, targets), torch.rand(3)

    dropout = [nn.Dropout(0.5)]
    in_parts, numbers = losses(small_model(extra=dropout), 4)
    ran_out, others = losses(Hungry(small_model(extra=dropout), most=16), 1)
    assert torch.equal(in_parts, ran_out)
    assert torch.equal(numbers, others)


@pytest.mark.parametrize(("extra", "looks"), [((), 2), ((nn.Dropout(0.5),), 6)])
def test_where_no_numbers_are_drawn_nothing_is_kept_of_them(monkeypatch, extra, looks):
    seen = []
    look = memory.random_state
    monkeypatch.setattr(memory, "random_state", lambda device: seen.append(device) or look(device))
    step, optimizer = a_step(small_model(extra=list(extra)))
    run(step, optimizer, batches(5), SGD())
    assert len(seen) == looks


def test_it_goes_down_to_a_single_sample_and_no_further():
    hungry = Hungry(small_model(), most=0)
    step, _ = a_step(hungry)
    with pytest.raises(torch.OutOfMemoryError):
        step(*batches(1)[0])
    assert hungry.sizes == [16, 8, 4, 2, 1]


def test_batch_norm_gets_two_samples_at_least():
    hungry = Hungry(image_model(), most=1)
    step, _ = a_step(hungry)
    with pytest.raises(torch.OutOfMemoryError):
        step(*batches(1, size=6, shape=(3, 6, 6))[0])
    assert hungry.sizes == [6, 3, 2]


def test_nothing_is_tried_again_once_weights_are_being_changed(monkeypatch):
    step, optimizer = a_step(small_model(), Adam())
    monkeypatch.setattr(torch, "_fused_adam_", lambda *_, **__: (_ for _ in ()).throw(RAN_OUT[0]))
    monkeypatch.setattr(type(optimizer), "step", lambda _: (_ for _ in ()).throw(RAN_OUT[0]))
    step, _ = a_step(small_model(), Adam())
    with pytest.raises(torch.OutOfMemoryError):
        step(*batches(1)[0])
    assert step.parts == 1


def test_other_errors_go_through():
    assert not any(ran_out(error) for error in (RuntimeError("shape mismatch"), ValueError("memory")))
    step, _ = a_step(small_model())
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        step(torch.zeros(4, FEATURES + 1), torch.zeros(4, dtype=torch.int64))
    assert step.parts == 1


def test_torch_itself_runs_out_as_expected():
    with pytest.raises(RuntimeError) as error:
        torch.empty(2**60, dtype=torch.uint8)
    assert ran_out(error.value)
