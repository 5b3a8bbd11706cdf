"""A project with data, and its runs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dense_projects import dense_data, dense_project

from workbench.data.dataset import Dataset
from workbench.graph import Project
from workbench.runs.recorder import record
from workbench.runs.run import Run
from workbench.runs.store import RunStore
from workbench.train.trainer import Trainer


@pytest.fixture
def data() -> Dataset:
    return dense_data(100, 30, 20)


@pytest.fixture
def make_project() -> Callable[..., Project]:
    """Return a maker of projects, of a width and training settings."""

    def make(width: int = 8, **training: Any) -> Project:
        return dense_project(width=width, **{"epochs": 4, **training})

    return make


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path)


@pytest.fixture
def train(store: RunStore, make_project: Callable[..., Project], data: Dataset) -> Callable[..., Run]:
    """Return a function that trains a new run to its end."""

    def train(**training: Any) -> Run:
        project = make_project(**training)
        trainer = Trainer(project, data)
        run = store.create(project, data)
        for _ in record(run, trainer):
            pass
        return run

    return train


@pytest.fixture
def begin(
    store: RunStore, make_project: Callable[..., Project], data: Dataset
) -> Callable[..., tuple[Run, Trainer]]:
    """Return a function that makes a run and its trainer."""

    def begin(**training: Any) -> tuple[Run, Trainer]:
        project = make_project(**training)
        return store.create(project, data), Trainer(project, data)

    return begin
