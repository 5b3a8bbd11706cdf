"""Projects to run commands on, one of them trained."""

import shutil
from pathlib import Path

import pytest
from commands import workbench, write

from workbench.data.samples import sample_project


@pytest.fixture
def wine(tmp_path) -> Path:
    """An untrained project."""
    return write(tmp_path / "wine", sample_project("wine-softmax"), epochs=2)


@pytest.fixture(scope="session")
def _trained(tmp_path_factory) -> Path:
    folder = write(tmp_path_factory.mktemp("trained") / "wine", sample_project("wine-softmax"), epochs=2)
    assert workbench("train", folder).status == 0
    return folder


@pytest.fixture
def trained(_trained, tmp_path) -> Path:
    """A project with one run, 0001."""
    return Path(shutil.copytree(_trained, tmp_path / "trained"))
