"""The format ``idx``: the files in which MNIST and its relatives come."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from workbench.data.dataset import Source
from workbench.data.formats import Format
from workbench.data.idx_file import read_idx
from workbench.data.missing import MissingData
from workbench.data.targets import encode
from workbench.errors import UserError
from workbench.graph.project import DataSection

FASHION_MNIST = "fashion-mnist"
FASHION_CLASSES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip

_NAME = re.compile(r"(?P<stem>.*?)(?P<what>images|labels)[-.]idx[13][-.]ubyte(?P<gz>\.gz)?", re.IGNORECASE)
_TEST = re.compile(r"(t10k|test)[-_.]?$", re.IGNORECASE)


class Idx(Format):
    """IDX files: images and labels, for training and, where there are, for testing."""

    name: ClassVar[str] = "idx"
    help: ClassVar[str] = "IDX files (a folder with train-images-idx3-ubyte and its labels, also .gz)"

    def recognises(self, path: Path) -> bool:
        """A file named as MNIST's are, a folder with one, or the name fashion-mnist."""
        if path.is_dir():
            return any(_NAME.fullmatch(file.name) for file in path.iterdir())
        if path.is_file():
            return bool(_NAME.fullmatch(path.name))
        return path == Path(FASHION_MNIST)

    def locate(self, section: DataSection, folder: Path) -> Path:
        """Find fashion-mnist also where the system keeps data that programs share."""
        if section.path != FASHION_MNIST:
            return super().locate(section, folder)
        for place in (folder, *_shared()):
            if (place / FASHION_MNIST).is_dir():
                return place / FASHION_MNIST
        raise MissingData(
            section,
            "Fashion-MNIST is not on this machine.",
            remedy="Install Debian's package dataset-fashion-mnist, or name any folder that holds the four "
            'IDX files (--data PATH, or "Choose folder…" in the Data stage).',
        )

    def read(self, section: DataSection, path: Path) -> Source:
        """Read images (N, 1, height, width) of uint8 with their labels."""
        pairs = _pairs(path)
        read = [(_images(images), _labels(labels)) for images, labels in pairs]
        for (image_file, label_file), (images, labels) in zip(pairs, read, strict=True):
            if len(images) != len(labels):
                raise UserError(
                    f"there are {len(images):,} images, but {len(labels):,} labels in {label_file.name}.",
                    place=str(image_file),
                    remedy="Copy both files again.",
                )
        if len({images.shape[1:] for images, _ in read}) > 1:
            raise UserError(
                "training and test images differ in size.", place=str(path), remedy="Use one set's files."
            )
        inputs = np.concatenate([images for images, _ in read])
        labels = np.concatenate([labels for _, labels in read])
        encoded = encode(labels, section.task or "classification", "label", str(path))
        targets, classes = encoded.values, encoded.classes
        if classes and _is_fashion(path) and labels.min() >= 0 and labels.max() < len(FASHION_CLASSES):
            targets, classes = labels.astype(np.int64), FASHION_CLASSES
        count = len(read[0][0])
        return Source(
            name=path.name if path.is_dir() else path.parent.name,
            kind="image",
            task=encoded.task,
            inputs=inputs[:, None],
            targets=targets,
            scale=1 / 255,
            classes=classes,
            target="label",
            given_test=np.arange(count, len(inputs), dtype=np.int64) if len(read) > 1 else None,
        )


def _shared() -> list[Path]:
    """The folders in which a system keeps data sets for all its users."""
    listed = os.environ.get("XDG_DATA_DIRS") or os.pathsep.join(("/usr/local/share", "/usr/share"))
    folders = [Path(item) / "datasets" for item in listed.split(os.pathsep) if item]
    return list(dict.fromkeys([*folders, Path("/usr/share/datasets")]))


def _is_fashion(path: Path) -> bool:
    names = {part.lower().replace("_", "-") for part in path.resolve().parts[-3:]}
    return bool(names & {FASHION_MNIST, "fashionmnist"})


def _pairs(path: Path) -> list[tuple[Path, Path]]:
    """Image and label files that belong together: for training, then for testing."""
    files = sorted(path.iterdir() if path.is_dir() else path.parent.iterdir())
    found: dict[tuple[str, str], Path] = {}
    for file in files:
        match = _NAME.fullmatch(file.name)
        if match:
            found.setdefault((match["stem"].lower(), match["what"].lower()), file)
    stems = [stem for stem, what in found if what == "images"]
    if not path.is_dir():
        match = _NAME.fullmatch(path.name)
        stems = [match["stem"].lower()] if match else []
    whole = [stem for stem in stems if (stem, "images") in found and (stem, "labels") in found]
    train = [stem for stem in whole if path.is_file() or not _TEST.search(stem)]
    test = [stem for stem in whole if stem not in train]
    if len(train) != 1 or len(test) > 1:
        why = "several sets are here" if len(train) > 1 else "there are no images with labels beside them"
        raise UserError(
            f"{why}.",
            place=str(path),
            remedy="Choose a folder with train-images-idx3-ubyte and train-labels-idx1-ubyte (.gz or not), "
            "or one file of images beside its labels.",
        )
    return [(found[stem, "images"], found[stem, "labels"]) for stem in train + test]


def _images(path: Path) -> NDArray[np.generic]:
    images = read_idx(path)
    if images.ndim != 3 or images.dtype != np.uint8 or images.size == 0:
        shape = "×".join(map(str, images.shape))
        raise UserError(
            f"holds {shape} values of {images.dtype}, not images × height × width of uint8.",
            place=str(path),
            remedy="Choose the file of images.",
        )
    return images


def _labels(path: Path) -> NDArray[np.generic]:
    labels = read_idx(path)
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise UserError("holds no list of labels.", place=str(path), remedy="Choose the file of labels.")
    return labels
