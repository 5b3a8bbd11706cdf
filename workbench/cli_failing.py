"""What the command line says and ends with where a verb fails."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperGroup

from workbench.cli_output import emit, tell
from workbench.errors import UserError

_BadUsage: Any = typer.BadParameter.__base__
"""What Typer raises for words that are no command: it doesn't export the class itself."""

_WORDS = "workbench.words"


class BadUsageError(UserError):
    """Words that are wrong by themselves, whatever is on the disk: status 2."""


@contextmanager
def words_alone() -> Iterator[None]:
    """Let what is refused within be bad usage, as nothing but the words was looked at."""
    try:
        yield
    except UserError as error:
        raise BadUsageError(error.what, place=error.place, remedy=error.remedy) from None


class UnfinishedError(UserError):
    """Work that failed and has something to show for it: ``found`` joins what ``--json`` prints."""

    def __init__(self, what: str, found: Mapping[str, Any], *, place: str = "", remedy: str = "") -> None:
        self.found = found
        super().__init__(what, place=place, remedy=remedy)


class Verbs(TyperGroup):
    """Ends a verb that fails: a line on standard error, and with ``--json`` an object with that as ``error``.

    Status 2 is for words that are wrong by themselves, whatever is on the disk: Typer refuses them, or a verb
    by `typer.BadParameter` or `BadUsageError`. Any other `UserError` ends with status 1. What else is raised
    is a defect, and shows where.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Keep the words: a verb's options are lost by the time that it has failed."""
        ctx.meta[_WORDS] = frozenset(args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run a verb. Raises `typer.Exit`."""
        as_json = "--json" in ctx.meta[_WORDS]
        status, found = 1, {}
        try:
            return _flushed(super().invoke, ctx)
        except _BadUsage as error:
            if as_json:
                emit({"error": error.format_message()})
            raise
        except UserError as error:
            said = " ".join(str(error).split())
            status = 2 if isinstance(error, BadUsageError) else 1
            found = dict(error.found) if isinstance(error, UnfinishedError) else {}
        except KeyboardInterrupt:
            said = "interrupted."
        except BrokenPipeError:
            # Whoever read the output has enough of it; Python would complain again when it flushes at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None
        tell(f"error: {said}")
        if as_json:
            emit({**found, "error": said})
        raise typer.Exit(status) from None


def _flushed(run: Any, ctx: Any) -> Any:
    found = run(ctx)
    sys.stdout.flush()
    return found
