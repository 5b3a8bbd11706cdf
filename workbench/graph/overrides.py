"""``--set key=value``: changing a project's values from the command line."""

from __future__ import annotations

import contextlib
import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from workbench.errors import UserError
from workbench.graph.edit import set_params
from workbench.graph.file import explain
from workbench.graph.project import Project
from workbench.layers.params import params_of

ALIASES: Mapping[str, str] = {"learning_rate": "lr", "optimiser": "optimizer"}
"""Other words for a key's last part."""

_SIZE = re.compile(r"\d+(?:[x×]\d+)+")


def override(project: Project, assignments: Iterable[str]) -> Project:
    """Return the project with values replaced, by assignments such as ``epochs=3`` or ``conv1.bias=false``.

    A key is a dotted path (``training.optimizer.lr``, ``data.split.seed``, ``model.conv1.bias``), with
    ``training.`` and ``model.`` left out where one likes, or a last part that only one path has (``lr``).
    Values are JSON, or text without quotes, or sizes (``3x3``). They are set in order, but whole sections
    (``optimizer=SGD``) first: they would undo what was set in them. Raises `UserError` naming the keys that
    are near, or what is wrong with a value.
    """
    sections = set(_sections(project))
    for assignment in sorted(assignments, key=lambda text: not _is_section(text, sections)):
        key, equals, text = assignment.partition("=")
        if not equals or not key.strip():
            raise UserError(
                f"{assignment!r} sets nothing.",
                place="--set",
                remedy="Write it as key=value, such as epochs=3.",
            )
        path = _path(project, key.strip())
        try:
            project = _assigned(project, path, text.strip())
        except UserError as error:
            raise UserError(error.what, place=f"--set {assignment}", remedy="Nothing was changed.") from None
    return project


def _is_section(assignment: str, sections: set[str]) -> bool:
    """Whether it replaces a whole section: ``optimizer=SGD``, ``training.optimizer.name=SGD``."""
    *way, last = assignment.partition("=")[0].strip().removesuffix(".name").split(".")
    key = ".".join([*way, ALIASES.get(last, last)])
    return key in sections or f"training.{key}" in sections


def _assigned(project: Project, path: str, text: str) -> Project:
    """Try the value as JSON first, then as the text that it is: a name may look like a number."""
    section, _, rest = path.partition(".")
    problem: UserError | None = None
    for value in readings(text):
        try:
            if section == "model":
                layer, _, param = rest.partition(".")
                return project.model_copy(update={"model": set_params(project.model, layer, {param: value})})
            return _replaced(project, path, value)
        except UserError as error:
            problem = problem or error
    assert problem
    raise problem


def readings(text: str) -> Iterator[Any]:
    """Yield what a value on the command line may mean: a size (``3x3``), JSON, the text as it is."""
    if _SIZE.fullmatch(text):
        yield [int(side) for side in re.split("[x×]", text)]
    with contextlib.suppress(ValueError, RecursionError):
        yield json.loads(text)
    yield text


def _replaced(project: Project, path: str, value: Any) -> Project:
    raw = project.model_dump(mode="json")
    place = raw
    *way, last = path.split(".")
    for step in way:
        place = place[step]
    place[last] = value
    try:
        return Project.model_validate(raw)
    except ValidationError as error:
        raise UserError(explain(error)) from None


def _path(project: Project, key: str) -> str:
    """The one path that a key means. Raises `UserError` naming what is near, or what it could mean."""
    *way, last = key.split(".")
    wanted = ".".join([*way, ALIASES.get(last, last)])
    paths = list(_paths(project))
    for found in (wanted, f"training.{wanted}", f"model.{wanted}"):
        if found in paths:
            return found
    if _is_section(key, set(_sections(project))):
        return _path(project, key.removesuffix(".name"))  # the name stands for the section with its defaults
    ends = [path for path in paths if path.endswith(f".{wanted}") and not path.startswith("model.")]
    if len(ends) == 1:
        return ends[0]
    if ends:
        raise UserError(
            f"{key!r} could be {' or '.join(ends)}.", place="--set", remedy="Write out which one is meant."
        )
    raise UserError(f"nothing is called {key!r}.", place="--set", remedy=_near(wanted, paths))


def _near(key: str, paths: list[str]) -> str:
    """'Did you mean …?' or, where nothing is like it, all there is to set in training."""
    short = [path.removeprefix("training.").removeprefix("model.") for path in paths]
    ends = {path.rpartition(".")[2]: path for path in reversed(short)}
    close = difflib.get_close_matches(key, short, 3, 0.6)
    close += [ends[end] for end in difflib.get_close_matches(key.rpartition(".")[2], list(ends), 3, 0.7)]
    if close:
        return f"Did you mean {' or '.join(dict.fromkeys(close))}?"
    return (
        f"There are {', '.join(s for s, p in zip(short, paths, strict=True) if not p.startswith('model.'))}."
    )


def _paths(project: Project) -> Iterator[str]:
    """Every path that can be set: the document's leaves, its sections with a choice, the layers' params."""
    raw = project.model_dump(mode="json", exclude={"format", "model", "search"})
    yield from _leaves(raw, "")
    for node in project.model:
        for param in params_of(type(node.layer)):
            yield f"model.{node.id}.{param.name}"


def _sections(project: Project) -> Iterator[str]:
    """The paths of the sections with a choice: of an optimiser, of a schedule."""
    training = project.training.model_dump(mode="json")
    yield from (f"training.{key}" for key, value in training.items() if "name" in _keys(value))


def _keys(value: Any) -> Iterable[str]:
    return value if isinstance(value, dict) else ()


def _leaves(raw: Mapping[str, Any], prefix: str) -> Iterator[str]:
    for key, value in raw.items():
        path = f"{prefix}{key}"
        if not isinstance(value, dict) or "name" in value:
            yield path
        if isinstance(value, dict):
            yield from _leaves({k: v for k, v in value.items() if k != "name"}, f"{path}.")
