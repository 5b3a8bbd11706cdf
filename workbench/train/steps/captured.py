"""A whole step as a CUDA graph: the GPU is told once what to do, and then only to do it again.

A small model's step is dozens of kernels that take a few microseconds each, while it takes the CPU longer
than that to ask for one. See https://docs.pytorch.org/docs/stable/notes/cuda.html#cuda-graphs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from workbench.graph.training import TrainingSection
from workbench.train.ema import Ema
from workbench.train.mixup import Batch
from workbench.train.steps.eager import Eager
from workbench.train.steps.memory import Sparing
from workbench.train.steps.rehearsal import rehearsal

SMALL_STEP = 20e9
"""FLOPs of a step above which the GPU is busy longer than it is waited for."""
_WARM_UP = 3
"""Steps before capturing, as torch's documentation has it: libraries set themselves up, states are made."""
_MOST = 4
"""Sizes of batches that graphs are made for: each keeps memory of its own."""

_Key = tuple[torch.Size | None, ...]


def can_capture(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    training: TrainingSection,
    device: torch.device,
    step_flops: float,
    parts: int,
) -> bool:
    """Whether steps are small, on CUDA, in one process, and their optimiser never waits for the GPU."""
    lone = not (torch.distributed.is_available() and torch.distributed.is_initialized())
    groups = optimizer.param_groups
    tensors_only = all("capturable" in group or group.get("fused") for group in groups)
    return (
        device.type == "cuda"
        and lone
        and 0 < step_flops < SMALL_STEP
        and parts == 1
        and training.precision != "float16"  # its scale is looked at on the CPU
        and type(optimizer).__module__.startswith("torch.optim")
        and tensors_only
        and all(parameter.device.type == "cuda" for parameter in model.parameters())
    )


@dataclass(frozen=True)
class _Recording:
    """A graph, the batch that it reads, and the loss that it writes."""

    graph: torch.cuda.CUDAGraph
    batch: Batch
    loss: Tensor


class Captured:
    """Steps that are captured at the first batch of a size and replayed for all others of it.

    Capturing changes neither weights nor random numbers. Learning rates are read from a tensor on the
    device; another weight decay, or a state that the optimiser has loaded, makes a new graph. Where a step
    can't be captured, or memory doesn't suffice for it, ``sparing`` runs them all.
    """

    def __init__(
        self,
        sparing: Sparing,
        eager: Eager,
        model: nn.Module,
        optimizer: torch.optim.Optimizer,
        device: torch.device,
    ) -> None:
        self._sparing = sparing
        self._eager = eager
        self._model = model
        self._optimizer = optimizer
        self._device = device
        self._capturing = True
        self._recordings: dict[_Key, _Recording] = {}
        self._state: object = None
        self._decays: list[object] = []
        self._rates = [torch.zeros((), device=device) for _ in optimizer.param_groups]
        self._rates_now: list[float] = [0.0] * len(self._rates)
        for group in optimizer.param_groups:
            if "capturable" in group:
                group["capturable"] = True

    @property
    def note(self) -> str:
        """What a person should be told, as a sentence; or ""."""
        return self._sparing.note

    @property
    def parts(self) -> int:
        """How many parts a batch is run in."""
        return self._sparing.parts

    @property
    def ema(self) -> Ema | None:
        """The averaged weights."""
        return self._sparing.ema

    def __call__(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """Learn from a batch; return its mean loss."""
        if not self._capturing or self.parts > 1:
            return self._sparing(inputs, targets)
        self._follow_settings()
        key = (inputs.shape, targets.shape)
        recording = self._recordings.get(key)
        if recording is None:
            recording = self._record(inputs, targets) if len(self._recordings) < _MOST else None
            if recording is None:
                return self._sparing(inputs, targets)
            self._recordings[key] = recording
        for place, tensor in zip(recording.batch, self._eager.batch(inputs, targets), strict=True):
            if place is not None and tensor is not None:
                place.copy_(tensor)
        recording.graph.replay()
        return recording.loss.clone()

    def state(self) -> Mapping[str, Tensor]:
        """Return what resuming needs beside model and optimiser."""
        return self._sparing.state()

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Take over what `state` gave."""
        self._sparing.restore(state)

    def _follow_settings(self) -> None:
        """Bring learning rates to the device; forget graphs that have other settings in them."""
        groups = self._optimizer.param_groups
        for number, group in enumerate(groups):
            if group["lr"] != self._rates_now[number]:
                self._rates_now[number] = group["lr"]
                self._rates[number].fill_(group["lr"])
        decays = [group.get("weight_decay") for group in groups]
        if self._state is not self._optimizer.state or decays != self._decays:
            self._recordings.clear()
            self._state, self._decays = self._optimizer.state, decays

    def _record(self, inputs: Tensor, targets: Tensor) -> _Recording | None:
        """Capture a step for batches of this size; return None where that can't be."""
        groups = self._optimizer.param_groups
        stream = torch.cuda.Stream(self._device)  # type: ignore[no-untyped-call]
        graph = torch.cuda.CUDAGraph()
        try:
            with rehearsal(self._model, self._optimizer, self.ema, self._device):
                batch = _copy(self._eager.batch(inputs, targets))
                for group, rate in zip(groups, self._rates, strict=True):
                    group["lr"] = rate
                stream.wait_stream(torch.cuda.current_stream(self._device))
                with torch.cuda.stream(stream):
                    for _ in range(_WARM_UP):
                        self._eager.learn(batch)
                torch.cuda.current_stream(self._device).wait_stream(stream)
                self._eager.forget()  # the graph has gradients of its own
                # other threads may use the GPU meanwhile: the window looks into other models
                with torch.cuda.graph(graph, stream=stream, capture_error_mode="thread_local"):
                    loss = self._eager.learn(batch)
        except RuntimeError:
            self._capturing = False
            return None
        finally:
            for group, number in zip(groups, self._rates_now, strict=True):
                group["lr"] = number
        return _Recording(graph, batch, loss)


def _copy(batch: Batch) -> Batch:
    inputs, targets, others, share = (None if tensor is None else tensor.clone() for tensor in batch)
    assert inputs is not None
    assert targets is not None
    return Batch(inputs, targets, others, share)
