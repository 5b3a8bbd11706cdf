"""A project on small data whose settings matter."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from dense_projects import dense_data, dense_project

from workbench.data.dataset import Dataset
from workbench.graph import Project
from workbench.graph.search import SearchSection

RATE = {"kind": "float", "low": 1e-4, "high": 1, "log": True}


@pytest.fixture
def data() -> Dataset:
    return dense_data(80, 25, 15)


@pytest.fixture
def make_project() -> Callable[..., Project]:
    return partial(dense_project, epochs=2)


@pytest.fixture
def project(make_project) -> Project:
    return make_project()


@pytest.fixture
def section() -> Callable[..., SearchSection]:
    """Return a maker of sections; without a space, of the learning rate's."""

    def make(space: dict[str, Any] | None = None, **options: Any) -> SearchSection:
        found = {"optimizer.lr": RATE} if space is None else space
        return SearchSection.model_validate(
            {"space": found, "trials": 3, "epochs": 1, "pruner": "none", **options}
        )

    return make
