"""A throw-away copy of what a run would train, to try things on: nothing of it is kept or recorded."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import torch
from torch import Tensor, nn

from workbench.data.dataset import Dataset
from workbench.graph.project import Project
from workbench.train import device as devices
from workbench.train.batches import Batch, Samples
from workbench.train.faults import explained
from workbench.train.optimisers import optimiser
from workbench.train.seeding import RandomStream, order
from workbench.train.setup import prepare
from workbench.train.starting import start_from
from workbench.train.steps import step_for
from workbench.train.thread import ThreadSettings


class Trial:
    """The model, the data and the optimiser of a run that never was.

    ``device`` and ``seed`` default to the project's; ``folder`` is where a file of weights to start from is
    looked for. What runs inside ``with trial.working():`` computes as training does. Raises `UserError`
    where data, stack, settings and device don't go together.
    """

    def __init__(
        self,
        project: Project,
        dataset: Dataset,
        *,
        device: str | None = None,
        seed: int | None = None,
        folder: Path | None = None,
    ) -> None:
        training = project.training
        self.training = training
        self._dataset = dataset
        self.device: torch.device = devices.resolve(device or training.device)
        self.seed = training.seed if seed is None else seed
        self._random = RandomStream(self.seed, self.device)
        with explained(training):
            self._setup = prepare(project, dataset, self.device, self._random)
            self.model: nn.Module = self._setup.model
            if training.weights:
                start_from(self._setup.model, training.weights, folder)
            self.optimizer = optimiser(training.optimizer, self._setup.model)
            self._step = step_for(
                self._setup.model,
                self._setup.loss,
                self.optimizer,
                training.model_copy(update={"compile": False}),
                self.device,
                step_flops=math.inf,  # no step is so small that it is captured
            )
        self._threads = ThreadSettings(self._setup.step_flops, self.device, training.tf32)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Compute with the run's random stream and threads, and its words for what goes wrong."""
        with ExitStack() as stack:
            for context in (self._threads, self._random, explained(self.training)):
                stack.enter_context(context)
            yield

    @property
    def train(self) -> Samples:
        """The training split, on the device."""
        return self._setup.train

    @property
    def loss(self) -> str:
        """The loss that is made small, by the name that ``training.loss`` has for it; never auto."""
        return self._setup.loss.name

    def batches(self, size: int) -> Iterator[Batch]:
        """Yield batches of ``size`` samples (or all, if there are fewer) for ever, in training's order."""
        samples, epoch = len(self.train), 1
        size = min(size, samples)
        while True:
            visits = order(self.seed, epoch, samples).to(self.device)
            for start in range(0, samples - size + 1, size):
                yield self.train.take(visits[start : start + size])
            epoch += 1

    def first(self, size: int) -> Batch:
        """Return the first ``size`` samples of the split, from its start again where it has fewer."""
        return self.train.take(torch.arange(size, device=self.device) % len(self.train))

    def step(self, batch: Batch, lr: float | None = None) -> Tensor:
        """Learn from a batch as a run does; return its loss, a scalar on the device.

        ``lr`` sets the learning rate; the optimiser's own is kept otherwise.
        """
        for group in self.optimizer.param_groups:
            if lr is not None:
                group["lr"] = lr * group.get("lr_scale", 1)
        return self._step(*batch)

    @property
    def averages(self) -> list[Tensor]:
        """The averaged weights, where training keeps some."""
        return list(self._step.ema.state().values()) if self._step.ema else []

    @property
    def data_bytes(self) -> int:
        """Bytes of samples that a GPU keeps a copy of; the CPU's stay where they were read to."""
        if self.device.type == "cpu":
            return 0
        sample = self._dataset.inputs[:1].nbytes + self._setup.train.targets[:1].nbytes
        return sample * (len(self._setup.train) + len(self._setup.validation))
