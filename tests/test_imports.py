"""The rule of what imports what, and what starting up must not load."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.layers import CATALOGUE

ROOT = Path(__file__).parents[1]
HEAVY = {
    "torch",
    "onnx",
    "onnxscript",
    "onnxruntime",
    "sklearn",
    "scipy",
    "matplotlib",
    "polars",
    "PIL",
    "pandas",
    "optuna",
    "sqlalchemy",
}
QT = {"PySide6", "pyqtgraph", "shiboken6"}


def loaded_by(*modules: str) -> set[str]:
    """The top-level modules in memory after importing these in a new interpreter."""
    code = f"import {', '.join(modules)}, sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(found.stdout.split())


def test_dependencies_run_one_way():
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize(
    "module",
    [
        "workbench",
        "workbench.layers",
        "workbench.layers.typed",
        "workbench.graph",
        "workbench.graph.file",
        "workbench.graph.lanes",
        "workbench.templates.registry",
        "workbench.templates.blocks.typed",
        "workbench.data.dataset",
        "workbench.data.samples",
        "workbench.train.events",
        "workbench.runs.store",
        "workbench.runs.queue",
        "workbench.search.events",
        "workbench.search.space",
        "workbench.interpret.registry",
        "workbench.export.registry",
        "workbench.cli",
    ],
)
def test_loads_nothing_heavy_and_no_qt(module: str):
    assert loaded_by(module) & (HEAVY | QT) == set()


def test_the_window_loads_nothing_heavy():
    assert loaded_by("workbench.app") & (HEAVY - {"PIL"}) == set()


def test_the_window_opens_a_sample_without_the_architectures(tmp_path: Path):
    code = """
from workbench.app import application, window
made = window("digits-cnn")
made.painted.disconnect()
made.painted.connect(application([]).quit)
made.show()
application([]).exec()
import sys
print(*sys.modules)
made.jobs.close()
"""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "WORKBENCH_HOME": str(tmp_path)}
    command = [sys.executable, "-c", code]
    found = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert "workbench.templates.blocks.registry" in found.stdout
    assert not {"workbench.templates.registry", "torch"} & set(found.stdout.split())


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_layer_type_has_no_annotations_to_compile_at_the_start(name: str):
    annotations = [
        vars(base).get("__annotations__", {})
        for base in CATALOGUE[name].__mro__
        if base.__module__.startswith("workbench")
    ]
    texts = [key for part in annotations for key, value in part.items() if isinstance(value, str)]
    assert not texts, "leave 'from __future__ import annotations' out of its module"


def test_the_tools_that_only_tests_need_are_not_needed():
    tools = {"pytest", "hypothesis", "ruff", "mypy"}
    assert loaded_by("workbench.cli", "workbench.app") & tools == set()
