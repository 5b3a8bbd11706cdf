"""The loop itself: epochs of steps, reported by the clock, each epoch validated."""

from __future__ import annotations

import math
import sys
from collections.abc import Generator, Iterator
from dataclasses import replace
from time import perf_counter
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from workbench.graph.training import TrainingSection
from workbench.train import device as devices
from workbench.train.batches import Batch
from workbench.train.clock import Stopwatch
from workbench.train.controls import Controls, Wish
from workbench.train.course import Course
from workbench.train.events import Changed, EpochEnded, Event, Finished, Started, Steps, Vitals
from workbench.train.judging import Judge, averaged, out_of_patience
from workbench.train.probing import Probing
from workbench.train.progress import Progress
from workbench.train.seeding import order
from workbench.train.setup import Setup
from workbench.train.steps import Step
from workbench.train.team import Team
from workbench.train.vitals import VitalSigns
from workbench.train.wishes import granted, in_parts

Reason = Literal["completed", "stopped early", "stopped"]

INTERVAL = 1 / 15
"""Seconds between `Steps` events: as often as a window has use for."""


class NotFinite(Exception):  # noqa: N818 - found, not made
    """A loss or a weight is no finite number; ``step`` is the first such step, None for weights alone."""

    def __init__(self, step: int | None) -> None:
        super().__init__()
        self.step = step


