"""What training sets in the thread that runs it, and puts back whenever it is suspended."""

from __future__ import annotations

from types import TracebackType

import torch

SMALL_STEP = 100e6
"""FLOPs of a step below which a second thread costs more than it gives.

Measured on two cores: under it two threads gain nothing, and where anything else wants a core, each step
waits up to a hundred times as long for the second thread.
"""


class ThreadSettings:
    """Denormal numbers flushed to zero (Adam's moments become denormal and slow it four times), and one
    thread for small steps on the CPU.

    The number of threads follows from the model and batch size alone, so that resuming computes alike.
    """

    def __init__(self, step_flops: float, device: torch.device) -> None:
        self._one_thread = device.type == "cpu" and step_flops < SMALL_STEP
        self._threads = 1

    def __enter__(self) -> None:
        torch.set_flush_denormal(True)
        if self._one_thread:
            self._threads = torch.get_num_threads()
            torch.set_num_threads(1)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._one_thread:
            torch.set_num_threads(self._threads)
        torch.set_flush_denormal(False)
