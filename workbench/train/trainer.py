"""Training: a generator of events that is quiescent whenever it is suspended."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from pathlib import Path
from time import perf_counter
from typing import Any

import torch
from torch import Tensor

from workbench.data.dataset import Dataset
from workbench.errors import UserError
from workbench.graph.project import Project
from workbench.train import device as devices
from workbench.train import optimizer_state
from workbench.train import resume as resuming
from workbench.train.checkpoint import Checkpoint, Settings, Tensors
from workbench.train.clock import Stopwatch
from workbench.train.controls import Controls
from workbench.train.diagnosis import Diagnosis
from workbench.train.environment import differing, environment
from workbench.train.events import Changed, EpochEnded, Event, Failed, Finished, Steps
from workbench.train.faults import broken_layer, explained, failure
from workbench.train.judging import averaged
from workbench.train.loop import Loop, NotFinite, Reason, finite
from workbench.train.optimisers import optimiser
from workbench.train.probing import Probing
from workbench.train.progress import Progress
from workbench.train.seeding import RandomStream
from workbench.train.setup import prepare
from workbench.train.starting import Start, start_from
from workbench.train.steps import step_for
from workbench.train.team import Alone, Team
from workbench.train.thread import ThreadSettings

GOOD_EVERY = 1.0
"""Least seconds between copies of what is known to be good."""
GOOD_COST = 100
"""Times as long as such a copy took, training goes on before the next."""


class Trainer:
    """Trains a project's stack on a dataset.

    ``for event in trainer.events()`` does the work. While that generator is suspended nothing runs: not
    asking for the next event is a pause, closing it a stop, and `snapshot` is consistent. The same seed
    gives the same losses, to the bit on the same machine's CPU, and so does going on from a checkpoint.

    ``device`` and ``seed`` default to the project's. ``resume`` goes on from a checkpoint, with its seed.
    ``folder`` is the project's, where a file of weights to start from is looked for; a resume needs none.
    ``controls`` are what people may change meanwhile; ``team`` the processes that train together. Raises
    `UserError` where data, stack, settings, device and checkpoint don't go together.
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
        controls: Controls | None = None,
        team: Team | None = None,
    ) -> None:
        training = project.training
        self._team = team = team or Alone()
        self.project = project
        self.controls = controls or Controls()
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
            self._setup = prepare(project, dataset, self.device, self._random, sharded=team.sharded)
        self.model = self._setup.model
        self.start = Start()
        """What to tell of the weights that it starts from, or of where else a resumed one was trained."""
        if training.weights and not resume:
            self.start = start_from(self.model, training.weights, folder)
        self._random.apart(team.rank)
        called = team.wrap(self.model)
        self._optimizer = optimiser(training.optimizer, self.model, fused=not team.sharded)
        self._threads = ThreadSettings(self._setup.step_flops, self.device, training.tf32)
        one_thread = self._threads.one_thread
        self._environment = environment(self.device, team.size, one_thread=one_thread)
        if resume:
            self.start = Start(differing(resume.settings.environment, self._environment), whole=False)
        self._watch = Stopwatch()
        self._step = step_for(
            called,
            self._setup.loss,
            self._optimizer,
            training,
            self.device,
            parts=resuming.parts(resume, training),
            step_flops=self._setup.step_flops,
            plain=team.plain,
        )
        first, section = team.rank == 0 and not team.sharded, training.probes
        self.probing = (
            Probing(section, dataset, self._setup, self.seed) if first and section.samples else None
        )
        """What is recorded of a few samples after each epoch, if anything; in a team by the first process."""
        self._loop = Loop(
            training,
            self._setup,
            self._optimizer,
            self._step,
            seed=self.seed,
            device=self.device,
            watch=self._watch,
            controls=self.controls,
            team=team,
            probing=self.probing,
        )
        self._loop.progress = Progress(parts=self._step.parts)
        self.best_weights: dict[str, Tensor] | None = None
        """Copies on the CPU of the best epoch's weights; None until an epoch was better than all before."""
        if resume:
            samples = len(self._setup.train)
            resuming.check(resume, training, self.model, samples)
            self._restore(resume)
            self._random.apart(team.rank)
            self._loop.progress = resuming.carried_on(resume, training, samples)
            self._loop.set_up()
        self._good = self._snapshot()
        self._good_at = perf_counter()
        self._diagnosis = Diagnosis(project)
        self._good_seconds = 0.0

    @property
    def note(self) -> str:
        """What there is to tell of how steps are done, such as that nothing here can compile them; or ""."""
        return self._step.note

    @property
    def progress(self) -> Progress:
        """How far training is, as of the last event."""
        return self._loop.progress

    @property
    def last_good(self) -> Checkpoint:
        """A moment, seconds ago at most or the end of the last epoch, up to which all was finite."""
        return self._good

    def snapshot(self) -> Checkpoint:
        """Return all that resuming needs, copied. Only while `events` is suspended, or over."""
        self._team.call()
        return self._snapshot()

    def _snapshot(self) -> Checkpoint:
        """The same, where all processes of a team take one at a time."""
        training = self.project.training
        weights, moments, numbers, extra = self._tensors()
        settings = Settings(
            seed=self.seed,
            optimizer=training.optimizer.name,
            batch_size=training.batch_size,
            train_samples=len(self._setup.train),
            progress=self.progress,
            numbers=numbers,
            lr=training.optimizer.lr,
            weight_decay=getattr(training.optimizer, "weight_decay", None),
            accumulate=training.accumulate,
            epochs=training.epochs,
            environment=self._environment,
        )
        return Checkpoint(settings, weights, moments, self._random.state(), extra)

    def _tensors(self) -> tuple[Tensors, dict[int, Tensors], dict[str, Any], Tensors]:
        """Copies of the weights, the optimiser's tensors and numbers, and what the step keeps."""
        with self._threads:
            moments, numbers = optimizer_state.flatten(self._optimizer, self._team.whole)
            return (
                self._copies(self.model.state_dict()),
                {number: self._copies(state) for number, state in moments.items()},
                numbers,
                self._copies(self._step.state()),
            )

    def _copies(self, tensors: Mapping[str, Tensor]) -> Tensors:
        """Copies on the CPU, whole, laid out one number after the other."""
        whole = {name: self._team.whole(tensor.detach()) for name, tensor in tensors.items()}
        return {name: tensor.to("cpu", copy=True).contiguous() for name, tensor in whole.items()}

    def finished(self, reason: Reason) -> Finished:
        """Return what was done so far, as the event that ends training."""
        return self._loop.finished(reason)

    def stop(self) -> None:
        """Let `events` end with ``Finished("stopped")`` after its next event. Safe from any thread."""
        self.controls.stopping = True

    def change(self, name: str, value: float) -> None:
        """Ask for another value of a setting from the next step on; see `Controls`. Safe from any thread."""
        self.controls.change(self.project.training, name, value)

    def join(self) -> None:
        """Take part in a snapshot that the team's first process takes."""
        self._tensors()

    def events(self) -> Generator[Event, None, None]:
        """Train, yielding what happens; see `workbench.train.events`. Call it once.

        Raises `UserError` where memory doesn't suffice, or batch norm gets a single sample.
        """
        inner = self._loop.run()
        try:
            while True:
                event = self._next(inner)
                if event is None:
                    return
                self._keep(event)
                said = self._diagnosis.take(event)
                if said and isinstance(event, Finished | Failed):
                    yield said
                yield event
                self._team.meet(self, event)
                if said and not isinstance(event, Finished | Failed):
                    yield said
                if isinstance(event, Finished | Failed):
                    return
                if self.controls.stopping:
                    last = self.finished("stopped")
                    if said := self._diagnosis.take(last):
                        yield said
                    yield last
                    self._team.meet(self, last)
                    return
        finally:
            inner.close()

    def _next(self, inner: Generator[Event, None, None]) -> Event | None:
        with self._watch, self._threads, self._random, explained(self.project.training):
            try:
                return next(inner, None)
            except NotFinite as found:
                bad = found
        return self._failed(bad.step)

    def _keep(self, event: Event) -> None:
        """Remember what was good, now and then."""
        if isinstance(event, EpochEnded):
            self._remember()
            if event.best:
                with self._threads, averaged(self._step):
                    self.best_weights = self._copies(self.model.state_dict())
        elif isinstance(event, Changed):
            self._remember()  # what is done again must be done with what was in force
        elif isinstance(event, Steps) and self._team.size == 1:  # others' clocks differ
            since = perf_counter() - self._good_at
            if since > max(GOOD_EVERY, GOOD_COST * self._good_seconds) and finite(self.model):
                self._remember()

    def _remember(self) -> None:
        begun = perf_counter()
        self._good = self._snapshot()
        self._good_at = perf_counter()
        self._good_seconds = self._good_at - begun

    def _failed(self, step: int | None) -> Failed:
        """Go back to before the step from which numbers were no longer finite, and tell what it was.

        From the last good moment steps are done again, one by one, until the first bad one is found, and
        once more until the one before it.
        """
        training, loop = self.project.training, self._loop
        epoch, lr = loop.progress.epoch + 1, float(self._optimizer.param_groups[0]["lr"])
        layer = broken_layer(self.model, self._team.agreed)
        self._restore(self._good)
        with self._threads, self._random:
            bad = loop.again(None)
        self._restore(self._good)
        if bad is not None:
            with self._threads, self._random:
                loop.again(bad)
        self._good = self._snapshot()
        with self._threads, self._random:
            # Whole in all processes: the part that one of them learns from may be the good one.
            batch = next(loop.batches(Alone()), None)
            return failure(
                training,
                self._setup,
                batch,
                epoch=epoch,
                step=step if bad is None else bad,
                lr=lr,
                layer=layer,
                sharded=self._team.sharded,
            )

    def _restore(self, checkpoint: Checkpoint) -> None:
        self.model.load_state_dict(self._placed(checkpoint.weights, self.model.state_dict()))
        weights = [weight for group in self._optimizer.param_groups for weight in group["params"]]
        moments = {
            number: self._placed(own, dict.fromkeys(own, weights[number]) if number < len(weights) else {})
            for number, own in checkpoint.optimizer.items()
        }
        optimizer_state.restore(self._optimizer, moments, checkpoint.settings.numbers)
        self._step.restore(self._placed(checkpoint.extra, self._step.state()))
        self._random.restore(checkpoint.random)
        self._loop.progress = checkpoint.settings.progress
        self._loop.set_up()

    def _placed(self, whole: Mapping[str, Tensor], like: Mapping[str, Tensor]) -> Tensors:
        """This process's parts of whole tensors, laid out as those of the same names."""
        return {
            name: self._team.placed(tensor, like[name]) if name in like else tensor
            for name, tensor in whole.items()
        }
