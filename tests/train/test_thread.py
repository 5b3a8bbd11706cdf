import torch

from workbench.train import thread
from workbench.train.thread import SMALL_STEP, ThreadSettings

CPU = torch.device("cpu")


def halved():
    """A number that is denormal, unless those are flushed to zero."""
    return float(torch.tensor([torch.finfo(torch.float32).tiny]) / 2)


def test_denormal_numbers_are_flushed_only_meanwhile():
    with ThreadSettings(0, CPU):
        assert halved() == 0
    assert halved() > 0


def test_small_steps_take_one_thread():
    threads = torch.get_num_threads()
    with ThreadSettings(SMALL_STEP / 2, CPU):
        assert torch.get_num_threads() == 1
    with ThreadSettings(SMALL_STEP * 2, CPU):
        assert torch.get_num_threads() == threads
    assert torch.get_num_threads() == threads


def test_tf32_is_set_for_cuda_and_put_back():
    before = thread.products()
    cuda = torch.device("cuda")
    with ThreadSettings(0, cuda, tf32=True):
        assert thread.products() == ["tf32"] * 3
    with ThreadSettings(0, cuda, tf32=False):
        assert thread.products() == ["ieee"] * 3
    with ThreadSettings(0, cuda), ThreadSettings(0, CPU, tf32=True):
        assert thread.products() == before
    assert thread.products() == before
