"""What the tests of data share: a reader of a format, and a dataset made of arrays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from workbench.data.dataset import Dataset, Kind, Source
from workbench.data.registry import FORMATS
from workbench.data.split import split
from workbench.graph import DataSection, Split

Reader = Callable[..., Source]
Maker = Callable[..., Dataset]


@pytest.fixture
def read() -> Reader:
    """``read("csv", path, target=...)`` gives what the format reads."""

    def read_with(name: str, path: Path, **options: object) -> Source:
        return FORMATS[name].read(DataSection(format=name, path=str(path), **options), path)

    return read_with


@pytest.fixture
def made() -> Maker:
    """``made(inputs, targets, "image", classes=...)`` is a dataset, split with seed 0."""

    def make(inputs: np.ndarray, targets: np.ndarray, kind: Kind = "table", **options: object) -> Dataset:
        task = "regression" if targets.dtype.kind == "f" else "classification"
        classes = () if task == "regression" else tuple(map(str, range(int(targets.max()) + 1)))
        names = tuple(f"f{n}" for n in range(inputs.shape[1])) if kind == "table" else ()
        known = {"name": "made", "classes": classes, "features": names} | options
        return split(Source(kind=kind, task=task, inputs=inputs, targets=targets, **known), Split())

    return make
