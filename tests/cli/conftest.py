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
def labelled(tmp_path) -> Path:
    """A project on a table beside it, labelled.csv, with one run."""
    rows = [f"{n * 7 % 11},{n * 5 % 13},{'yes' if n % 3 else 'no'}" for n in range(60)]
    (tmp_path / "labelled.csv").write_text("\n".join(["a,b,label", *rows]))
    folder = tmp_path / "labelled"
    assert workbench("new", folder, "--data", tmp_path / "labelled.csv").status == 0
    assert workbench("train", folder, "--epochs", 1).status == 0
    return folder


@pytest.fixture
def trained(_trained, tmp_path) -> Path:
    """A project with one run, 0001."""
    return Path(shutil.copytree(_trained, tmp_path / "trained"))
