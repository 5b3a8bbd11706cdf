"""What can be searched for: the settings of training and the layers' params, by their paths."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from workbench.errors import UserError
from workbench.graph import Project, TrainingSection
from workbench.graph.copies import spread
from workbench.graph.overrides import override
from workbench.graph.search import Choices, Range, Value
from workbench.layers.params import Param, params_of

SECTIONS = ("optimizer", "schedule", "loss")
"""Settings that choose what further settings there are."""

_FIXED = frozenset(("epochs", "device", "weights", "keep", "save_minutes", "compile", "tf32", "probes"))
"""Settings of training that don't make a model better, or that a search sets itself."""


@dataclass(frozen=True)
class Setting:
    """A setting that can be searched for.

    ``path`` is as for ``--set``: ``batch_size``, ``optimizer.lr``, ``linear1.out_features``. ``value`` is the
    project's now. ``place`` says what it belongs to: "training", "Adam" or "Linear".
    """

    path: str
    param: Param
    value: Any
    place: str


def settings(project: Project) -> dict[str, Setting]:
    """Return all that can be searched for, by path: of training first, then layer by layer."""
    return {setting.path: setting for setting in (*_of_training(project), *_of_layers(project))}


def reachable(project: Project, space: Mapping[str, Range]) -> dict[str, Setting]:
    """Return all that can be searched for, with what only another choice within ``space`` has.

    Where the space chooses between SGD and Adam, SGD's momentum can be searched for too.
    """
    found = settings(project)
    for path, values in space.items():
        if isinstance(values, Choices) and path in found and found[path].param.kind == "section":
            for value in values.values:
                try:
                    found = {**settings(apply_values(project, {path: value})), **found}
                except UserError:  # the range itself is at fault, which is told where it is checked
                    continue
    return found


def apply_values(project: Project, values: Mapping[str, Value]) -> Project:
    """Return the project with values put in, by path; copies of a block change together.

    Raises `UserError` naming the setting that can't have its value.
    """
    for path, value in sorted(values.items(), key=lambda item: "." in item[0]):
        if path in SECTIONS and getattr(project.training, path).name == value:
            continue  # it would lose its other settings
        try:
            changed = override(project, [f"{path}={json.dumps(value)}"])
        except UserError as error:
            remedy = error.remedy if "is called" in error.what else "Correct its range."
            raise UserError(error.what, place=path, remedy=remedy) from None
        project = changed.model_copy(update={"model": spread(project.model, changed.model)})
    return project


def nearest(path: str, known: Mapping[str, Setting]) -> str:
    """Return "Did you mean …?", or what there is to search for in training."""
    last = {name.rpartition(".")[2]: name for name in reversed(list(known))}
    close = difflib.get_close_matches(path, list(known), 3, 0.6)
    close += [last[end] for end in difflib.get_close_matches(path.rpartition(".")[2], list(last), 3, 0.7)]
    if close:
        return f"Did you mean {' or '.join(dict.fromkeys(close))}?"
    return f"There are {', '.join(name for name in known if '.' not in name)}, and more."


def _of_training(project: Project) -> Iterator[Setting]:
    for param in params_of(TrainingSection):
        value = getattr(project.training, param.name)
        if param.name in _FIXED:
            continue
        if param.kind != "section":
            yield Setting(param.name, param, value, "training")
            continue
        names = tuple(str(section.model_fields["name"].default) for section in param.sections)
        choice = Param(param.name, "section", names[0], param.help, choices=names)
        yield Setting(param.name, choice, value.name, "training")
        chosen: type[BaseModel] = type(value)
        for inner in params_of(chosen):
            if inner.name != "name":
                yield Setting(f"{param.name}.{inner.name}", inner, getattr(value, inner.name), value.name)


def _of_layers(project: Project) -> Iterator[Setting]:
    for node in project.model:
        if node.layer.arity == (0, 0):
            continue  # the data say what enters
        for param in params_of(type(node.layer)):
            yield Setting(f"{node.id}.{param.name}", param, getattr(node.layer, param.name), node.type)
