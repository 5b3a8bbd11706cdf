"""The loop itself: epochs of steps, reported by the clock, each epoch validated."""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping
from time import perf_counter
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from workbench.graph.training import TrainingSection
from workbench.train import device as devices
from workbench.train import validation
from workbench.train.checkpoint import Progress
from workbench.train.clock import Stopwatch
from workbench.train.events import EpochEnded, Event, Failed, Finished, Started, Steps
from workbench.train.faults import failure
from workbench.train.schedules import rate
from workbench.train.seeding import order
from workbench.train.setup import Setup
from workbench.train.stepping import stepper

Reason = Literal["completed", "stopped early", "stopped"]

INTERVAL = 1 / 30
"""Seconds between `Steps` events: as often as a window has use for."""


class Loop:
    """Trains what a `Setup` holds, from ``progress`` on, which is up to date whenever `run` is suspended.

    ``watch`` is the caller's and runs only while the loop does.
    """

    def __init__(
        self,
        training: TrainingSection,
        setup: Setup,
        optimizer: torch.optim.Optimizer,
        *,
        seed: int,
        device: torch.device,
        watch: Stopwatch,
    ) -> None:
        self.progress = Progress()
        self._training = training
        self._setup = setup
        self._optimizer = optimizer
        self._seed = seed
        self._device = device
        self._watch = watch
        self._step_seconds = 0.0
        self._samples_done = 0

    def run(self) -> Generator[Event, None, None]:
        """Train until all epochs are done, patience has run out, or a loss is no finite number."""
        training, setup, begun = self._training, self._setup, self.progress
        steps = begun.step + (training.epochs - begun.epoch) * len(setup.sizes) - begun.batch
        yield Started(
            run_steps=steps,
            steps_per_epoch=len(setup.sizes),
            epochs=training.epochs,
            device=devices.describe(self._device),
            train_samples=len(setup.train),
            validation_samples=len(setup.validation),
            first_epoch=begun.epoch + 1,
            first_step=begun.step,
        )
        while self.progress.epoch < training.epochs:
            for event in self._epoch(steps):
                yield event
                if isinstance(event, Failed):
                    return
            waited = self.progress.epoch - (self.progress.best_epoch or 0)
            if training.patience and waited >= training.patience:
                yield self.finished("stopped early")
                return
        yield self.finished("completed")

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

    def _epoch(self, run_steps: int) -> Generator[Steps | EpochEnded | Failed, None, None]:
        """Run the rest of an epoch's steps. Nothing is in the inner loop that can be outside."""
        training, setup = self._training, self._setup
        model, function, optimizer = setup.model, setup.loss.function, self._optimizer
        group, clip = optimizer.param_groups[0], training.clip_norm
        parameters: list[Tensor] = group["params"]
        apply = stepper(optimizer)
        lr_at = rate(training.schedule, training.optimizer.lr, run_steps)
        step, epoch = self.progress.step, self.progress.epoch + 1
        visits = order(self._seed, epoch, len(setup.train))
        losses: list[Tensor] = []
        begun = self._watch.seconds
        due = perf_counter() + INTERVAL
        for inputs, targets in setup.train.batches(visits, setup.sizes, self.progress.batch):
            group["lr"] = lr_at(step)
            for parameter in parameters:
                parameter.grad = None
            loss = function(model(inputs), targets)
            loss.backward()  # type: ignore[no-untyped-call]
            if clip:
                torch.nn.utils.clip_grad_norm_(parameters, clip)
            apply()
            losses.append(loss.detach())
            step += 1
            if perf_counter() >= due:
                yield self._report(losses, begun)
                losses = []
                begun = self._watch.seconds
                due = perf_counter() + INTERVAL
        if losses:
            yield self._report(losses, begun)
        yield self._end()

    def _report(self, losses: list[Tensor], begun: float) -> Steps | Failed:
        """Fetch the losses since the last report: the only time that a GPU is waited for."""
        values = torch.stack(losses).to("cpu", torch.float32).numpy()
        seconds = self._watch.seconds - begun
        before = self.progress
        finite = np.isfinite(values)
        if not finite.all():
            return self._failed(before.step + int(np.argmin(finite)))
        counts = self._setup.sizes[before.batch : before.batch + len(values)]
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
        self._step_seconds += seconds
        self._samples_done += sum(counts)
        return Steps(before.step, values, self._lr, sum(counts) / max(seconds, 1e-9))

    def _end(self) -> EpochEnded | Failed:
        """Validate, and judge whether the epoch was the best."""
        setup, before, begun = self._setup, self.progress, self._watch.seconds
        train_loss = before.loss_sum / len(setup.train)
        val_loss: float | None = None
        metrics: Mapping[str, float] = {}
        if len(setup.validation):
            val_loss, metrics = validation.validate(
                setup.model, setup.validation, setup.loss, setup.reading, setup.evaluation_batch
            )
        judged = train_loss if val_loss is None else val_loss
        if not all(bool(parameter.isfinite().all()) for parameter in setup.model.parameters()):
            return self._failed(None)
        best = math.isfinite(judged) and (before.best_loss is None or judged < before.best_loss)
        seconds = self._watch.seconds - begun
        self._advance(
            epoch=before.epoch + 1,
            batch=0,
            loss_sum=0.0,
            epoch_seconds=0.0,
            seconds=before.seconds + seconds,
            **({"best_loss": judged, "best_epoch": before.epoch + 1} if best else {}),
        )
        return EpochEnded(
            epoch=before.epoch + 1,
            step=before.step,
            train_loss=train_loss,
            val_loss=val_loss,
            metrics=metrics,
            seconds=before.epoch_seconds + seconds,
            lr=self._lr,
            best=best,
        )

    def _failed(self, step: int | None) -> Failed:
        setup = self._setup
        return failure(self._training, setup.model, setup.train, self.progress.epoch + 1, step, self._lr)

    def _advance(self, **changes: float) -> None:
        self.progress = self.progress.model_copy(update=changes)

    @property
    def _lr(self) -> float:
        return float(self._optimizer.param_groups[0]["lr"])
