"""The format ``images``: a folder of image files, with a subfolder for each class."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, NamedTuple

import numpy as np

from workbench.data.columns import listed
from workbench.data.dataset import Source
from workbench.data.formats import Format
from workbench.data.pixels import decode
from workbench.data.targets import encode
from workbench.errors import UserError
from workbench.graph.project import DataSection

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")
TRAIN = ("train", "training")
VALIDATION = ("val", "valid", "validation", "dev")
TEST = ("test", "testing")
_LEVELS = 3
_LOOKED_AT = 10_000
"""So many files and folders are looked at to find an image: a whole disk is no data, and would take long."""


class _Found(NamedTuple):
    """Image files, the class of each, and in which part it lies: "", train, validation or test."""

    files: list[Path]
    labels: list[str]
    parts: list[str]


class Images(Format):
    """Images by class; folders called train and test above the class folders are honoured."""

    name: ClassVar[str] = "images"
    help: ClassVar[str] = "a folder of images with a subfolder for each class (.png, .jpg …)"

    def recognises(self, path: Path) -> bool:
        """A folder with an image file in it or not far below."""
        return (
            path.is_dir()
            and not _is_system_disk(path)
            and any(True for _ in _files(path, _LEVELS, _LOOKED_AT))
        )

    def read(self, section: DataSection, path: Path) -> Source:
        """Read all images in one size, (N, 1 or 3, height, width) of uint8."""
        if not path.is_dir():
            raise UserError(
                "this is no folder.",
                place=str(path),
                remedy="Choose the folder that holds a folder for each class.",
            )
        found = _found(path)
        decoded = decode(found.files, path)
        labels, parts = np.array(found.labels)[decoded.kept], np.array(found.parts)[decoded.kept]
        targets = encode(labels, section.task, "class", str(path))
        notes = list(decoded.notes)
        lost = sorted(set(found.labels) - set(labels.tolist()))
        if lost:
            notes.append(f"Of these classes no image could be read: {listed(lost)}.")
        if "validation" in parts:
            notes.append(
                "Images set apart for validation were put with those for training, to be split anew."
                if "train" in parts
                else "There is no folder for training, so images set apart for validation are split anew."
            )
        return Source(
            name=path.name or "data",
            kind="image",
            task=targets.task,
            inputs=decoded.pixels,
            targets=targets.values,
            scale=1 / 255,
            classes=targets.classes,
            target="class",
            given_test=np.flatnonzero(parts == "test").astype(np.int64) if "test" in parts else None,
            notes=tuple(notes),
        )


def _found(path: Path) -> _Found:
    found = _Found([], [], [])
    for part, folder in _parts(path):
        for label in _folders(folder):
            files = list(_files(label))
            found.files.extend(files)
            found.labels.extend([label.name] * len(files))
            found.parts.extend([part] * len(files))
    if not found.files:
        loose = any(True for _ in _files(path, 1))
        raise UserError(
            "the images lie in no class's folder." if loose else "there are no images in this folder.",
            place=str(path),
            remedy="Make a folder for each class, named for it, and put its images (.png, .jpg …) in there.",
        )
    return found


def _parts(path: Path) -> list[tuple[str, Path]]:
    """Folders of class folders: train, validation and test where there is one to train on, else the whole.

    Validation does for that where nothing but such parts lies beside it.
    """
    known = {name: part for part, names in _NAMES.items() for name in names}
    below = _folders(path)
    folders = [(known[f.name.lower()], f) for f in below if f.name.lower() in known]
    to_train_on = ("train", "validation") if 1 < len(folders) == len(below) else ("train",)
    for part, folder in folders:
        if part in to_train_on and any(any(True for _ in _files(label)) for label in _folders(folder)):
            return folders
    return [("", path)]


_NAMES = {"train": TRAIN, "validation": VALIDATION, "test": TEST}


def _folders(path: Path) -> list[Path]:
    return sorted(item for item in path.iterdir() if item.is_dir() and not item.name.startswith("."))


def _is_system_disk(path: Path) -> bool:
    """Whether it is the top of the disk that the system lies on: there are images, but they are no set."""
    whole = path.resolve()
    return whole == whole.parent and any((whole / name).is_dir() for name in ("usr", "Windows"))


def _files(path: Path, levels: int = 20, most: int | None = None) -> Iterator[Path]:
    """Image files in a folder and, so many levels down, in those below it; hidden ones are passed over.

    Ends after ``most`` entries, of any kind, have been looked at.
    """
    looked_at = 0
    for folder, below, files in os.walk(path):
        looked_at += len(below) + len(files)
        here = Path(folder)
        deep = len(here.relative_to(path).parts) + 1 >= levels
        below[:] = [] if deep else sorted(name for name in below if not name.startswith("."))
        for name in sorted(files):
            if name.lower().endswith(SUFFIXES) and not name.startswith("."):
                yield here / name
        if most is not None and looked_at > most:
            return
