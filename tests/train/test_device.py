import pytest
import torch

from workbench.errors import UserError
from workbench.train import device


def test_cpu_is_always_there():
    assert device.resolve("cpu") == torch.device("cpu")
    assert device.describe(torch.device("cpu")) == "cpu"


def test_auto_without_cuda_is_the_cpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert device.resolve("auto") == torch.device("cpu")


def test_cuda_where_there_is_none_says_what_to_do(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(UserError, match=r"no CUDA device .* Use cpu, or install an NVIDIA driver"):
        device.resolve("cuda")


def test_other_names_are_refused():
    with pytest.raises(UserError, match="no device is called 'tpu'"):
        device.resolve("tpu")


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_cuda_is_described_by_its_card():
    found = device.resolve("auto")
    assert device.describe(found) == f"cuda:0 · {torch.cuda.get_device_name(found)}"