class Loop:
    """Trains what a `Setup` holds, from ``progress`` on, which is up to date whenever `run` is suspended.

    ``watch`` is the caller's and runs only while the loop does.
    """

    def __init__(
        self,
        training: TrainingSection,
        setup: Setup,
        optimizer: torch.optim.Optimizer,
        step: Step,
        *,
        seed: int,
        device: torch.device,
        watch: Stopwatch,
        controls: Controls,
        team: Team,
        probing: Probing | None = None,
    ) -> None:
        self.progress = Progress()
        self.course = Course(training, len(setup.train))
        self._training = training
        self._setup = setup
        self._optimizer = optimizer
        self._step = step
        self._seed = seed
        self._device = device
        self._watch = watch
        self._controls = controls
        self._team = team
        self._judge = Judge(training, setup, self.course, step, team)
        first = team.rank == 0 and not team.sharded
        self._vitals = VitalSigns(setup.model, setup.loss.function) if first else None
        self._probing = probing
        self._reported = 0.0
        self._step_seconds = 0.0
        self._samples_done = 0

    def run(self) -> Generator[Event, None, None]:
        """Train until all epochs are done or patience has run out. Raises `NotFinite`."""
        training, setup, begun = self._training, self._setup, self.progress
        yield Started(
            run_steps=self.course.run_steps(begun),
            steps_per_epoch=self.course.planned,
            epochs=training.epochs,
            device=devices.describe(self._device, self._team.size),
            train_samples=len(setup.train),
            validation_samples=len(setup.validation),
            first_epoch=begun.epoch + 1,
            first_step=begun.step,
        )
        if not (begun.batch or begun.origin):
            yield from self._probe(last=True)
        early = out_of_patience(training, begun)
        while not early and self.progress.epoch < training.epochs:
            yield from self._epoch()
            early = out_of_patience(training, self.progress)
            yield from self._probe(last=early or self.progress.epoch == training.epochs)
        yield self.finished("stopped early" if early else "completed")

    def finished(self, reason: Reason) -> Finished:
        """Return what was done so far as the event that ends training."""
        progress = self.progress
        return Finished(
            reason=reason,
            epochs=progress.epoch,
            step=progress.step,
            seconds=self._watch.seconds,
            samples_per_second=self._samples_done / max(self._step_seconds, 1e-9),
            best_epoch=progress.best_epoch,
            best_loss=progress.best_loss,
        )

    def batches(self, team: Team | None = None) -> Iterator[Batch]:
        """Yield what is left of the epoch, in batches of the size that is in force now.

        In a team it is this process's part of each; as ``team`` would share them out, if that is given.
        """
        progress, team = self.progress, team or self._team
        visits = order(self._seed, progress.epoch + 1, len(self._setup.train))[progress.origin :]
        return team.batches(self._setup.train, visits, self.course.sizes(progress), progress.batch)

    def set_up(self) -> None:
        """Give the optimiser what the progress says of it: the last step's learning rate, the decay."""
        progress = self.progress
        self._set_lr(self.course.lr(progress)(max(progress.step - 1, progress.pace.anchor)))
        self._set_decay()

    def again(self, until: int | None) -> int | None:
        """Run the epoch's steps again up to ``until`` steps done, silently, looking at each.

        Return the first step whose loss is no finite number, or after which a weight is none.
        """
        lr_at, step = self.course.lr(self.progress), self.progress.step
        for inputs, targets in self.batches():
            if step == until:
                break
            self._set_lr(lr_at(step))
            size = self.course.sizes(self.progress)[self.progress.batch]
            loss = self._team.mean(self._step(inputs, targets)[None], [size])[0]
            if not (bool(loss.isfinite()) and self._team.agreed(finite(self._setup.model))):
                return step
            self._count(loss.to(torch.float32).cpu().numpy()[None], 0.0)
            step += 1
        return None

    def _epoch(self) -> Generator[Event, None, None]:
        """Run the rest of an epoch; another batch size cuts what is left of it anew."""
        self._reported = self._watch.seconds
        while self.progress.batch < len(self.course.sizes(self.progress)):
            yield from self._batches()
        yield self._end()

    def _probe(self, *, last: bool) -> Generator[Event, None, None]:
        """Look at the probes between two epochs, with the weights that are validated."""
        if self._probing is None:
            return
        with averaged(self._step):
            seen = self._probing.look(self.progress.epoch, self.progress.step, self._watch.seconds, last=last)
        if seen:
            yield seen

    def _batches(self) -> Generator[Event, None, None]:
        """Run steps until the epoch's end or another batch size. Nothing is in it that can be outside."""
        controls, one_step, vitals = self._controls, self._step, self._vitals
        wishes = controls.wishes
        groups = self._optimizer.param_groups
        only = groups[0] if len(groups) == 1 else None
        lr_at, batch_size = self.course.lr(self.progress), self.progress.batch_size
        step = self.progress.step
        most = self._most()
        # a team reports after as many steps in every process, so only after those can the first one look
        together = vitals if self._team.every else None
        looking = together is None and self._looks_next(step)
        losses: list[Tensor] = []
        due = 0.0 if looking else self._due()
        for inputs, targets in self.batches():
            if wishes:
                if losses:
                    yield self._report(losses)
                    losses = []
                while wishes:
                    yield self._obey(wishes.popleft())
                if self.progress.batch_size != batch_size:
                    return
                lr_at = self.course.lr(self.progress)
            if only is not None:
                only["lr"] = lr_at(step)
            else:
                self._set_lr(lr_at(step))
            if together is not None and len(losses) + 1 >= most:
                looking = self._looks_next(step)
            losses.append(one_step(inputs, targets))
            step += 1
            if perf_counter() >= due or len(losses) >= most or controls.one_by_one:
                yield self._report(losses)
                losses = []
                most = self._most()
                if one_step.parts != self.progress.parts:
                    self.progress, change = in_parts(one_step.parts, self.progress, self.course)
                    yield change
                if vitals:
                    if looking and (layers := vitals.measure(inputs, targets)):
                        yield Vitals(step, layers, vitals.share(self._watch.seconds), vitals.every)
                    looking = together is None and self._looks_next(step)
                due = 0.0 if looking else self._due()
        if losses:
            yield self._report(losses)

    def _looks_next(self, step: int) -> bool:
        """Whether vitals are to be measured after the next step; then what they need of now is noted."""
        vitals = self._vitals
        if vitals is None or not vitals.due(step, self._watch.seconds):
            return False
        vitals.before_step()
        return True

    def _most(self) -> int:
        """After how many steps to report at the latest; at the end of an epoch, too."""
        if self._team.every is None:
            return sys.maxsize
        return min(self._team.every, len(self.course.sizes(self.progress)) - self.progress.batch)

    def _due(self) -> float:
        """When to report next, by the clock; a team does so by the number of steps."""
        return math.inf if self._team.every else perf_counter() + INTERVAL

    def _report(self, losses: list[Tensor]) -> Steps:
        """Fetch the losses since the last report: the only time that a GPU is waited for."""
        before = self.progress
        counts = self.course.sizes(before)[before.batch : before.batch + len(losses)]
        values = self._team.mean(torch.stack(losses), counts).to("cpu", torch.float32).numpy()
        now = self._watch.seconds
        seconds, self._reported = now - self._reported, now
        first = self.progress.step
        good = np.isfinite(values)
        if not good.all():
            raise NotFinite(first + int(np.argmin(good)))
        samples = self._count(values, seconds)
        self._step_seconds += seconds
        self._samples_done += samples
        return Steps(first, values, self._lr, samples / max(seconds, 1e-9))

    def _count(self, values: np.ndarray, seconds: float) -> int:
        """Note steps with these losses as done; return how many samples they were."""
        before = self.progress
        counts = self.course.sizes(before)[before.batch : before.batch + len(values)]
        # One after the other, so that the sum doesn't depend on when the clock cut.
        total = before.loss_sum
        for count, value in zip(counts, values.tolist(), strict=True):
            total += count * value
        self._advance(
            step=before.step + len(values),
            batch=before.batch + len(values),
            loss_sum=total,
            epoch_seconds=before.epoch_seconds + seconds,
            seconds=before.seconds + seconds,
        )
        return sum(counts)

    def _obey(self, wish: Wish) -> Changed:
        """Change a setting, from the next step on."""
        self.progress, change = granted(wish, self.progress, self.course, self._optimizer)
        self._set_decay()
        return change

    def _end(self) -> EpochEnded:
        """Validate, and judge whether the epoch was the best."""
        begun, before = self._watch.seconds, self.progress
        if not self._team.agreed(finite(self._setup.model)):
            raise NotFinite(None)
        self.progress, event = self._judge.end(before, self._lr)
        seconds = self._watch.seconds - begun
        self._advance(seconds=before.seconds + seconds)
        return replace(event, seconds=event.seconds + seconds)

    def _advance(self, **changes: object) -> None:
        self.progress = self.progress.model_copy(update=changes)

    def _set_lr(self, lr: float) -> None:
        for group in self._optimizer.param_groups:
            group["lr"] = lr * group.get("lr_scale", 1)

    def _set_decay(self) -> None:
        decay = self.progress.weight_decay
        if decay is None:
            decay = getattr(self._training.optimizer, "weight_decay", None)
        for group in self._optimizer.param_groups if decay is not None else ():
            group["weight_decay"] = decay

    @property
    def _lr(self) -> float:
        return float(self._optimizer.param_groups[0]["lr"])


def finite(model: torch.nn.Module) -> bool:
    """Whether all of a model's weights are finite numbers."""
    return all(bool(parameter.isfinite().all()) for parameter in model.parameters())
