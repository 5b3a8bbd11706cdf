"""A study: the trials of one search, by all who share it."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Container, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import UserError
from workbench.graph import Project
from workbench.graph.search import Choices, Range, SearchSection, Value
from workbench.runs.machine import Process, this_process
from workbench.search.space import settle
from workbench.search.storage import database, opened, quiet
from workbench.search.trials import State, Trial, maximised

if TYPE_CHECKING:
    from optuna import Study
    from optuna.storages import RDBStorage
    from optuna.trial import FrozenTrial

_STATES: Mapping[str, State] = {
    "WAITING": "waiting",
    "RUNNING": "running",
    "COMPLETE": "completed",
    "PRUNED": "pruned",
    "FAIL": "failed",
}


def name_of(project: Project, section: SearchSection) -> str:
    """Return the name of the study whose trials can be compared with those of this search.

    Data, stack, settings of training, metric, epochs and choices go into it, but neither the settings that
    are searched for nor how far their ranges go: these may be changed, and the search goes on.
    """
    least, most = (settle(project, section.space, pick)[0] for pick in (_first, _last))
    facts = {
        "project": _common(_facts(least), _facts(most)),  # so without what is searched for, in copies too
        "epochs": epochs_of(project, section),
        "metric": section.metric,
        "space": {path: _kind(values) for path, values in sorted(section.space.items())},
    }
    return "search-" + hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:10]


def epochs_of(project: Project, section: SearchSection) -> int:
    """Return how many epochs a trial has."""
    return section.epochs or project.training.epochs


def place_of(folder: Path, url: str) -> str:
    """Return what tells this project folder apart from those of others who share the storage."""
    return f"{platform.node()}:{folder.resolve()}" if url else "here"


def make(storage: RDBStorage, name: str, section: SearchSection, epochs: int) -> Study:
    """Open a study for more trials, or make it. Raises `UserError` where it was for the other direction."""
    import optuna

    from workbench.search.samplers import SeededSampler, pruner

    study = optuna.create_study(
        storage=storage,
        sampler=SeededSampler(section),
        pruner=pruner(section.pruner, epochs),
        study_name=name,
        direction="maximize" if maximised(section.metric) else "minimize",
        load_if_exists=True,
    )
    before = study.user_attrs.get("metric", section.metric)
    if before != section.metric:
        raise UserError(
            f"its trials were judged by {before}.", place=f"study {name}", remedy="Choose another name."
        )
    study.set_user_attr("metric", section.metric)
    return study


def revive(study: Study, storage: RDBStorage) -> None:
    """Fail the trials whose process died, and line their values up to be tried again."""
    import optuna
    from optuna.trial import TrialState

    callback = storage.get_heartbeat_stale_trial_callback()
    for trial in study.get_trials(states=(TrialState.RUNNING,)):
        process = trial.user_attrs.get("process")
        if not process or process.get("host") != platform.node():
            continue
        if not Process(pid=process["pid"], started=process["started"]).alive:
            storage.set_trial_user_attr(trial._trial_id, "message", "The program ended while it ran.")
            if storage.set_trial_state_values(trial._trial_id, TrialState.FAIL) and callback:
                callback(study, storage.get_trial(trial._trial_id))
    with quiet():
        optuna.storages.fail_stale_trials(study)


def again(study: Study, trial: FrozenTrial) -> None:
    """Line a trial's values up to be tried again: somebody stopped it."""
    from optuna.storages import RetryHeartbeatStaleTrialCallback

    with quiet():
        retry = RetryHeartbeatStaleTrialCallback()
    retry(study, trial)


def mark() -> dict[str, Any]:
    """Return what tells a trial's process apart from all others."""
    process = this_process()
    return {"host": platform.node(), "pid": process.pid, "started": process.started}


def trials_of(study: Study, space: Mapping[str, Range], place: str) -> tuple[Trial, ...]:
    """Return a study's trials, oldest first, with the runs that are still at a place."""
    gone = gone_from(study, place)
    return tuple(as_trial(trial, space, place, gone) for trial in study.get_trials(deepcopy=False))


def gone_from(study: Study, place: str) -> frozenset[int]:
    """Return the numbers of the trials whose runs were let go of at a place."""
    return frozenset(study.user_attrs.get(f"gone {place}", ()))


def as_trial(found: FrozenTrial, space: Mapping[str, Range], place: str, gone: Container[int] = ()) -> Trial:
    """Return a trial as Optuna has it in our terms."""
    attrs = found.user_attrs
    state = _STATES[found.state.name]
    values = found.intermediate_values
    here = attrs.get("place") == place and found.number not in gone
    waiting = state == "waiting"
    return Trial(
        number=found.number,
        state=state if waiting else attrs.get("ended") or state,
        values={path: _value(value, space.get(path)) for path, value in found.params.items()},
        value=found.value if found.value is not None else values[max(values)] if values else None,
        epochs=max(values, default=0),
        run="" if waiting or not here else str(attrs.get("run", "")),
        message="" if waiting else str(attrs.get("message", "")),
        seconds=found.duration.total_seconds() if found.duration else None,
    )


def read_trials(
    folder: Path, project: Project, section: SearchSection, url: str = "", name: str = ""
) -> tuple[Trial, ...]:
    """Return the trials of a search so far; none where it wasn't begun. Raises `UserError`."""
    import optuna

    if not url and not database(folder).is_file():
        return ()
    with opened(folder, url) as storage:
        try:
            study = optuna.load_study(study_name=name or name_of(project, section), storage=storage)
        except KeyError:
            return ()
        return trials_of(study, section.space, place_of(folder, url))


def count_studies(folder: Path, url: str = "") -> int:
    """Return how many searches a storage holds. Raises `UserError`."""
    if not url and not database(folder).is_file():
        return 0
    with opened(folder, url) as storage:
        return len(storage.get_all_studies())


def _first(_path: str, values: Range) -> Value:
    return values.values[0] if isinstance(values, Choices) else values.low


def _last(_path: str, values: Range) -> Value:
    return values.values[-1] if isinstance(values, Choices) else values.high


def _facts(project: Project) -> dict[str, Any]:
    raw = project.model_dump(mode="json", include={"data", "model", "training"})
    for name in ("epochs", "device", "keep", "save_minutes"):
        del raw["training"][name]
    return raw


def _common(one: Any, other: Any) -> Any:
    """What two documents have in common; None for what differs."""
    if isinstance(one, dict) and isinstance(other, dict):
        shared = {key: _common(value, other.get(key)) for key, value in one.items()}
        return {key: value for key, value in shared.items() if value not in (None, {})}
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [_common(a, b) for a, b in zip(one, other, strict=True)]
    return one if one == other else None


def _kind(values: Range) -> Any:
    return list(values.values) if isinstance(values, Choices) else values.kind


def _value(found: Any, values: Range | None) -> Value:
    from workbench.search.distributions import value_of

    return found if values is None else value_of(found, values)
