"""Looking inside a run's model on the command line: the window's methods, as arrays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.cli_options import Folder, Json, RunId, one_of
from workbench.cli_output import array_facts, emit, method_facts, say, table, told_progress
from workbench.cli_project import Opened, free_to_write
from workbench.errors import UserError
from workbench.graph.file import file_of
from workbench.interpret.configured import configured
from workbench.interpret.registry import METHODS
from workbench.interpret.subject import Subject

if TYPE_CHECKING:
    from workbench.build.model import StackModel
    from workbench.data.dataset import Dataset
    from workbench.interpret.method import Result
    from workbench.interpret.subject import Target


def inspect(
    folder: Folder,
    method: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="What to do; 'workbench methods' lists them.", callback=one_of(METHODS)
        ),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE.npz", help="Where the arrays go.")],
    run: RunId = "latest",
    at: Annotated[
        int | None,
        typer.Option(metavar="STEP", help="The run's checkpoint after so many steps, not its best."),
    ] = None,
    layer: Annotated[str, typer.Option(metavar="ID", help="A layer; all of them if left out.")] = "",
    sample: Annotated[int, typer.Option(metavar="I", help="A sample, by its number in the data.")] = 0,
    target: Annotated[
        str, typer.Option(metavar="CLASS", help="A class, or a value, in place of the sample's own.")
    ] = "",
    split: Annotated[
        str,
        typer.Option(
            metavar="train|validation|test",
            help="For methods that look at many samples.",
            callback=one_of(("train", "validation", "test")),
        ),
    ] = "test",
    other: Annotated[str, typer.Option(metavar="RUN", help="The run to compare with.")] = "",
    other_at: Annotated[
        int | None, typer.Option(metavar="STEP", help="That run's checkpoint after so many steps.")
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change a param of the method: n_steps=100."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Look inside a run's model. Writes what a method finds as arrays."""
    from workbench.interpret.npz import write_npz

    home = file_of(folder).parent
    free_to_write(output, home, ".npz")
    chosen = configured(method, changes or [])
    opened = Opened.of(home, run)
    dataset = opened.dataset
    subject = Subject(
        opened.model if at is None else _model(home, opened.run.id, at),
        dataset,
        layer,
        sample,
        target=_target(dataset, target) if target else None,
        samples=dataset.splits.get(split),  # type: ignore[call-overload]
        other=_other(home, opened, other, other_at),
        loss=opened.project.training.loss,
    )
    with told_progress(chosen.title) as progress:
        found = chosen.run(replace(subject, progress=progress))
    write_npz(output, found.arrays)
    arrays = {name: array_facts(values) for name, values in found.arrays.items()}
    if as_json:
        what = {"run": opened.run.id, "method": method, "layer": layer or None}
        emit({**what, **_answers(found), "path": output, "arrays": arrays})
        return
    _show(found, arrays)
    say(f"Written to {output}.")


def methods(as_json: Json = False) -> None:
    """List the ways to look inside a model, and their params."""
    if as_json:
        emit({"methods": [method_facts(method) for method in METHODS.values()]})
        return
    rows = [
        (item.name, {"sample": "a sample", "samples": "many samples", "models": "two models"}[item.scope],
         ", ".join(type(item).model_fields), item.help)
        for item in METHODS.values()
    ]  # fmt: skip
    table(("method", "of", "params", "help"), rows)


def _model(home: Path, run: str, step: int | None) -> StackModel:
    from workbench.runs.store import RunStore
    from workbench.runs.weights import load_model

    return load_model(RunStore(home).open(run), "best" if step is None else step)


def _other(home: Path, opened: Opened, run: str, step: int | None) -> StackModel | None:
    """The second model: another run's, or another epoch of the same one."""
    if not run and step is None:
        return None
    if not run:
        return _model(home, opened.run.id, step)
    found = Opened.of(home, run)
    return found.model if step is None else _model(home, found.run.id, step)


def _target(dataset: Dataset, text: str) -> Target:
    """A class by its name or its number, or a value. Raises `UserError`."""
    if text in dataset.classes:
        return dataset.classes.index(text)
    try:
        return int(text) if dataset.classes else float(text)
    except ValueError:
        known = f"Classes are {', '.join(dataset.classes[:10])}." if dataset.classes else "Write a number."
        raise UserError(f"there is no class {text!r}.", place="--target", remedy=known) from None


def _answers(found: Result) -> dict[str, Any]:
    one = {"sample": found.sample, "target": found.target, "predicted": found.predicted, "loss": found.loss}
    return {**one, "note": found.note, "figures": dict(found.figures), "text": found.text}


def _show(found: Result, arrays: dict[str, dict[str, Any]]) -> None:
    said = found.note
    if found.sample is not None:
        said += f" Sample {found.sample}: target {found.target}, predicted {found.predicted}."
    say(said)
    if found.text:
        say(found.text)
    if found.figures:
        table(("figure", "value"), list(found.figures.items()), right=("value",))
    headings = ("array", "shape", "dtype", "mean", "std", "min", "max", "zeros", "not_finite")
    table(headings, [(name, *facts.values()) for name, facts in arrays.items()], right=headings[3:])
