"""Running commands in this process, and what is on the disk before and after."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from workbench.cli import app
from workbench.graph import Project
from workbench.graph.file import save


class Result:
    """What a command said, and its exit status."""

    def __init__(self, result):
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.status = result.exit_code
        self.out = result.stdout
        self.err = result.stderr

    @property
    def json(self):
        """The object that standard output ends with."""
        return json.loads(self.out.splitlines()[-1], parse_constant=lambda name: pytest.fail(name))

    @property
    def error(self):
        """The one line on standard error that says what went wrong."""
        lines = [line for line in self.err.splitlines() if line.startswith("error: ")]
        assert len(lines) == 1, self.err
        assert self.err.splitlines()[-1] == lines[0]
        assert "Traceback" not in self.err
        return lines[0]


def workbench(*words) -> Result:
    return Result(CliRunner().invoke(app, [str(word) for word in words], prog_name="workbench"))


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def write(folder: Path, project: Project, **training) -> Path:
    changed = project.model_copy(update={"training": project.training.model_copy(update=training)})
    save(changed, folder)
    return folder
