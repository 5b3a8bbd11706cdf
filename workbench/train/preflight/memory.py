"""How much memory a step takes, by what for: measured on small batches, worked out for any other."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench.data.dataset import Dataset
from workbench.errors import UserError
from workbench.graph.project import Project
from workbench.graph.training import LBFGS, Optimizer
from workbench.train.preflight.tracking import Tracker
from workbench.train.preflight.trial import Trial

SMALL = (2, 4)
"""Samples in the batches that are measured; batch norm takes no single one."""


@dataclass(frozen=True)
class Memory:
    """Bytes alive on the device at the fullest moment of a step.

    ``weights``: parameters and buffers. ``gradients``: those that are there at that moment. ``optimizer``:
    its state. ``averages``: the EMA's copy of the weights. ``activations``: what layers keep for the way
    back, the batch itself, and all else that a step makes. ``copies``: what training keeps to go back to,
    which a GPU leaves to the CPU. ``data``: samples that are kept on the device.
    """

    weights: int
    gradients: int
    optimizer: int
    averages: int
    activations: int
    copies: int
    data: int

    @property
    def total(self) -> int:
        """All of it."""
        return sum(getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True, eq=False)
class StepMemory:
    """What a step takes with a batch of any size.

    After each operation ``constants + samples * slopes`` bytes of it are alive, int64, shape (operations,);
    ``gradients`` of these are parameters'. ``extra`` bytes are the device's own, such as scratch space.
    ``parts``: a batch is run in so many, one after the other.
    """

    weights: int
    optimizer: int
    averages: int
    copies: int
    data: int
    constants: NDArray[np.int64]
    slopes: NDArray[np.int64]
    gradients: NDArray[np.int64]
    extra: int = 0
    parts: int = 1

    def at(self, batch_size: int) -> Memory:
        """Return what a step takes with this many samples."""
        live = self.constants + self.slopes * math.ceil(batch_size / self.parts)
        fullest = int(np.argmax(live))
        gradients = int(self.gradients[fullest])
        return Memory(
            weights=self.weights,
            gradients=gradients,
            optimizer=self.optimizer,
            averages=self.averages,
            activations=int(live[fullest]) - gradients + self.extra,
            copies=self.copies,
            data=self.data,
        )


def measure(
    project: Project,
    dataset: Dataset,
    *,
    device: str | None = None,
    folder: Path | None = None,
    working: Callable[[], None] = lambda: None,
) -> StepMemory:
    """Run steps with 2 and 4 samples on the device, and count what is alive after each operation.

    The same operations run with any batch size, and what each leaves alive grows in a straight line with
    it, so two sizes tell all others; only the triplet loss, which compares all pairs, takes more in large
    batches. What a device takes beside tensors is measured on CUDA alone. ``working`` is called after
    every operation and may raise to end the work. Raises `UserError` where the project can't be trained.
    """
    training = project.training
    alone = {
        "accumulate": 1,
        "compile": False,
        "batch_size": max(SMALL),
        "optimizer": _once(training.optimizer),
    }
    small = project.model_copy(update={"training": training.model_copy(update=alone)})
    trial = Trial(small, dataset, device=device, folder=folder)
    for _ in range(3 if isinstance(training.optimizer, LBFGS) else 1):  # makes the optimiser's state
        _run(trial, SMALL[0], working)
    (_, low, gradients), (extra, high, _) = (_run(trial, size, working) for size in SMALL)
    if len(low) != len(high):  # only the fullest moments can be compared
        low, high, gradients = (np.array([values.max()]) for values in (low, high, gradients))
    slopes = np.maximum(0, (high - low) // (SMALL[1] - SMALL[0]))
    weights = _bytes([*trial.model.parameters(), *trial.model.buffers()])
    optimizer = _bytes(_state(trial.optimizer)) + _searching(training.optimizer, trial)
    return StepMemory(
        weights=weights,
        optimizer=optimizer,
        averages=_bytes(trial.averages),
        copies=2 * weights + optimizer if trial.device.type == "cpu" else 0,  # the last good, the best
        data=trial.data_bytes,
        constants=low - SMALL[0] * slopes,
        slopes=slopes,
        gradients=gradients,
        extra=extra,
        parts=training.accumulate,
    )


def _once(optimizer: Optimizer) -> Optimizer:
    """The optimiser, made to do the same each step: LBFGS searches, and remembers more and more."""
    if isinstance(optimizer, LBFGS):
        return optimizer.model_copy(update={"max_iter": 1, "history_size": 1, "line_search": False})
    return optimizer


def _searching(optimizer: Optimizer, trial: Trial) -> int:
    """Bytes that LBFGS takes beyond one remembered step: two vectors a step, four while it searches."""
    if not isinstance(optimizer, LBFGS):
        return 0
    vectors = 2 * (optimizer.history_size - 1) + (4 if optimizer.line_search else 0)
    return vectors * _bytes(list(trial.model.parameters()))


def _run(
    trial: Trial, size: int, working: Callable[[], None]
) -> tuple[int, NDArray[np.int64], NDArray[np.int64]]:
    """Return what the device took beside tensors, what each operation left alive, and gradients of it."""
    batch = trial.first(size)
    parameters = list(trial.model.parameters())
    for parameter in parameters:
        parameter.grad = None
    cuda = trial.device.type == "cuda"
    with trial.working():
        if cuda:
            torch.cuda.synchronize(trial.device)
            torch.cuda.reset_peak_memory_stats(trial.device)
            before = torch.cuda.memory_allocated(trial.device)
        with Tracker(working) as tracker:
            trial.step((batch[0].clone(), batch[1].clone()))  # a batch is gathered each step
        peak = 0
        if cuda:
            torch.cuda.synchronize(trial.device)
            peak = torch.cuda.max_memory_allocated(trial.device) - before
    live = np.array(tracker.timeline, dtype=np.int64)
    gradients = np.zeros_like(live)
    for parameter in parameters:
        if parameter.grad is not None:
            gradients[tracker.born(parameter.grad) :] += _bytes([parameter.grad])
    return max(0, peak - int(live.max())), live, gradients


def refuse_hopeless(params: int, optimizer: str, capacity: int) -> None:
    """Raise `UserError` for weights that leave no room for a step on a device with ``capacity`` bytes."""
    copies = 2 + _STATES.get(optimizer, 2)
    if 4 * params * copies > capacity:
        raise UserError(
            f"weights, gradients and the state of {optimizer} alone take "
            f"{4 * params * copies / 2**30:.1f} GiB; the device has {capacity / 2**30:.1f} GiB.",
            place="model",
            remedy="Make the stack smaller, or take SGD without momentum.",
        )


_STATES = {"SGD": 0, "Adagrad": 1, "RMSprop": 1, "Muon": 1, "LBFGS": 0}
"""Copies of the weights that an optimiser keeps at least; 2 where it isn't listed."""


def _state(optimizer: torch.optim.Optimizer) -> list[Tensor]:
    found = []
    for state in optimizer.state.values():
        for value in state.values():
            found += [v for v in (value if isinstance(value, list) else [value]) if isinstance(v, Tensor)]
    return found


def _bytes(tensors: list[Tensor]) -> int:
    """Bytes of the tensors' storages; those that share one count once."""
    storages = {tensor.untyped_storage()._cdata: tensor.untyped_storage().nbytes() for tensor in tensors}
    return sum(storages.values())
