"""Import PyTorch: a class in a .py file as a stack with its weights. Its code runs in a process apart."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from workbench.errors import UserError
from workbench.graph import Graph
from workbench.importing.result import Imported, Unmapped, refused
from workbench.importing.worker import REQUEST, RESULT, TENSORS

if TYPE_CHECKING:
    from torch import Tensor

TIMEOUT = 120.0
"""Seconds that a file may take."""
HIDDEN_VERB = "import-worker"
"""How the packaged program, which has no ``python -m``, is asked to be the worker."""

_REMEDY = "Write these parts as modules of torch.nn that the catalogue has, or rebuild them by hand."
_LARGEST = 100_000_000
"""Bytes of the worker's answer without tensors."""


def import_pytorch(
    file: Path,
    name: str,
    shapes: Sequence[tuple[int, ...]],
    *,
    args: Mapping[str, Any] | None = None,
    dtypes: Sequence[str] = (),
    timeout: float = TIMEOUT,
    cancelled: Callable[[], bool] = lambda: False,
) -> Imported:
    """Return the model that a class of a .py file is. **This runs that file's code**, in a process apart.

    ``shapes``: a sample's shape for each input of forward, without the batch. ``args``: keyword arguments of
    the class, as JSON knows them. ``dtypes``: float32 or int64 an input; float32 where left out. ``timeout``
    in seconds. ``cancelled`` is asked ten times a second. Raises `UserError` saying what can't be imported,
    in which line, or that it was cancelled.
    """
    file = file.resolve()
    if not file.is_file() or file.suffix != ".py":
        raise UserError(
            "there is no such Python file.", place=str(file), remedy="Choose a file that ends in .py."
        )
    kinds = [*dtypes, *["float32"] * len(shapes)][: len(shapes)]
    request = {
        "file": str(file),
        "class": name,
        "args": dict(args or {}),
        "shapes": [list(shape) for shape in shapes],
        "dtypes": kinds,
    }
    with tempfile.TemporaryDirectory(prefix="workbench-import-") as temporary:
        folder = Path(temporary)
        (folder / REQUEST).write_text(json.dumps(request), encoding="utf-8")
        status = _run(folder, file, timeout, cancelled)
        return _read(folder, file, name, status)


def _command(folder: Path) -> list[str]:
    if getattr(sys, "frozen", False):  # the packaged program is itself what sys.executable names
        return [sys.executable, HIDDEN_VERB, str(folder)]
    return [sys.executable, "-m", "workbench.importing.worker", str(folder)]


def _run(folder: Path, file: Path, timeout: float, cancelled: Callable[[], bool]) -> int:
    """Let the worker do it; return its exit status. What it prints is thrown away."""
    own = os.pathsep.join(path for path in sys.path if path)
    process = subprocess.Popen(  # noqa: S603 (the program itself, and a folder of ours)
        _command(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=file.parent,
        env={**os.environ, "PYTHONPATH": own, "PYTHONDONTWRITEBYTECODE": "1"},
        start_new_session=os.name == "posix",
    )
    end = time.monotonic() + timeout
    try:
        while True:
            try:
                return process.wait(0.1)
            except subprocess.TimeoutExpired:
                pass
            if cancelled():
                raise UserError("the import was cancelled.", place=str(file), remedy="Nothing was changed.")
            if time.monotonic() > end:
                raise UserError(
                    f"it takes longer than {timeout:g} seconds, so it was stopped.",
                    place=str(file),
                    remedy="Keep what trains or waits out of it, or below 'if __name__ == \"__main__\":'.",
                )
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop the worker and whatever it started."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def _read(folder: Path, file: Path, name: str, status: int) -> Imported:
    place = str(file)
    result = folder / RESULT
    try:
        if result.stat().st_size > _LARGEST:
            raise ValueError("too large")
        answer = json.loads(result.read_text(encoding="utf-8"))
        if not isinstance(answer, dict):
            raise ValueError("no object")
    except (OSError, ValueError) as error:
        how = f"signal {-status}" if status < 0 else f"status {status}"
        raise UserError(
            f"its process ended ({how}) before the model was there.",
            place=place,
            remedy="Run the file with Python by itself to see why.",
        ) from error
    if "refused" in answer:
        line = answer.get("line")
        where = f"{place}, line {line}" if line else place
        raise UserError(str(answer["refused"]), place=where, remedy=str(answer["remedy"]))
    if "unmapped" in answer:
        raise refused([Unmapped(*map(str, row)) for row in answer["unmapped"]], "part", place, _REMEDY)
    return _imported(answer, folder / TENSORS, place, name)


def _imported(answer: Mapping[str, Any], file: Path, place: str, name: str) -> Imported:
    from safetensors.torch import load_file

    from workbench.importing.parity import TORCH_TOLERANCE, compared

    try:
        graph = Graph.model_validate(answer["graph"])
        tensors: dict[str, Tensor] = {key: value.clone() for key, value in load_file(file).items()}
    except (ValidationError, KeyError, OSError) as error:
        raise UserError(
            "its process gave no sound answer.", place=place, remedy="Please report this model."
        ) from error
    weights = {key.partition(".")[2]: t for key, t in tensors.items() if key.startswith("weight.")}
    trials = [
        (_numbered(tensors, f"input.{number}."), _numbered(tensors, f"output.{number}."))
        for number in range(int(answer["batches"]))
    ]
    parity = compared(graph, weights, trials, TORCH_TOLERANCE, place)
    return Imported(name, graph, weights, tuple(map(str, answer["notes"])), parity)


def _numbered(tensors: Mapping[str, Tensor], start: str) -> list[Any]:
    keys = sorted((k for k in tensors if k.startswith(start)), key=lambda k: int(k.rpartition(".")[2]))
    return [tensors[key].numpy() for key in keys]
