"""The command line: the window's jobs, for scripts and servers."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from typer.core import TyperGroup

from workbench import (
    __version__,
    cli_import,
    cli_inspect,
    cli_pictures,
    cli_preflight,
    cli_queue,
    cli_runs,
    cli_search,
)
from workbench.cli_options import Device, Folder, Json, RunId, one_of
from workbench.cli_output import (
    counted,
    emit,
    figures,
    findings,
    layer_facts,
    say,
    table,
    tell,
    template_facts,
)
from workbench.cli_processes import (
    Backend,
    Master,
    Nnodes,
    NodeRank,
    Nproc,
    Shard,
    layout_of,
    trained_together,
)
from workbench.cli_project import (
    Opened,
    data_or_problem,
    free_to_write,
    what_is_predicted,
)
from workbench.errors import UserError
from workbench.export.registry import EXPORTERS
from workbench.graph.file import NAME, file_of, load, save
from workbench.graph.project import Project
from workbench.train.launch import ALONE, Layout
from workbench.train.launch import Backend as BackendName

if TYPE_CHECKING:
    from workbench.data.dataset import SplitName
    from workbench.graph.facts import Facts
    from workbench.runs.run import Run


class _Verbs(TyperGroup):
    """Says a `UserError` in a line; anything else that is raised is a defect, and shows where."""

    def invoke(self, ctx: Any) -> Any:
        try:
            found = super().invoke(ctx)
            sys.stdout.flush()
        except UserError as error:
            tell("error: " + " ".join(str(error).split()))
            raise typer.Exit(1) from None
        except KeyboardInterrupt:
            tell("error: interrupted.")
            raise typer.Exit(1) from None
        except BrokenPipeError:
            # Whoever read the output has enough of it; Python would complain again when it flushes at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None
        return found


app = typer.Typer(
    cls=_Verbs,
    name="workbench",
    help="Design, train, inspect and export neural networks.\n\n'workbench [PROJECT]' opens the window; "
    "PROJECT is a project folder, a file or folder of data, or the name of a sample.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def _program(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        say(f"workbench {__version__}")
    elif context.invoked_subcommand is None:
        say(context.get_help())


@app.command()
def new(
    folder: Folder,
    sample: Annotated[
        str | None, typer.Option(metavar="NAME", help="Start from a sample that ships.")
    ] = None,
    data: Annotated[
        str | None, typer.Option(metavar="PATH", help="Start from data: a file or folder.")
    ] = None,
    target: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="The column of the data to predict.")
    ] = None,
    template: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Start from a known architecture, resized to the data if there are any.",
        ),
    ] = None,
) -> None:
    """Make a project from a sample, a template or data. Data get a stack that fits them."""
    if (sample is None) == (data is None and template is None):
        raise typer.BadParameter("give --sample NAME, or --data PATH, --template NAME or both of these.")
    if target is not None and data is None:
        raise typer.BadParameter("--target goes with --data.")
    file = folder / NAME
    if file.exists():
        raise UserError("there is a project here already.", place=str(file), remedy="Choose another folder.")
    if sample is not None:
        from workbench.data.samples import sample_project

        project, of, predicted = sample_project(sample), f"sample {sample}", ""
    elif data is None:
        from workbench.templates import template_named

        chosen = template_named(template or "")
        name = folder.resolve().name[:200] or chosen.title
        project, of, predicted = Project(name=name, model=chosen.graph()), chosen.title, ""
    else:
        from workbench.data.intake import project_for
        from workbench.templates import template_named

        shape = template_named(template) if template is not None else None
        project, dataset = project_for(data, target, folder.resolve().name or None, folder)
        if shape is not None:
            project = project.model_copy(update={"model": shape.graph(dataset.facts)})
            _tell_errors(project, dataset.facts)
        of = f"{counted(len(dataset), 'sample')}, {dataset.task}"
        predicted = what_is_predicted(project, dataset, guessed=target is None)
        for note in dataset.notes:
            tell(note)
    save(project, file)
    where = shlex.quote(str(folder))
    say(f"Made {file}: {project.name} ({of}, {counted(len(project.model), 'layer')}).")
    if predicted:
        say(predicted)
    say("Next:")
    for verb in ("check", "train", "evaluate", "") if project.data else ("check", ""):
        say(f"  workbench {verb + ' ' if verb else ''}{where}" + ("" if verb else "   opens the window"))


def _tell_errors(project: Project, facts: Facts) -> None:
    """Say at once what keeps a stack from being trained on the data that it was made for."""
    from workbench.build.check import check as check_stack

    for problem in check_stack(project.model, facts, project.training).errors:
        tell(f"warning: this can't be trained on these data yet. {problem.message}")


@app.command()
def check(folder: Folder, as_json: Json = False) -> None:
    """Show shapes, parameters, FLOPs and what is wrong. Ends with status 1 if there are errors."""
    from workbench.build.check import check as check_stack

    project = load(folder)
    dataset, problems = data_or_problem(project, _home(folder))
    report = check_stack(project.model, dataset.facts if dataset else None, project.training)
    problems += report.problems
    rows = [(row.id, row.type, row.output, row.params, row.flops) for row in report.rows]
    if as_json:
        layers = [
            {"id": i, "type": t, "shape": o and o.shape, "dtype": o and o.dtype, "params": p, "flops": f}
            for i, t, o, p, f in rows
        ]
        found = [{"layer": p.layer, "severity": p.severity, "message": p.message} for p in problems]
        emit({"layers": layers, "problems": found, "params": report.params, "flops": report.flops})
    else:
        total = ("total", "", None, report.params, report.flops)
        table(("id", "type", "shape", "params", "flops"), [*rows, total], right=("params", "flops"))
        for problem in problems:
            say(f"{problem.severity}: {problem.layer + ': ' if problem.layer else ''}{problem.message}")
    if any(problem.severity == "error" for problem in problems):
        raise typer.Exit(1)


app.command("import")(cli_import.import_model)
app.command()(cli_pictures.summary)
app.command()(cli_pictures.picture)
app.command()(cli_preflight.preflight)


@app.command()
def train(
    folder: Folder,
    epochs: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Passes over the training split.")
    ] = None,
    device: Device = None,
    seed: Annotated[
        int | None, typer.Option(min=0, max=2**31 - 1, metavar="N", help="Start of every random choice.")
    ] = None,
    resume: Annotated[
        str | None, typer.Option(metavar="RUN", help="Go on with a run, as it was set up.")
    ] = None,
    at: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="STEP",
            help="With --resume: go back to that run's checkpoint after so many steps, in a new run.",
        ),
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE", help="Change a value for this run: lr=0.01, conv1.bias=false."
        ),
    ] = None,
    nproc: Nproc = None,
    nnodes: Nnodes = 1,
    node_rank: NodeRank = 0,
    master: Master = "",
    backend: Backend = "auto",
    shard: Shard = False,
    as_json: Json = False,
) -> None:
    """Train, into a new run. Ctrl+C stops it and keeps what it has learned."""
    from workbench.cli_train import summary, trained

    wanted = [*(changes or []), *([] if epochs is None else [f"training.epochs={epochs}"])]
    if at is not None and resume is None:
        raise typer.BadParameter("--at goes with --resume.")
    wanted += [f"training.processes={nproc}"] if nproc else []
    wanted += ["training.shard=true"] if shard else []
    layout = Layout(nproc or 1, nnodes, node_rank, master, cast("BackendName", backend), shard)
    if layout.leads:
        layout = layout_of(_home(folder), wanted, resume, layout, nproc)
    run: Run | None
    if layout == ALONE:
        run = trained(_home(folder), wanted, device, seed, resume, at)
    else:
        run = trained_together(_home(folder), wanted, device, seed, resume, at, layout)
    if run is None:
        said = f"machine {node_rank} of {nnodes} has done its part; machine 0 has the run."
        emit({"run": None, "message": said}) if as_json else say(said)
        return
    info = run.info()
    if as_json:
        emit(summary(info))
    else:
        best = f" (best: epoch {info.best_epoch})" if info.best_epoch else ""
        say(f"run {run.id} {info.state}: {counted(info.epochs, 'epoch')}{best} · {figures(info.last)}")
    if info.state == "completed":
        return
    if info.state == "stopped":
        where = shlex.quote(str(folder))
        go_on = f"'workbench train {where} --resume {run.id}' goes on with it." if info.step else ""
        raise UserError(f"stopped after {counted(info.step, 'step')}.", place=f"run {run.id}", remedy=go_on)
    raise UserError(info.message or f"it ended {info.state}.", place=f"run {run.id}")


app.command()(cli_search.search)
app.command()(cli_queue.queue)


@app.command()
def evaluate(
    folder: Folder,
    run: RunId = "latest",
    split: Annotated[
        str,
        typer.Option(
            metavar="train|validation|test",
            help="The samples to evaluate on.",
            callback=one_of(("train", "validation", "test")),
        ),
    ] = "test",
    as_json: Json = False,
) -> None:
    """Measure a run's best weights on a split."""
    from workbench.evaluate.report import evaluate as measured

    opened = Opened.of(_home(folder), run)
    training = opened.project.training
    report = measured(
        opened.model,
        opened.dataset,
        cast("SplitName", split),
        loss=training.loss,
        loss_batch=training.batch_size,
    )
    if as_json:
        emit({"run": opened.run.id, **report.to_json()})
        return
    say(f"run {opened.run.id} on {report.samples:,} samples ({split}):")
    table(("metric", "value"), report.metrics.items(), right=("value",))
    if report.classes:
        rows = [(c.name, c.precision, c.recall, c.f1, c.support) for c in report.classes]
        names = ("precision", "recall", "f1", "support")
        table(("class", *names), rows, right=names)


