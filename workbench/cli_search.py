"""The verb ``search``: trials of settings from one command."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer
from pydantic import ValidationError

from workbench.cli_failing import UnfinishedError
from workbench.cli_options import Device, Folder, Json, one_of
from workbench.cli_output import counted, emit, figures, say, table, tell
from workbench.cli_project import data_of, home_of
from workbench.cli_stopping import taken
from workbench.errors import UserError
from workbench.graph.file import explain, load, save
from workbench.graph.project import Project
from workbench.graph.search import PrunerName, SamplerName, SearchSection

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset
    from workbench.search.events import SearchEvent
    from workbench.search.trials import Trial


def search(
    folder: Folder,
    trials: Annotated[int | None, typer.Option(min=1, metavar="N", help="Trials to run now.")] = None,
    space: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=RANGE",
            help="What to try: 'optimizer.lr=1e-5..1e-1 log', 'linear1.out_features=16..256 step 16', "
            "'batch_size=16,32,64'. Else the project's own space.",
        ),
    ] = None,
    suggested: Annotated[
        bool, typer.Option("--suggest", help="Add what is usually worth trying to the space.")
    ] = False,
    metric: Annotated[
        str | None, typer.Option(metavar="NAME", help="val_loss, or a validation metric: accuracy, r2.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1, metavar="N", help="Epochs a trial.")] = None,
    sampler: Annotated[
        str | None,
        typer.Option(
            metavar="|".join(get_args(SamplerName)),
            help="How values are chosen.",
            callback=one_of(get_args(SamplerName)),
        ),
    ] = None,
    pruner: Annotated[
        str | None,
        typer.Option(
            metavar="|".join(get_args(PrunerName)),
            help="When bad trials are given up.",
            callback=one_of(get_args(PrunerName)),
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, max=2**31 - 1, metavar="N", help="Another seed tries other values.")
    ] = None,
    keep: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Best trials whose runs are kept.")
    ] = None,
    storage: Annotated[
        str,
        typer.Option(
            metavar="URL",
            help="Database that several machines share: postgresql://…; else DIR/runs/search.sqlite.",
        ),
    ] = "",
    study: Annotated[
        str, typer.Option(metavar="NAME", help="Name of the study; else the one that fits the project.")
    ] = "",
    apply: Annotated[
        bool, typer.Option("--apply", help="Put the best trial's values into the project.")
    ] = False,
    device: Device = None,
    as_json: Json = False,
) -> None:
    """Search for good settings. Ctrl+C stops; the same command goes on."""
    home = home_of(folder)
    project = load(home)
    dataset = data_of(project, home)
    asked = {
        "trials": trials,
        "metric": metric,
        "epochs": epochs,
        "sampler": sampler,
        "pruner": pruner,
        "seed": seed,
        "keep": keep,
    }
    section = _section(project, dataset, space or [], suggested, asked)
    found = _searched(project, dataset, home, section, storage, study, device)
    if apply and found.best is not None:
        from workbench.search.settings import apply_values

        save(apply_values(project, found.best.values), home)
    if not as_json:
        _tell_search(found, section, folder, applied=apply)
    if found.stopped:
        raise UnfinishedError(
            f"stopped after {counted(len(found.ended), 'trial')}.",
            found.to_json(),
            place=f"study {found.study}",
            remedy="The same command goes on.",
        )
    if found.best is None:
        raise UnfinishedError("no trial was completed.", found.to_json(), place=f"study {found.study}")
    if as_json:
        emit(found.to_json())


class _Found:
    """What a search came to."""

    def __init__(self) -> None:
        self.study = ""
        self.metric = ""
        self.before = 0
        self.ended: list[Trial] = []
        self.best: Trial | None = None
        self.stopped = False

    def take(self, event: SearchEvent) -> None:
        """Note what happened, and tell it."""
        from workbench.search.events import SearchEnded, SearchStarted, TrialEnded, TrialStarted

        if isinstance(event, SearchStarted):
            self.study, self.metric = event.study, event.metric
            self.before = sum(trial.state not in ("waiting", "running") for trial in event.trials)
            before = f" after {counted(self.before, 'trial')}" if self.before else ""
            tell(f"study {event.study}: {counted(event.planned, 'trial')}{before}")
        elif isinstance(event, TrialStarted):
            tell(f"trial {event.trial.number} ({event.number}/{event.planned}): {_values(event.trial)}")
        elif isinstance(event, TrialEnded):
            self.ended.append(event.trial)
            self.best = event.best
            value = figures({self.metric: event.trial.value})
            best = f"; best {event.best.value:.4g} (trial {event.best.number})" if event.best else ""
            tell(f"trial {event.trial.number} {event.trial.state}: {event.trial.message or value}{best}")
        elif isinstance(event, SearchEnded):
            self.best = event.best
            if event.reason == "exhausted":
                tell("Every combination of the grid was tried.")

    def to_json(self) -> dict[str, Any]:
        """Return it for ``--json``."""
        counts = {
            state: sum(trial.state == state for trial in self.ended)
            for state in ("completed", "pruned", "failed")
        }
        return {
            "study": self.study,
            "metric": self.metric,
            "before": self.before,
            **counts,
            "best": self.best and self.best.to_json(),
            "trials": [trial.to_json() for trial in self.ended],
        }


def _section(
    project: Project, dataset: Dataset, space: list[str], suggested: bool, asked: dict[str, Any]
) -> SearchSection:
    from workbench.search.space import parse_assignment
    from workbench.search.suggest import suggest

    section = project.search or SearchSection()
    ranges = {} if space or suggested else dict(section.space)
    if suggested:
        ranges |= suggest(project, dataset.facts, len(dataset.splits["train"]))
    for text in space:
        path, values = parse_assignment(project, text, ranges)
        ranges[path] = values
    if not ranges:
        raise UserError(
            "there is nothing to search for.",
            place="--space",
            remedy="Give ranges, such as --space 'optimizer.lr=1e-5..1e-1 log', or --suggest.",
        )
    given = {key: value for key, value in asked.items() if value is not None}
    try:
        return SearchSection.model_validate({**section.model_dump(), "space": ranges, **given})
    except ValidationError as error:
        raise UserError(explain(error)) from None


def _searched(
    project: Project,
    dataset: Dataset,
    home: Path,
    section: SearchSection,
    storage: str,
    study: str,
    device: str | None,
) -> _Found:
    from workbench.search.search import search as searching

    found = _Found()
    events = searching(project, dataset, home, section, storage=storage, study=study, device=device)
    found.stopped = taken(events, found.take)
    return found


def _tell_search(found: _Found, section: SearchSection, folder: Path, *, applied: bool) -> None:
    from workbench.search.trials import ranked

    best = ranked(found.ended, found.metric)[:10]
    names = list(section.space)
    if best:
        rows = [(t.number, t.value, *(t.values.get(name) for name in names), t.run) for t in best]
        table(("trial", found.metric, *names, "run"), rows, right=("trial", found.metric))
    if found.best is not None:
        say(f"best: trial {found.best.number}, {figures({found.metric: found.best.value})}")
        if applied:
            say("Its values are in the project now.")
        else:
            words = " ".join(f"--set {shlex.quote(text)}" for text in _assignments(found.best))
            say(f"Train with its values: workbench train {shlex.quote(str(folder))} {words}")


def _values(trial: Trial) -> str:
    return ", ".join(_assignments(trial))


def _assignments(trial: Trial) -> list[str]:
    from workbench.search.typed import shown

    return [f"{path}={shown(value)}" for path, value in trial.values.items()]
