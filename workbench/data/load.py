"""From a project's data section to data that training can use."""

from __future__ import annotations

from pathlib import Path

from workbench.data.dataset import Dataset
from workbench.data.registry import FORMATS
from workbench.data.split import split
from workbench.data.texts import tokenized
from workbench.errors import UserError
from workbench.graph.project import DataSection, Text


def load(section: DataSection, folder: Path) -> Dataset:
    """Read and split the data of a project in ``folder``.

    Raises `UserError` where the data can't be used, and `MissingData` where they aren't there.
    """
    found = FORMATS.get(section.format)
    if found is None:
        raise UserError(
            f"no data format is called {section.format!r}.",
            place="data.format",
            remedy=f"Use one of {', '.join(FORMATS)}.",
        )
    path = found.locate(section, folder)
    try:
        source = found.read(section, path)
    except OSError as error:
        raise UserError(
            f"can't be read ({error.strerror or error}).",
            place=str(path),
            remedy="Check that the file is whole and that you may read it.",
        ) from error
    except MemoryError as error:
        raise UserError(
            "doesn't fit into memory.", place=str(path), remedy="Use fewer samples, or smaller ones."
        ) from error
    dataset = split(source, section.split)
    if source.inputs.dtype == object:  # texts; only now it is known which of them may be learned from
        return tokenized(dataset, section.text or Text(column=source.features[0]))
    return dataset
