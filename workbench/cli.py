"""The command line: the window's jobs, for scripts and servers."""

from __future__ import annotations

from typing import Annotated

import typer

from workbench import (
    __version__,
    cli_catalogue,
    cli_check,
    cli_doctor,
    cli_evaluate,
    cli_export,
    cli_import,
    cli_inspect,
    cli_new,
    cli_pictures,
    cli_preflight,
    cli_queue,
    cli_runs,
    cli_search,
    cli_train,
    cli_trash,
)
from workbench.cli_failing import Verbs
from workbench.cli_output import say

app = typer.Typer(
    cls=Verbs,
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


app.command()(cli_new.new)
app.command()(cli_check.check)
app.command("import")(cli_import.import_model)
app.command()(cli_pictures.summary)
app.command()(cli_pictures.picture)
app.command()(cli_preflight.preflight)
app.command()(cli_train.train)
app.command()(cli_search.search)
app.command()(cli_queue.queue)
app.command()(cli_evaluate.evaluate)
app.command()(cli_inspect.inspect)
app.command()(cli_export.export)
for _verb in (*cli_runs.VERBS, *cli_trash.VERBS):
    app.command()(_verb)
app.command()(cli_catalogue.layers)
app.command()(cli_inspect.methods)
app.command()(cli_catalogue.samples)
app.command()(cli_catalogue.templates)
app.command()(cli_doctor.doctor)
