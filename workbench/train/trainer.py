"""Training: a generator of events that is quiescent whenever it is suspended."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import torch
from torch import Tensor

from workbench.data.dataset import Dataset
from workbench.errors import UserError
from workbench.graph.project import Project
from workbench.train import device as devices
from workbench.train import resume as resuming
from workbench.train.checkpoint import Checkpoint, Progress, Settings
from workbench.train.clock import Stopwatch
from workbench.train.events import EpochEnded, Event, Failed, Finished
from workbench.train.faults import explained
from workbench.train.loop import Loop, Reason
from workbench.train.optimisers import optimiser
from workbench.train.seeding import RandomStream
from workbench.train.setup import prepare
from workbench.train.starting import Start, start_from
from workbench.train.thread import ThreadSettings


class Trainer:
    """Trains a project's stack on a dataset.

    ``for event in trainer.events()`` does the work. While that generator is suspended nothing runs: not
    asking for the next event is a pause, closing it a stop, and `snapshot` is consistent. The same seed
    gives the same losses, to the bit on the same machine's CPU, and so does going on from a checkpoint.

    ``device`` and ``seed`` default to the project's. ``resume`` goes on from a checkpoint, with its seed.
    ``folder`` is the project's, where a file of weights to start from is looked for; a resume needs none.
    Raises `UserError` where data, stack, settings, device and checkpoint don't go together.
    """

    def __init__(
        self,
        project: Project,
        dataset: Dataset,
        *,
        device: str | None = None,
        seed: int | None = None,
        resume: Checkpoint | None = None,
        folder: Path | None = None,
    ) -> None:
        training = project.training
        self.project = project
        self.device: torch.device = devices.resolve(device or training.device)
        self.seed: int = resume.settings.seed if resume else training.seed if seed is None else seed
        if seed not in {None, self.seed}:
            raise UserError(
                f"the checkpoint's seed is {self.seed}, not {seed}.",
                place="seed",
                remedy="Leave the seed out to resume, or start a new run.",
            )
        self._random = RandomStream(self.seed, self.device)
        with explained(training):
            self._setup = prepare(project, dataset, self.device, self._random)
        self.model = self._setup.model
        self.start = Start()
        """What to tell of the weights that it starts from."""
        if training.weights and not resume:
            self.start = start_from(self.model, training.weights, folder)
        self._optimizer = optimiser(training.optimizer, list(self.model.parameters()))
        self._threads = ThreadSettings(self._setup.step_flops, self.device)
        self._watch = Stopwatch()
        self._loop = Loop(
            training, self._setup, self._optimizer, seed=self.seed, device=self.device, watch=self._watch
        )
        self._stopping = False
        self.best_weights: dict[str, Tensor] | None = None
        """Copies on the CPU of the best epoch's weights; None until an epoch was better than all before."""
        if resume:
            resuming.check(resume, training, self.model, len(self._setup.train))
            self._restore(resume)
        self._good = self.snapshot()

    @property
    def progress(self) -> Progress:
        """How far training is, as of the last event."""
        return self._loop.progress

    @property
    def last_good(self) -> Checkpoint:
        """The start, or the end of the last epoch: up to there all losses and weights were finite."""
        return self._good

    def snapshot(self) -> Checkpoint:
        """Return all that resuming needs, copied. Only while `events` is suspended, or over."""
        training = self.project.training
        settings = Settings(
            seed=self.seed,
            optimizer=training.optimizer.name,
            batch_size=training.batch_size,
            train_samples=len(self._setup.train),
            progress=self.progress,
        )
        with self._threads:
            weights = {name: _copy(tensor) for name, tensor in self.model.state_dict().items()}
            moments = {
                number: {name: _copy(value) for name, value in state.items() if isinstance(value, Tensor)}
                for number, state in self._optimizer.state_dict()["state"].items()
            }
        return Checkpoint(settings, weights, moments, self._random.state())

    def finished(self, reason: Reason) -> Finished:
        """Return what was done so far, as the event that ends training."""
        return self._loop.finished(reason)

    def stop(self) -> None:
        """Let `events` end with ``Finished("stopped")`` after its next event. Safe from any thread."""
        self._stopping = True

    def events(self) -> Generator[Event, None, None]:
        """Train, yielding what happens; see `workbench.train.events`. Call it once.

        Raises `UserError` where memory doesn't suffice, or batch norm gets a single sample.
        """
        inner = self._loop.run()
        try:
            while True:
                with self._watch, self._threads, self._random, explained(self.project.training):
                    event = next(inner, None)
                if event is None:
                    return
                self._keep(event)
                yield event
                if self._stopping and not isinstance(event, Finished | Failed):
                    yield self.finished("stopped")
                    return
        finally:
            inner.close()

    def _keep(self, event: Event) -> None:
        """Remember what was good, and after a failure go back to it."""
        if isinstance(event, EpochEnded):
            self._good = self.snapshot()
            if event.best:
                self.best_weights = self._good.weights
        elif isinstance(event, Failed):
            self._restore(self._good)

    def _restore(self, checkpoint: Checkpoint) -> None:
        self.model.load_state_dict(checkpoint.weights)
        resuming.restore_optimizer(self._optimizer, checkpoint.optimizer)
        self._random.restore(checkpoint.random)
        self._loop.progress = checkpoint.settings.progress


def _copy(tensor: Tensor) -> Tensor:
    return tensor.detach().to("cpu", copy=True).contiguous()
