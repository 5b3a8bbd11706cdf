import pytest
import torch
from plain_training import image_model, small_model
from torch.optim.swa_utils import AveragedModel

from workbench.errors import UserError
from workbench.train.ema import Ema


def change(model, number):
    torch.manual_seed(number)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter))


@pytest.mark.parametrize("decay", [0.0, 0.3, 0.999])
def test_averages_are_those_of_torch_with_the_decay_of_each_update(decay):
    model = image_model()

    def averaged(average, weight, number):
        share = min(decay, (1 + int(number) - 1) / (10 + int(number) - 1))
        return share * average + (1 - share) * weight

    ours = Ema(model, decay)
    theirs = AveragedModel(model, avg_fn=averaged)
    theirs.n_averaged += 1  # torch takes the first weights as they are; ours begins with those of the start
    for number in range(20):
        change(model, number)
        ours.update()
        theirs.update_parameters(model)
    ours.swap()
    for mine, other in zip(model.parameters(), theirs.module.parameters(), strict=True):
        assert torch.allclose(mine, other, rtol=1e-5, atol=1e-6)


def test_swapping_twice_changes_nothing_and_buffers_stay():
    model = image_model()
    ema = Ema(model, 0.9)
    change(model, 0)
    ema.update()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    ema.swap()
    assert ema.swapped
    assert not torch.equal(model[0].weight, before["0.weight"])
    assert torch.equal(model[1].running_mean, before["1.running_mean"])
    ema.swap()
    assert not ema.swapped
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())


def test_it_goes_on_from_its_state():
    def average(stop):
        model = small_model()
        ema = Ema(model, 0.99)
        for number in range(10):
            if number == stop:
                state = {name: tensor.clone() for name, tensor in ema.state().items()}
                ema = Ema(small_model(seed=5), 0.99)
                ema._weights = [parameter.detach() for parameter in model.parameters()]
                ema.restore(state)
            change(model, number)
            ema.update()
        return ema.state()

    straight, resumed = average(None), average(4)
    assert all(torch.equal(straight[name], resumed[name]) for name in straight)


def test_averages_of_another_stack_are_refused():
    with pytest.raises(UserError, match="averaged weights are of another stack"):
        Ema(small_model(), 0.9).restore(Ema(image_model(), 0.9).state())
