"""Searching: a generator of events, each trial a run."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from workbench.data.dataset import Dataset
from workbench.errors import UserError
from workbench.graph import Project
from workbench.graph.search import SearchSection
from workbench.search import space
from workbench.search.events import (
    SearchEnded,
    SearchEvent,
    SearchStarted,
    TrialEnded,
)
from workbench.search.keeping import keep_best
from workbench.search.samplers import SeededSampler
from workbench.search.storage import opened, quiet
from workbench.search.study import epochs_of, make, name_of, place_of, revive, trials_of
from workbench.search.trial import Bench, run_trial
from workbench.search.trials import Trial, ranked

MOST_FAILURES = 8
"""Trials in a row that may fail before the search is given up: more would fail too."""


def search(
    project: Project,
    dataset: Dataset,
    folder: Path,
    section: SearchSection | None = None,
    *,
    storage: str = "",
    study: str = "",
    device: str | None = None,
) -> Generator[SearchEvent, None, Trial | None]:
    """Run trials of a project's settings, and yield what happens; return the best trial of the study.

    ``section`` defaults to the project's. ``storage`` is an SQLAlchemy URL that others may share, "" for the
    project's own SQLite file; ``study`` a name in it, "" for the one that fits (`study.name_of`), to which
    trials are added if it exists. Trials are runs of the project in ``folder``; the best ``section.keep`` are
    kept. A trial that fails says why, and the search goes on. Whenever it is suspended nothing is under way;
    closing it stops the trial, whose values are tried again when the search goes on.

    Raises `UserError` where there is nothing to search for, a range can't be, the metric isn't measured, the
    storage can't be used, or trial after trial fails.
    """
    section = section or project.search or SearchSection()
    space.check(project, section.space)
    epochs = epochs_of(project, section)
    name = study or name_of(project, section)
    with opened(folder, storage) as kept:
        found = make(kept, name, section, epochs)
        revive(found, kept)
        bench = Bench(
            project, dataset, folder, section, epochs, place_of(folder, storage), device, kept, found
        )
        yield SearchStarted(
            name, section.metric, trials_of(found, section.space, bench.place), section.trials
        )
        failures = 0
        reason = "completed"
        for number in range(1, section.trials + 1):
            sampler = found.sampler
            if isinstance(sampler, SeededSampler) and sampler.exhausted(found):
                reason = "exhausted"
                break
            with quiet():
                trial = found.ask()
            yield from run_trial(bench, trial, number)
            best = keep_best(bench)
            ended = trials_of(found, section.space, bench.place)[trial.number]
            yield TrialEnded(ended, best)
            failures = failures + 1 if ended.state == "failed" else 0
            if failures == MOST_FAILURES:
                raise UserError(f"{failures} trials in a row failed, the last so: {ended.message}")
        best = next(iter(ranked(trials_of(found, section.space, bench.place), section.metric)), None)
        yield SearchEnded("exhausted" if reason == "exhausted" else "completed", best)
        return best
