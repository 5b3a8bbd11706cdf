"""``project.json``: reading with migrations and clear refusals, writing atomically, and the crash copy."""

from __future__ import annotations

import json
import reprlib
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from workbench.errors import UserError
from workbench.graph.atomic import write_atomic
from workbench.graph.project import FORMAT, Project
from workbench.graph.training import TrainingSection
from workbench.layers.faults import first_fault, written

NAME = "project.json"
RECOVERY = ".project.recovery.json"

Migration = Callable[[dict[str, Any]], dict[str, Any]]

MIGRATIONS: Mapping[int, Migration] = {}
"""From a format number to the function that turns a file of that format into the next."""


def file_of(path: Path) -> Path:
    """Return the project file for a project folder or a project file."""
    return path if path.suffix == ".json" else path / NAME


def load(path: Path) -> Project:
    """Read the project in a folder (or file). Raises `UserError` naming the place of what is wrong."""
    file = file_of(path)
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UserError(
            "there is no project here.",
            place=str(file),
            remedy="Make one with 'workbench new', or open another folder.",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"can't be read ({error}).", place=str(file), remedy="Check the file.") from error
    return parse(text, str(file))


def parse(text: str, place: str = NAME) -> Project:
    """Read a project from JSON text. ``place`` starts the messages of the `UserError` raised."""
    try:
        raw = json.loads(text, object_pairs_hook=_distinct)
    except json.JSONDecodeError as error:
        what = f"line {error.lineno}, column {error.colno}: this is not JSON ({error.msg})."
        raise UserError(what, place=place, remedy="Mend that line or restore a copy.") from None
    except (ValueError, RecursionError) as error:
        what = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise UserError(f"this is no project ({what}).", place=place, remedy="Restore a copy.") from None
    if not isinstance(raw, dict):
        raise UserError("a project is a JSON object with sections.", place=place, remedy="Open another file.")
    return _validate(_migrate(raw, place), place)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object, unless a key stands twice: reading the last would lose the first."""
    found = dict(pairs)
    if len(found) < len(pairs):
        key = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise ValueError(f"the key {key!r} stands twice in one object")
    return found


def dump(project: Project) -> str:
    """Return the project as the text of its file: a line a layer, so that a diff reads as an edit."""
    raw = project.model_dump(mode="json")
    raw["training"] = _short(raw["training"], TrainingSection())
    if raw["data"] is not None and raw["data"]["text"] is None:
        del raw["data"]["text"]  # as few projects read texts
    if raw["search"] is None:
        del raw["search"]
    lists = {key: raw["model"][key] for key in ("layers", "blocks") if raw["model"].get(key)}
    raw["model"].update({key: [] for key in lists})
    text = json.dumps(raw, indent=2, ensure_ascii=False)
    for key, rows in lists.items():
        listed = ",\n".join(f"      {json.dumps(row, ensure_ascii=False)}" for row in rows)
        text = text.replace(f'"{key}": []', f'"{key}": [\n{listed}\n    ]', 1)
    return text + "\n"


_TOLD = ("epochs", "batch_size", "patience", "clip_norm", "seed", "device")
_ALWAYS = frozenset({*_TOLD, "name", "lr", "momentum", "nesterov", "weight_decay"})
"""What a file says of training even where it is the default; the rest, few projects need to speak of."""


def _short(raw: Mapping[str, Any], default: BaseModel) -> dict[str, Any]:
    """A section without what is as by default; a loss that says no more is its bare name."""
    found: dict[str, Any] = {}
    usual = default.model_dump(mode="json")
    for key, value in raw.items():
        if isinstance(value, dict) and "name" in value:
            section = getattr(TrainingSection.model_validate({key: value["name"]}), key)
            inner = _short(value, section)
            found[key] = inner["name"] if key == "loss" and len(inner) == 1 else inner
        elif key in _ALWAYS or value != usual[key]:
            found[key] = _short(value, getattr(default, key)) if isinstance(value, dict) else value
    return found


def save(project: Project, path: Path) -> Path:
    """Write the project to its file and drop its crash copy; return the file. Raises `UserError`."""
    file = file_of(path)
    write_atomic(file, dump(project).encode())
    discard_recovery(path)
    return file


def save_recovery(project: Project, path: Path) -> None:
    """Keep unsaved work beside the project file, for after a crash. Raises `UserError`."""
    write_atomic(file_of(path).with_name(RECOVERY), dump(project).encode())


def load_recovery(path: Path) -> Project | None:
    """Return unsaved work that a crash left, or None. A damaged copy counts as none."""
    file = file_of(path).with_name(RECOVERY)
    if not file.is_file():
        return None
    try:
        return parse(file.read_text(encoding="utf-8"), str(file))
    except (OSError, UnicodeDecodeError, UserError):
        return None


def discard_recovery(path: Path) -> None:
    """Forget unsaved work."""
    file_of(path).with_name(RECOVERY).unlink(missing_ok=True)


def _migrate(raw: dict[str, Any], place: str) -> dict[str, Any]:
    if "format" not in raw:
        raise UserError(
            "format: this key is missing.", place=place, remedy=f"The current format is {FORMAT}."
        )
    number = raw["format"]
    if type(number) is not int or number < 1:
        raise UserError(
            f"format: {reprlib.repr(number)} is no format number.",
            place=place,
            remedy=f"The current one is {FORMAT}.",
        )
    if number > FORMAT:
        raise UserError(
            "format: this project was made by a newer program "
            f"(format {reprlib.repr(number)}; this one reads {FORMAT}).",
            place=place,
            remedy="Update Model Workbench.",
        )
    while number < FORMAT:
        try:
            raw = MIGRATIONS[number](raw)
        except (LookupError, TypeError, AttributeError, ValueError):
            raise UserError(
                f"it is damaged, and can't be brought from format {number} to {FORMAT}.",
                place=place,
                remedy="Restore a copy.",
            ) from None
        number += 1
        raw = {**raw, "format": number}
    return raw


def _validate(raw: dict[str, Any], place: str) -> Project:
    try:
        return Project.model_validate(raw)
    except ValidationError as error:
        raise UserError(
            explain(error, raw=raw), place=place, remedy="Correct that value; the file was left as it is."
        ) from None


def explain(error: ValidationError, prefix: str = "", raw: object = None) -> str:
    """Return one sentence on the first fault: its path and what is wrong with it.

    ``prefix`` starts the path; ``raw`` is what was validated, and makes the path exact.
    """
    fault = first_fault(error, raw)
    where = written((prefix, *fault.path) if prefix else fault.path)
    more = f" And {fault.others} more." if fault.others else ""
    return f"{where}: {fault.text}.{more}" if where else f"{fault.text[:1].upper()}{fault.text[1:]}.{more}"
