"""From a file or folder that someone points at to a project that is ready to train."""

from __future__ import annotations

from pathlib import Path

from workbench.data.csv import no_such_column
from workbench.data.dataset import Dataset
from workbench.data.formats import Format
from workbench.data.load import load
from workbench.data.registry import FORMATS
from workbench.data.suggest import first_stack, training_for
from workbench.errors import UserError
from workbench.graph.project import DataSection, Project, Text


def describe(
    path: Path | str, target: str | None = None, folder: Path | None = None, text: str | None = None
) -> DataSection:
    """Return the data section for a file or folder, or the name of a set that needs none.

    ``path`` is relative to the working directory. It is stored relative to the project's ``folder`` if it
    lies in there, else absolute. ``text`` is the column to read as text. Raises `UserError` where no format
    fits, or ``target`` or ``text`` is no column.
    """
    path = Path(path).expanduser()
    found = _format(path)
    wanted = {"a target": target, "a text": text}
    columns = found.columns(path) if any(name is not None for name in wanted.values()) else ()
    for what, name in wanted.items():
        if name is not None and not columns:
            raise UserError(
                f"{what} can't be chosen for {found.help.split(' (')[0]}.",
                place=str(path),
                remedy="Leave it out; it is part of the data.",
            )
        if name is not None and name not in columns:
            raise no_such_column(name, columns, str(path))
    read = None if text is None else Text(column=text)
    return DataSection(format=found.name, path=_stored(path, folder), target=target, text=read)


def project_for(
    path: Path | str,
    target: str | None = None,
    name: str | None = None,
    folder: Path | None = None,
    text: str | None = None,
) -> tuple[Project, Dataset]:
    """Return a project for data, with a first stack and training settings that fit, and the data, loaded.

    Arguments as for `describe`; ``name`` is the project's, by default the file's. Raises `UserError`.
    """
    section = describe(path, target, folder, text)
    dataset = load(section, folder or Path())
    if FORMATS[section.format].columns(_located(section, folder)):
        # Written down, so that a column added to the file later can't change what is predicted.
        read = dataset.tokenizer
        chosen = Text(column=read.column, length=read.length) if read else None
        section = section.model_copy(update={"target": dataset.target, "text": chosen})
    project = Project(
        name=(name or dataset.name or "data")[:200],
        data=section,
        model=first_stack(dataset),
        training=training_for(dataset),
    )
    return project, dataset


def _located(section: DataSection, folder: Path | None) -> Path:
    return FORMATS[section.format].locate(section, folder or Path())


def _format(path: Path) -> Format:
    try:
        found = next((item for item in FORMATS.values() if item.recognises(path)), None)
    except OSError as error:
        raise UserError(
            f"can't be opened ({error.strerror or error}).",
            place=str(path),
            remedy="Check that you may read it.",
        ) from error
    if found is not None:
        return found
    if not path.exists():
        raise UserError("there is no such file or folder.", place=str(path), remedy="Check the path.")
    readable = "; ".join(item.help for item in FORMATS.values())
    raise UserError(
        "this is no data that can be read.", place=str(path), remedy=f"What can be read: {readable}."
    )


def _stored(path: Path, folder: Path | None) -> str:
    if not path.exists():
        return path.as_posix()
    absolute = path.resolve()
    home = folder.resolve() if folder else None
    if home and absolute.is_relative_to(home) and absolute != home:
        return absolute.relative_to(home).as_posix()
    return str(absolute)
