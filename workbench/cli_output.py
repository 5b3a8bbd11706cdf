"""What the command line says: JSON, tables, and training's progress."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from workbench.interpret.statistics import statistics
from workbench.layers import Layer
from workbench.layers.params import params_of
from workbench.train.events import Diagnosed, EpochEnded, Event, Finding, Started, Steps

if TYPE_CHECKING:
    from workbench.interpret.method import Method
    from workbench.templates.base import Template

WIDE = 200
"""Columns for output that goes to a file or a program: cutting it off would help nobody."""


def emit(found: Mapping[str, Any]) -> None:
    """Print an object as one line of JSON on standard output; what is no finite number becomes null."""
    print(json.dumps(plain(found)))  # noqa: T201


def plain(value: Any) -> Any:
    """Return a value in types that JSON has."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, Path) else value


def say(text: str) -> None:
    """Print a line on standard output."""
    print(text)  # noqa: T201


def tell(text: str) -> None:
    """Print a line on standard error."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def table(headings: Sequence[str], rows: Iterable[Sequence[object]], right: Sequence[str] = ()) -> None:
    """Print rows under headings on standard output; columns named in ``right`` are numbers."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        made.add_column(heading, justify="right" if heading in right else "left", overflow="fold")
    for row in rows:
        made.add_row(*(_shown(cell) for cell in row))
    console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else WIDE)
    console.print(made)


def counted(number: int, noun: str) -> str:
    """'1 epoch', '1,234 epochs'."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def figures(values: Mapping[str, float | None]) -> str:
    """'train_loss 0.1234 · accuracy 0.9' for named numbers."""
    return " · ".join(f"{name} {_shown(value)}" for name, value in values.items() if value is not None)


def _shown(cell: object) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return f"{cell:.4g}"
    if isinstance(cell, int):
        return f"{cell:,}"
    if type(cell) is tuple:  # a shape; a TensorSpec says itself how it is shown
        return "×".join(map(str, cell)) or "scalar"
    return str(cell)


def array_facts(values: NDArray[np.generic]) -> dict[str, Any]:
    """Return what an array is like, for a row of a table."""
    what = {"shape": values.shape, "dtype": str(values.dtype)}
    if values.dtype.kind == "U":  # names
        return {**what, **dict.fromkeys(("mean", "std", "min", "max", "zeros", "not_finite"))}
    found = statistics(values)
    return {
        **what,
        "mean": found.mean,
        "std": found.std,
        "min": found.minimum,
        "max": found.maximum,
        "zeros": found.zeros,
        "not_finite": found.not_finite,
    }


def layer_facts(name: str, layer: type[Layer]) -> dict[str, Any]:
    """Return what the catalogue says of a layer type."""
    return {"type": name, "group": layer.group, "help": layer.help(), "params": _param_facts(layer)}


def method_facts(method: Method) -> dict[str, Any]:
    """Return what a method of looking inside says of itself."""
    told = {key: getattr(method, key) for key in ("name", "title", "scope", "layers", "help")}
    return {**told, "params": _param_facts(type(method))}


def template_facts(template: Template) -> dict[str, Any]:
    """Return what a template says of itself; ``sample`` is the shape that it was published for."""
    told = {key: getattr(template, key) for key in ("name", "title", "takes", "answers", "source")}
    sample = template.published.sample
    return {
        **told,
        "help": template.help(),
        "sample": {"shape": sample.shape, "dtype": sample.dtype},
        "params": _param_facts(type(template)),
    }


def _param_facts(model: type[BaseModel]) -> list[dict[str, Any]]:
    return [
        {
            "name": param.name,
            "kind": param.kind,
            "default": param.default,
            "bounds": [param.minimum, param.maximum],
            "choices": param.choices,
            "optional": param.optional,
            "help": param.help,
        }
        for param in params_of(model)
    ]


@contextmanager
def told_progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """Show on standard error how far something is, on a terminal; yields what is to be told."""
    console = Console(stderr=True, highlight=False)
    columns = TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


class TrainingProgress:
    """Training on standard error: a bar on a terminal, else a line an epoch."""

    def __init__(self, run: str) -> None:
        self._run = run
        self._epochs = 0
        self._found: set[tuple[str, str, str]] = set()
        console = Console(stderr=True, highlight=False)
        self._bar = console.is_terminal
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not self._bar,
        )
        self._task = self._progress.add_task("steps", total=None)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def show(self, event: Event) -> None:
        """Show what happened."""
        if isinstance(event, Started):
            self._epochs = event.epochs
            self._progress.update(self._task, total=event.run_steps, completed=event.first_step)
            counts = f"{event.train_samples:,} samples to train on, {event.validation_samples:,} to validate"
            self._line(f"run {self._run} on {event.device}: {counts}")
        elif isinstance(event, Steps):
            speed = f"{event.samples_per_second:,.0f} samples/s"
            done = event.first_step + len(event.losses)
            self._progress.update(self._task, completed=done, description=speed)
        elif isinstance(event, EpochEnded):
            losses = {"train_loss": event.train_loss, "val_loss": event.val_loss}
            number = f"{event.epoch}/{self._epochs}"
            self._line(f"epoch {number:>9}  {figures({**losses, **event.metrics})}")
        elif isinstance(event, Diagnosed):
            for finding in event.findings:
                self._tell_once(finding)

    def _tell_once(self, finding: Finding) -> None:
        """What is wrong, the first time that it is found, and again where it has become worse."""
        what = finding.name, finding.layer, finding.severity
        if finding.severity != "good" and what not in self._found:
            self._found.add(what)
            self._line(f"diagnosis: {f'{finding.layer}: ' if finding.layer else ''}{finding.message}")

    def _line(self, text: str) -> None:
        """A line that stays, above the bar."""
        if self._bar:
            self._progress.console.print(text, markup=False)
        else:
            tell(text)
