"""Looking inside a run's model on the command line: the window's methods, as arrays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.cli_failing import BadUsageError, words_alone
from workbench.cli_options import Folder, Json, RunId, one_of, setting, split_of
from workbench.cli_output import array_facts, emit, method_facts, say, table, told_progress
from workbench.cli_project import Opened, free_to_write, home_of
from workbench.errors import UserError
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
    split: Annotated[str, split_of("For methods that look at many samples.")] = "test",
    other: Annotated[str, typer.Option(metavar="RUN", help="The run to compare with.")] = "",
    other_at: Annotated[
        int | None, typer.Option(metavar="STEP", help="That run's checkpoint after so many steps.")
    ] = None,
    changes: Annotated[
        list[str] | None,
        setting("Change a param of the method: n_steps=100."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Look inside a run's model. Writes what a method finds as arrays."""
    from workbench.interpret.naming import strongest, with_names
    from workbench.interpret.npz import write_npz

    home = home_of(folder)
    free_to_write(output, home, ".npz")
    with words_alone():
        chosen = configured(method, changes or [])
    if chosen.scope != "models" and (other or other_at is not None):
        comparing = ", ".join(item.name for item in METHODS.values() if item.scope == "models")
        raise BadUsageError(
            f"{method} looks at one model only.",
            place="--other" if other else "--other-at",
            remedy=f"Leave it out, or choose a method that compares two: {comparing}.",
        )
    opened = Opened.of(home, run, at)
    dataset = opened.dataset
    subject = Subject(
        opened.model,
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
    named = with_names(found.arrays, dataset)
    write_npz(output, named)
    arrays = {name: array_facts(values) for name, values in named.items()}
    if as_json:
        what = {"run": opened.run.id, "method": method, "layer": layer or None}
        emit({**what, **_answers(found), "path": output, "arrays": arrays})
        return
    _show(found, arrays)
    heading, rows = strongest(found.arrays, dataset)
    if rows:
        table((heading, "value"), [(name, f"{value:.4g}") for name, value in rows], right=("value",))
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


def _other(home: Path, opened: Opened, run: str, step: int | None) -> StackModel | None:
    """The second model: another run's, or another epoch of the same one."""
    if not run and step is None:
        return None
    found = Opened.of(home, run or opened.run.id, step)
    if found.dataset.facts != opened.dataset.facts:
        raise UserError(
            f"run {found.run.id} was trained on other data than run {opened.run.id}.",
            place="--other",
            remedy="Compare runs of the same data.",
        )
    return found.model


def _target(dataset: Dataset, text: str) -> Target:
    """A class by its name or its number, or a value. Raises `UserError`."""
    if text in dataset.classes:
        return dataset.classes.index(text)
    try:
        return int(text) if dataset.classes else float(text)
    except ValueError:
        what, remedy = f"{text!r} is no number.", "The target of these data is one; write it as such."
        if dataset.classes:
            what, remedy = f"there is no class {text!r}.", f"Classes are {', '.join(dataset.classes[:10])}."
        raise UserError(what, place="--target", remedy=remedy) from None


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
