"""How the time of a forward and a backward pass is shared by the layers."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from statistics import median
from time import perf_counter
from typing import Any

import torch
from torch import Tensor, nn

from workbench.build.model import StackModel

KEPT = 5
"""Passes whose median is taken: what else the machine did in one of them says nothing of a layer."""

Stamp = float | torch.cuda.Event


class LayerTimes:
    """Times layers by hooks, only in passes that are made inside `timed`.

    It is an estimate of each layer's share of a training step: what layers take when they run one by one,
    forward and backward, on the samples of a look. The optimiser's step isn't in it, and a compiled step may
    share its time otherwise. On CUDA the device's own time is measured, by events.
    """

    def __init__(self, model: StackModel) -> None:
        self._model = model
        self._cuda = any(parameter.is_cuda for parameter in model.parameters())
        self._forward: dict[str, tuple[Stamp, Stamp]] = {}
        self._backward: list[tuple[str, Stamp]] = []
        self._past: dict[str, deque[float]] = {name: deque(maxlen=KEPT) for name in model.layer_ids}

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Time the forward pass that is made within. Hooks are gone afterwards, also after an error."""
        self._forward, self._backward = {}, []
        begun: dict[str, Stamp] = {}

        def begin(name: str) -> None:
            begun[name] = self._now()

        def end(name: str) -> None:
            self._forward[name] = (begun[name], self._now())

        with ExitStack() as hooks:
            for name in self._model.layer_ids:
                layer: nn.Module = getattr(self._model, name)
                hooks.callback(layer.register_forward_pre_hook(_calling(begin, name)).remove)
                hooks.callback(layer.register_forward_hook(_calling(end, name)).remove)
            yield

    @contextmanager
    def timed_backward(self, outputs: Mapping[str, Tensor]) -> Iterator[None]:
        """Time the backward pass from ``outputs`` down, which is made within, and note the whole.

        A layer's part begins when the gradient by its output is there, and ends when the next layer's is:
        autograd runs one operation after the other.
        """
        with ExitStack() as hooks:
            for name, output in outputs.items():
                if output.requires_grad:

                    def note(_gradient: Tensor, name: str = name) -> None:
                        self._backward.append((name, self._now()))

                    handle = output.register_hook(note)  # type: ignore[no-untyped-call]
                    hooks.callback(handle.remove)
            yield
        self._backward.append(("", self._now()))
        self._keep()

    def shares(self) -> dict[str, float]:
        """Return each layer's share, 0 to 1, which add up to 1; nothing before a pass was timed."""
        seconds = {name: median(past) for name, past in self._past.items() if past}
        total = sum(seconds.values())
        return {name: spent / total for name, spent in seconds.items()} if total > 0 else {}

    def _keep(self) -> None:
        if self._cuda:
            torch.cuda.synchronize()
        spent = dict.fromkeys(self._past, 0.0)
        for name, (begun, ended) in self._forward.items():
            spent[name] += _between(begun, ended)
        for (name, begun), (_, ended) in zip(self._backward, self._backward[1:], strict=False):
            spent[name] += _between(begun, ended)
        for name, seconds in spent.items():
            self._past[name].append(seconds)

    def _now(self) -> Stamp:
        if not self._cuda:
            return perf_counter()
        event = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
        event.record()
        return event


def _calling(note: Any, name: str) -> Any:
    """Return a hook that only notes the layer's name."""
    return lambda *_: note(name)


def _between(begun: Stamp, ended: Stamp) -> float:
    """Seconds from one stamp to the other."""
    if isinstance(begun, torch.cuda.Event) and isinstance(ended, torch.cuda.Event):
        return float(begun.elapsed_time(ended)) / 1000
    return float(ended) - float(begun)  # type: ignore[arg-type]
