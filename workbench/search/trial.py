"""One trial: values are picked, trained into a run, and judged each epoch."""

from __future__ import annotations

import math
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from optuna import Study, Trial
from optuna.exceptions import UpdateFinishedTrialError
from optuna.storages import RDBStorage
from optuna.trial import TrialState

from workbench.data.dataset import Dataset
from workbench.errors import UserError
from workbench.graph import Project
from workbench.graph.search import Range, SearchSection, Value
from workbench.runs.recorder import record
from workbench.runs.run import Run
from workbench.runs.store import RunStore
from workbench.search.distributions import suggest
from workbench.search.events import SearchEvent, TrialEpoch, TrialStarted, TrialStepped
from workbench.search.heartbeat import beating
from workbench.search.space import settle
from workbench.search.study import again, as_trial, mark
from workbench.train.events import EpochEnded, Event, Failed, Started, Steps
from workbench.train.trainer import Trainer


@dataclass(frozen=True)
class Bench:
    """What all trials of a search have in common."""

    project: Project
    dataset: Dataset
    folder: Path
    section: SearchSection
    epochs: int
    place: str
    device: str | None
    storage: RDBStorage
    study: Study


def run_trial(bench: Bench, trial: Trial, number: int) -> Generator[SearchEvent, None, None]:
    """Pick values, train them, and tell the study how it went; ``number`` counts from 1 in this search.

    Raises `UserError` where the metric isn't measured. Closing it, or an interrupt, lines the values up to be
    tried again.
    """
    for key, value in {
        "process": mark(),
        "place": bench.place,
        "run": "",
        "ended": "",
        "message": "",
    }.items():
        trial.set_user_attr(key, value)
    attempt = _Attempt(bench, trial)
    try:
        with beating(bench.storage, trial):
            yield from attempt.events(number)
    except (GeneratorExit, KeyboardInterrupt):
        with suppress(UpdateFinishedTrialError):
            trial.set_user_attr("ended", "stopped")
            bench.study.tell(trial, state=TrialState.FAIL)
            again(bench.study, bench.storage.get_trial(trial._trial_id))
        raise
    except UpdateFinishedTrialError:
        pass  # another machine took it for dead, and has lined its values up to be tried again
    except _MetricError as error:
        attempt.fail(str(error), TrialState.FAIL)
        raise
    except UserError as error:
        # Told as pruned before any epoch, the worst that Optuna knows: so it learns to keep away from there.
        attempt.fail(str(error), TrialState.PRUNED)
    except BaseException as error:
        attempt.fail(str(error) or type(error).__name__, TrialState.FAIL)
        raise


class _MetricError(UserError):
    """The metric isn't measured; no trial would be better off."""


class _Attempt:
    """A trial under way."""

    def __init__(self, bench: Bench, trial: Trial) -> None:
        self._bench, self._trial = bench, trial
        self._steps = 1
        self._best: tuple[float, float] | None = None
        """The lowest validation loss, by which the best weights are kept, and the metric there."""
        self._failure = ""

    def events(self, number: int) -> Generator[SearchEvent, None, None]:
        bench, trial = self._bench, self._trial
        project, _ = settle(bench.project, bench.section.space, self._pick)
        training = project.training.model_copy(update={"epochs": bench.epochs})
        project = project.model_copy(update={"training": training, "search": None})
        trainer = Trainer(project, bench.dataset, device=bench.device, folder=bench.folder)
        run = RunStore(bench.folder).create(project, bench.dataset, device=bench.device)
        run.update(tags=("search", f"trial-{trial.number}"))
        trial.set_user_attr("run", run.id)
        found = as_trial(bench.storage.get_trial(trial._trial_id), bench.section.space, bench.place)
        yield TrialStarted(found, number, bench.section.trials)
        pruned = yield from self._train(run, trainer)
        if pruned:
            run.update(message="pruned")
            bench.study.tell(trial, state=TrialState.PRUNED)
        elif self._failure:
            raise UserError(self._failure)
        elif self._best is None or not math.isfinite(self._best[1]):
            raise UserError(f"its {bench.section.metric} is no number.")
        else:
            bench.study.tell(trial, self._best[1])

    def fail(self, message: str, state: TrialState) -> None:
        self._trial.set_user_attr("ended", "failed")
        self._trial.set_user_attr("message", message)
        self._bench.study.tell(self._trial, state=state)

    def _pick(self, path: str, values: Range) -> Value:
        return suggest(self._trial, path, values)

    def _train(self, run: Run, trainer: Trainer) -> Generator[SearchEvent, None, bool]:
        """Train to the end, or until the trial is to be given up; return whether it was."""
        events = record(run, trainer)
        try:
            for event in events:
                if isinstance(event, Failed):
                    self._failure = f"{event.message} {event.remedy}".strip()
                told = self._told(event)
                if told is not None:
                    yield told
                if isinstance(told, TrialEpoch) and told.epoch < told.epochs and self._trial.should_prune():
                    return True
        finally:
            events.close()
        return False

    def _told(self, event: Event) -> SearchEvent | None:
        number = self._trial.number
        if isinstance(event, Started):
            self._steps = event.run_steps
        elif isinstance(event, Steps):
            done = event.first_step + len(event.losses)
            return TrialStepped(number, min(1.0, done / max(self._steps, 1)))
        elif isinstance(event, EpochEnded):
            value = self._metric(event)
            loss = event.train_loss if event.val_loss is None else event.val_loss
            if self._best is None or event.best or loss < self._best[0]:
                self._best = loss, value
            self._trial.report(value, event.epoch)
            return TrialEpoch(number, event.epoch, self._bench.epochs, value)
        return None

    def _metric(self, event: EpochEnded) -> float:
        name = self._bench.section.metric
        losses = {"train_loss": event.train_loss, "val_loss": event.val_loss}
        measured = {key: value for key, value in losses.items() if value is not None} | dict(event.metrics)
        if name not in measured:
            raise _MetricError(
                f"{name} isn't measured here.", place="metric", remedy=f"There are {', '.join(measured)}."
            )
        return measured[name]
