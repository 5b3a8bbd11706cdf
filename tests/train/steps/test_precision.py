import pytest
import torch
from plain_training import batches, cross_entropy, image_model, run, small_model, twins
from torch import nn

from workbench.errors import UserError
from workbench.graph.training import LBFGS, SGD, Adam, TrainingSection
from workbench.train.memory_format import lay_out
from workbench.train.optimisers import optimiser
from workbench.train.steps import step_for
from workbench.train.steps.eager import Eager, parameters
from workbench.train.steps.gradients import Gradients
from workbench.train.steps.precision import Precision, check

CPU = torch.device("cpu")


def a_step(model, **training):
    settings = TrainingSection(**training)
    lay_out(model, settings, CPU)
    optimizer = optimiser(settings.optimizer, model)
    return step_for(model, cross_entropy(), optimizer, settings, CPU), optimizer


def test_bfloat16_computes_as_torch_s_autocast_does():
    model, plain = twins(image_model())
    step, _ = a_step(model, precision="bfloat16", channels_last="off", optimizer=SGD())
    inputs, targets = batches(1, shape=(3, 6, 6))[0]
    loss = step(inputs, targets)
    with torch.autocast("cpu", torch.bfloat16):
        outputs = plain(inputs)
    expected = nn.functional.cross_entropy(outputs.float(), targets)
    expected.backward()
    assert outputs.dtype == torch.bfloat16
    assert torch.equal(loss, expected)
    assert loss.dtype == torch.float32
    for mine, other in zip(model.parameters(), plain.parameters(), strict=True):
        assert mine.dtype == mine.grad.dtype == torch.float32
        assert torch.equal(mine.grad, other.grad)


def test_float16_is_refused_where_it_can_not_be_had():
    with pytest.raises(UserError, match="float16 needs a CUDA device"):
        a_step(small_model(), precision="float16")
    model = small_model()
    with pytest.raises(UserError, match="LBFGS"):
        check("float16", optimiser(LBFGS(), model), torch.device("cuda"))


def scaled(model, **training):
    """A step in float16 on the CPU, which runs it for layers as simple as these."""
    settings = TrainingSection(optimizer=SGD(), **training)
    optimizer = optimiser(settings.optimizer, model)
    precision = Precision("float16", CPU)
    gradients = Gradients(model, cross_entropy(), parameters(optimizer), precision)
    return Eager(gradients, optimizer, settings, precision), optimizer, precision


@pytest.mark.parametrize("training", [{}, {"clip_norm": 0.1}, {"l2": 0.1}], ids=str)
def test_scaled_gradients_change_weights_as_unscaled_ones_do(training):
    model, plain = twins(small_model())
    step, optimizer, _ = scaled(model, **training)
    usual, other = a_step(plain, optimizer=SGD(), **training)
    losses = run(step, optimizer, batches(), SGD())
    assert torch.allclose(losses, run(usual, other, batches(), SGD()), rtol=0.01)
    for mine, expected in zip(model.parameters(), plain.parameters(), strict=True):
        assert torch.allclose(mine, expected, atol=0.01)


def test_gradients_that_overflow_change_nothing_but_the_scale():
    model = small_model()
    step, _, precision = scaled(model)
    before = [parameter.detach().clone() for parameter in model.parameters()]
    precision.scaler._scale.fill_(1e38)
    inputs, targets = batches(1)[0]
    assert torch.isfinite(step(inputs * 100, targets))
    assert all(torch.equal(now, then) for now, then in zip(model.parameters(), before, strict=True))
    assert float(step.state()["scaler.scale"]) == pytest.approx(5e37)


def test_the_scale_is_kept_and_taken_over():
    step, _, precision = scaled(small_model())
    precision.scaler._scale.fill_(1024.0)
    precision.scaler._growth_tracker.fill_(7)
    state = {name: tensor.clone() for name, tensor in step.state().items()}
    other, _, taken = scaled(small_model())
    other.restore(state)
    assert taken.scaler.get_scale() == 1024.0
    assert taken.scaler._get_growth_tracker() == 7


def test_channels_may_be_last_in_memory():
    model, plain = twins(image_model())
    data = batches(4, shape=(3, 6, 6))
    step, optimizer = a_step(model, channels_last="on", optimizer=SGD())
    usual, other = a_step(plain, optimizer=SGD())
    assert model[0].weight.is_contiguous(memory_format=torch.channels_last)
    losses = run(step, optimizer, data, SGD())
    assert torch.allclose(losses, run(usual, other, data, SGD()), rtol=1e-4)


def test_a_checkpoint_s_moments_fit_weights_with_their_channels_last():
    def trained(stop):
        model = image_model()
        step, optimizer = a_step(model, channels_last="on", optimizer=Adam())
        for number, (inputs, targets) in enumerate(batches(6, shape=(3, 6, 6))):
            if number == stop:
                state = optimizer.state_dict()["state"]
                copies = {n: {k: v.clone().contiguous() for k, v in s.items()} for n, s in state.items()}
                optimizer.load_state_dict({**optimizer.state_dict(), "state": copies})
            loss = step(inputs, targets)
        return loss

    assert torch.equal(trained(None), trained(3))


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_lower_precision_learns_on_cuda(precision):
    device = torch.device("cuda", 0)
    model = image_model().to(device)
    settings = TrainingSection(precision=precision)
    optimizer = optimiser(settings.optimizer, model)
    step = step_for(model, cross_entropy(), optimizer, settings, device, step_flops=1e6)
    inputs, targets = (tensor.to(device) for tensor in batches(1, shape=(3, 6, 6))[0])
    losses = [float(step(inputs, targets)) for _ in range(40)]
    assert losses[-1] < losses[0] / 2
