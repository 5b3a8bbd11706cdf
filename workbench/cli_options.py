"""Arguments and options that several verbs share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

SPLITS = ("train", "validation", "test")


def one_of(names: Iterable[str]) -> Callable[[str | None], str | None]:
    """A check of an option's value; refusing it is bad usage, so status 2."""
    known = tuple(names)

    def check(value: str | None) -> str | None:
        if value is not None and value not in known:
            raise typer.BadParameter(f"{value!r} is not one of {', '.join(known)}.")
        return value

    return check


def setting(help_: str) -> Any:
    """``--set KEY=VALUE``, as often as one likes; ``help_`` says what is changed."""
    return typer.Option("--set", metavar="KEY=VALUE", help=help_, callback=_assignments)


def split_of(help_: str) -> Any:
    """``--split NAME``; ``help_`` says what its samples are for."""
    return typer.Option(
        metavar="|".join(SPLITS),
        help=help_,
        callback=one_of(SPLITS),
    )


def _assignments(values: list[str] | None) -> list[str] | None:
    """A check of ``--set``: whether each is an assignment; what it may assign, the verb knows."""
    for value in values or ():
        key, equals, _ = value.partition("=")
        if not equals or not key.strip():
            raise typer.BadParameter(f"{value!r} sets nothing. Write it as key=value, such as epochs=3.")
    return values


Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The project's folder.", show_default=False)]
Json = Annotated[
    bool, typer.Option("--json", help="End with one JSON object; progress goes to standard error.")
]
RunId = Annotated[str, typer.Option("--run", metavar="RUN", help="A run's id, or latest, or best.")]
Device = Annotated[
    str | None,
    typer.Option(
        metavar="auto|cpu|cuda",
        help="Where to train; else as the project says.",
        callback=one_of(("auto", "cpu", "cuda")),
    ),
]