app.command()(cli_inspect.inspect)


@app.command()
def export(
    folder: Folder,
    to: Annotated[
        str, typer.Option(metavar="|".join(EXPORTERS), help="What to write.", callback=one_of(EXPORTERS))
    ],
    run: RunId = "latest",
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="PATH", help="The file; else DIR/exports/model_RUN."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Write a run's model as ONNX or as code. What is written is compared with the model."""
    exporter = EXPORTERS[to]
    if output is not None:
        free_to_write(output, _home(folder), exporter.suffix)
    opened = Opened.of(_home(folder), run)
    path = output or _home(folder) / "exports" / f"model_{opened.run.id}{exporter.suffix}"
    found = exporter.export(
        opened.model, opened.project, opened.dataset, path, lambda _share, text: tell(text), opened.run.id
    )
    if as_json:
        emit({"run": opened.run.id, "to": to, **found.as_json()})
        return
    for item in found.inputs:
        say(f"input {item['name']}: {item['dtype']} {'×'.join(map(str, item['shape']))}")
    checked = found.checked
    say(f"Differs from the model by {found.max_abs_diff:.2g} at most, over {checked.samples} samples.")
    say(f"Written to {' and '.join(map(str, found.files))} ({found.size_bytes:,} bytes).")


for _verb in cli_runs.VERBS:
    app.command()(_verb)


@app.command()
def layers(as_json: Json = False) -> None:
    """List the layer types and their params."""
    from workbench.layers import CATALOGUE
    from workbench.layers.params import params_of

    if as_json:
        emit({"layers": [layer_facts(name, item) for name, item in CATALOGUE.items()]})
        return
    rows = [
        (name, item.group, ", ".join(param.name for param in params_of(item)), item.help())
        for name, item in CATALOGUE.items()
    ]
    table(("type", "group", "params", "help"), rows)


app.command()(cli_inspect.methods)


@app.command()
def templates(as_json: Json = False) -> None:
    """List the architectures that a stack can start from."""
    from workbench.templates import TEMPLATES

    if as_json:
        emit({"templates": [template_facts(item) for item in TEMPLATES.values()]})
        return
    rows = [
        (name, item.title, ", ".join(item.takes), item.answers, item.help())
        for name, item in TEMPLATES.items()
    ]
    table(("name", "title", "takes", "answers", "help"), rows)


@app.command()
def doctor(as_json: Json = False) -> None:
    """Show versions, devices, places and what is missing. Says how to get it."""
    from workbench.doctor import examine

    found = examine()
    if as_json:
        emit(found)
        return
    findings(found)


def _home(folder: Path) -> Path:
    """The project's folder; the file in it may be named as well."""
    return file_of(folder).parent
