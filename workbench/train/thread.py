"""What training sets in the thread that runs it, and puts back whenever it is suspended."""

from __future__ import annotations

from types import TracebackType
from typing import Any

import torch

SMALL_STEP = 100e6
"""FLOPs of a step below which a second thread costs more than it gives.

Measured on two cores: under it two threads gain nothing, and where anything else wants a core, each step
waits up to a hundred times as long for the second thread.
"""


class ThreadSettings:
    """Denormal numbers flushed to zero (Adam's moments become denormal and slow it four times), one thread
    for small steps on the CPU, and on CUDA whether float32 products may be rounded to TF32.

    The number of threads follows from the model and batch size alone, so that resuming computes alike.
    ``tf32``: None leaves it as it is. The setting is the whole process's, so it holds only meanwhile.
    """

    def __init__(self, step_flops: float, device: torch.device, tf32: bool | None = None) -> None:
        self.one_thread = device.type == "cpu" and step_flops < SMALL_STEP
        """Whether it computes on one thread, however many torch would use."""
        self._threads = 1
        self._products = None if tf32 is None or device.type != "cuda" else "tf32" if tf32 else "ieee"
        self._products_before: list[str] = []

    def __enter__(self) -> None:
        torch.set_flush_denormal(True)
        if self.one_thread:
            self._threads = torch.get_num_threads()
            torch.set_num_threads(1)
        if self._products:
            self._products_before = products()
            set_products([self._products] * len(self._products_before))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._products:
            set_products(self._products_before)
        if self.one_thread:
            torch.set_num_threads(self._threads)
        torch.set_flush_denormal(False)


def products() -> list[str]:
    """Return how CUDA computes float32 products, convolutions and recurrent layers: tf32, ieee or none."""
    return [place.fp32_precision for place in _places()]


def set_products(precisions: list[str]) -> None:
    """Set what `products` returns."""
    for place, precision in zip(_places(), precisions, strict=True):
        place.fp32_precision = precision


def _places() -> tuple[Any, ...]:
    cudnn: Any = torch.backends.cudnn
    return torch.backends.cuda.matmul, cudnn.conv, cudnn.rnn
