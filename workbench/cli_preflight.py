"""What a run will cost and whether it can learn, told on the command line before it starts."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from workbench.cli_failing import UnfinishedError
from workbench.cli_options import Device, Folder, Json, setting
from workbench.cli_output import emit, say, table, tell
from workbench.cli_project import data_of, home_of
from workbench.graph.file import load
from workbench.graph.overrides import override
from workbench.graph.training import at_rate
from workbench.train.preflight.amounts import size_of, span

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset
    from workbench.graph import Project
    from workbench.train.preflight.forecast import Forecast

_Result = TypeVar("_Result")


def preflight(
    folder: Folder,
    device: Device = None,
    find_lr: Annotated[
        bool, typer.Option("--find-lr", help="Also look for a learning rate, by a range test.")
    ] = False,
    one_batch: Annotated[
        bool, typer.Option("--one-batch", help="Also try whether the stack learns a single batch.")
    ] = False,
    changes: Annotated[
        list[str] | None,
        setting("Change a value for this: batch_size=256, lr=0.01."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Tell what a training will take: memory and time. Nothing is recorded.

    Ends with status 1 where a step doesn't fit, or one batch isn't learned.
    """
    home = home_of(folder)
    project = override(load(home), changes or [])
    dataset = data_of(project, home)
    found = _forecast(project, dataset, device, home)
    answer = found.to_json()
    if not as_json:
        _show(found)
    if find_lr and found.fits:
        answer["rate"] = _find_rate(project, dataset, device, home, as_json)
    if one_batch and found.fits:
        answer["one_batch"] = _one_batch(project, dataset, device, home, as_json)
    if not found.fits:
        raise UnfinishedError(_too_large(found), answer, place="training.batch_size", remedy=_smaller(found))
    if one_batch and answer["one_batch"]["verdict"] != "learned":
        tried = answer["one_batch"]
        raise UnfinishedError(tried["message"], answer, remedy=tried["remedy"])
    if as_json:
        emit(answer)


def _forecast(project: Project, dataset: Dataset, device: str | None, home: Path) -> Forecast:
    from workbench.train.preflight.forecast import forecast

    tell("Measuring memory and time…")
    return _last(forecast(project, dataset, device=device, folder=home))


def _find_rate(
    project: Project, dataset: Dataset, device: str | None, home: Path, as_json: bool
) -> dict[str, Any]:
    from workbench.train.preflight.rates import find_rate

    tell("Trying learning rates…")
    found = _last(find_rate(project, dataset, device=device, folder=home))
    if not as_json:
        take = f" Take it with {_taking(project, found.suggestion)}." if found.suggestion else ""
        say(f"{found.message}{take}")
    return found.to_json()


def _taking(project: Project, rate: float) -> str:
    """The options with which a run steps as the test did at its suggestion."""
    before = project.training.optimizer
    now = at_rate(before, float(f"{rate:.2g}")).model_dump()
    names = [name for name, value in now.items() if name == "lr" or value != getattr(before, name)]
    return " ".join(f"--set {name}={now[name]:g}" for name in names)


def _one_batch(
    project: Project, dataset: Dataset, device: str | None, home: Path, as_json: bool
) -> dict[str, Any]:
    from workbench.train.preflight.one_batch import learn_one_batch

    tell("Learning one batch…")
    found = _last(learn_one_batch(project, dataset, device=device, folder=home))
    if not as_json and found.verdict == "learned":
        say(found.message)
    return found.to_json()


def _show(found: Forecast) -> None:
    rows: list[tuple[str, str]] = [
        ("parameters", f"{found.params:,}"),
        ("FLOPs a sample", f"{found.flops:,}"),
        ("device", found.device),
    ]
    if found.memory:
        parts = {name: size for name, size in vars(found.memory).items() if size}
        rows.append((f"memory at batch {found.batch_size:,}", size_of(found.memory.total)))
        rows += [(f"  {name}", size_of(size)) for name, size in parts.items()]
    rows.append(("free memory", f"{size_of(found.room.free)} of {size_of(found.room.total)}"))
    if found.largest_batch:
        whole = " (all training samples)" if found.largest_batch == found.samples else ""
        rows.append(("largest batch that fits", f"{found.largest_batch:,}{whole}, 10 % left free"))
    if found.timing and found.run_seconds is not None:
        rows += [
            ("samples a second", f"{found.timing.samples_per_second:,.0f}"),
            ("time an epoch", span(found.timing.epoch_seconds)),
            (f"time of {found.epochs:,} epochs", span(found.run_seconds)),
        ]
    table(("what", "how much"), rows, right=("how much",))
    if found.timing and found.timing.note:
        say(found.timing.note)


def _too_large(found: Forecast) -> str:
    assert found.memory is not None
    return (
        f"a step with {found.batch_size:,} samples takes {size_of(found.memory.total)}; "
        f"{found.device} has {size_of(found.room.free)} free."
    )


def _smaller(found: Forecast) -> str:
    if found.largest_batch:
        return f"Set it to {found.largest_batch} or less."
    return "Make the stack smaller: not even one sample fits."


def _last(work: Generator[Any, None, _Result]) -> _Result:
    """Let work run to its end and return its result."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: _Result = end.value
            return result
