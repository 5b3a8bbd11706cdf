import pytest
import torch
from torch import nn

from workbench.graph.training import TrainingSection
from workbench.train.memory_format import has_channels_last, lay_out

CPU = torch.device("cpu")


def network() -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(64, 2))


@pytest.mark.parametrize(
    ("choice", "device", "last"),
    [("auto", "cpu", True), ("auto", "cuda", False), ("on", "cuda", True), ("off", "cpu", False)],
)
def test_who_has_channels_last(choice, device, last):
    model = network()  # a device is only asked for its type
    lay_out(model, TrainingSection(channels_last=choice), torch.device(device))
    assert has_channels_last(list(model.parameters())) is last


def test_what_has_no_convolution_stays_as_it_is():
    model = nn.Sequential(nn.Linear(3, 2))
    lay_out(model, TrainingSection(channels_last="auto"), CPU)
    assert not has_channels_last(list(model.parameters()))
    gray = nn.Conv2d(1, 4, 3)  # a single channel lies both ways at once
    assert not has_channels_last(list(gray.parameters()))


@pytest.mark.parametrize(
    ("written", "read"), [(True, "on"), (False, "off"), ("true", "on"), ("auto", "auto")]
)
def test_files_from_when_it_was_a_switch(written, read):
    assert TrainingSection.model_validate({"channels_last": written}).channels_last == read
