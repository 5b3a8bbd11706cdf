"""What is known of a run, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from workbench.runs.info import RunInfo
from workbench.ui.choice_words import said
from workbench.ui.param_editor import spoken as named
from workbench.ui.runs_columns import spoken, started, tr
from workbench.ui.wording import duration, figure, grouped, spelled

_SHOWN_APART = ("epochs", "seed", "device")


def facts_of(run: RunInfo) -> list[tuple[str, str]]:
    """Return names and values, those that people look for first on top."""
    return [(name, value) for name, value in _facts(run) if value]


def _facts(run: RunInfo) -> Iterator[tuple[str, str]]:
    yield tr("Run"), run.id
    yield tr("State"), f"{run.state}: {run.message}" if run.message else run.state
    done = tr("{} of {} epochs, {} steps").format(run.epochs, run.planned_epochs, grouped(run.step))
    yield tr("Done"), f"{done} · {duration(run.seconds)}" if run.seconds else done
    if run.best_epoch is not None:
        yield tr("Best"), tr("epoch {}: {}").format(run.best_epoch, _figures(run.best))
    if run.last != run.best:
        yield tr("Last"), _figures(run.last)
    if run.parent:
        yield tr("From"), tr("run {}, step {}").format(run.parent.run, grouped(run.parent.step))
    yield tr("Settings"), _settings(run.project.get("training"))
    if run.changes:
        yield tr("Changed"), "\n".join(map(_change, run.changes))
    if run.data:
        parts = ", ".join(f"{grouped(n)} {split}" for split, n in run.data.samples.items())
        yield tr("Data"), f"{run.data.name}: {parts}"
    speed = f" · {grouped(round(run.samples_per_second))} samples/s" if run.samples_per_second else ""
    yield tr("Device"), f"{run.device.replace('cpu', 'CPU')}{speed} · seed {run.seed}"
    yield tr("Started"), started(run, seconds=True)
    yield tr("With"), " · ".join(f"{name} {version}" for name, version in run.versions.items())
    if run.git:
        yield tr("Git"), run.git.commit[:12] + (tr(" with changes") if run.git.dirty else "")


def _figures(values: dict[str, float]) -> str:
    return " · ".join(f"{spelled(name)} {figure(name, value)}" for name, value in values.items())


def _settings(training: Any) -> str:
    """The optimizer, the size of a batch, and what else isn't as it is by default."""
    from workbench.graph.training import TrainingSection

    try:
        section = TrainingSection.model_validate(training)
    except ValidationError:  # of a version that knew other settings
        return ""
    usual, told = TrainingSection(), []
    for name in type(section).model_fields:
        value = getattr(section, name)
        if isinstance(value, BaseModel):
            if name == "optimizer" or value != getattr(usual, name):
                told.append(_section(name, value))
        elif name == "batch_size" or (value != getattr(usual, name) and name not in _SHOWN_APART):
            told.append(f"{named(name).lower()} {spoken(value)}")
    return " · ".join(told)


def _section(setting: str, section: BaseModel) -> str:
    """A section's name, and what isn't as it is by default."""
    usual = type(section)()
    words = [said(setting, str(getattr(section, "name", "")))]
    for name in type(section).model_fields:
        value = getattr(section, name)
        if name != "name" and (name == "lr" or value != getattr(usual, name)):
            words.append(f"{named(name).lower()} {spoken(value)}")
    return ", ".join(words)


def _change(change: dict[str, Any]) -> str:
    before, value = change.get("before"), change.get("value")
    return tr("{} {} → {} from step {} on").format(change.get("name"), before, value, change.get("step"))
