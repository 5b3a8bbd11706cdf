"""Which trials' runs are kept: the best. All of a hundred would bury the runs that people made themselves."""

from __future__ import annotations

from contextlib import suppress

from workbench.errors import UserError
from workbench.runs.store import RunStore
from workbench.search.study import gone_from, trials_of
from workbench.search.trial import Bench
from workbench.search.trials import Trial, ranked


def keep_best(bench: Bench) -> Trial | None:
    """Let go of the runs of all but the best trials that ended here; return the best of the study.

    A run that is let go of lies in the trash, without its weights: its number isn't given again.
    """
    section = bench.section
    trials = trials_of(bench.study, section.space, bench.place)
    best = ranked(trials, section.metric)
    wanted = {trial.number for trial in best[: section.keep]}
    over = [t for t in trials if t.run and t.number not in wanted and t.state not in ("running", "waiting")]
    for trial in over:
        _let_go(RunStore(bench.folder), trial.run)
    if over:
        gone = gone_from(bench.study, bench.place) | {trial.number for trial in over}
        bench.study.set_user_attr(f"gone {bench.place}", sorted(gone))
    return best[0] if best else None


def _let_go(store: RunStore, run_id: str) -> None:
    with suppress(UserError, OSError):  # somebody deleted it, or has it open
        run = store.open(run_id)
        for path in (run.best, run.last, *run.folder.glob("checkpoints/*")):
            path.unlink(missing_ok=True)
        store.delete(run_id)
