"""The files of a run's probes: what is recorded, and an ``.npz`` an epoch, without pickle."""

from __future__ import annotations

import io
import os
import re
import shutil
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from workbench.errors import UserError
from workbench.graph.atomic import replace_atomic, write_atomic
from workbench.graph.file import explain
from workbench.train.probe_plan import BINS, FORMAT, ProbePlan
from workbench.train.probe_record import Histograms, ProbeRecord

FOLDER = "probes"
_PLAN = "probes.json"
_NAME = re.compile(r"epoch_(\d+)_step_(\d+)\.npz")
_PREFIX = "activations."


@dataclass(frozen=True, order=True)
class ProbeFile:
    """The file of what was recorded after ``epoch`` epochs and ``step`` steps."""

    epoch: int
    step: int
    path: Path


def files_in(folder: Path) -> list[ProbeFile]:
    """Return the recorded epochs in a folder, earliest first; none where there is no such folder."""
    if not folder.is_dir():
        return []
    matches = ((path, _NAME.fullmatch(path.name)) for path in folder.iterdir())
    return sorted(ProbeFile(int(match[1]), int(match[2]), path) for path, match in matches if match)


def read_plan(folder: Path) -> ProbePlan | None:
    """Return what is recorded, None where nothing is. Raises `UserError` for a damaged file."""
    path = folder / _PLAN
    try:
        found = ProbePlan.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        raise damaged(path, explain(error)) from None
    except OSError as error:
        raise damaged(path, error.strerror or str(error)) from error
    if found.format != FORMAT:
        raise damaged(path, f"it has format {found.format}, this program reads {FORMAT}")
    return found


def write_plan(folder: Path, plan: ProbePlan) -> None:
    """Write what is recorded. Raises `UserError`."""
    write_atomic(folder / _PLAN, (plan.model_dump_json(indent=2) + "\n").encode())


def write_record(folder: Path, record: ProbeRecord) -> None:
    """Write an epoch atomically. Raises `UserError`."""
    arrays: dict[str, NDArray[np.generic]] = {
        f"{_PREFIX}{name}": values for name, values in record.activations.items()
    }
    for name, rows in (("outputs", record.outputs), ("weights", record.weights)):
        arrays[f"{name}.counts"] = rows.counts.astype(np.uint32)
        arrays[f"{name}.ends"] = rows.ends
        arrays[f"{name}.zeros"] = rows.zeros
    for name in ("probabilities", "predicted", "losses"):
        arrays[name] = getattr(record, name)
    content = io.BytesIO()
    np.savez(content, **arrays)  # type: ignore[arg-type]
    name = f"epoch_{record.epoch:06}_step_{record.step:09}.npz"
    write_atomic(folder / name, content.getvalue())


def read_record(file: ProbeFile, plan: ProbePlan, layers: Iterable[str]) -> ProbeRecord:
    """Read an epoch; of activations only those of some of the plan's layers.

    Raises `FileNotFoundError` where it was thinned out meanwhile, and `UserError` for a damaged file.
    """
    samples, rows = len(plan.samples), len(plan.layers)
    shapes = {layer.id: (samples, *layer.kept) for layer in plan.layers}
    try:
        with file.path.open("rb") as stream, np.load(stream, allow_pickle=False) as found:
            return ProbeRecord(
                file.epoch,
                file.step,
                {name: _shaped(found[f"{_PREFIX}{name}"], shapes[name]) for name in layers},
                _rows(found, "outputs", rows),
                _rows(found, "weights", rows),
                _shaped(found["probabilities"], (samples, found["probabilities"].shape[-1])),
                _shaped(found["predicted"], (samples,)),
                _shaped(found["losses"], (samples,)),
            )
    except FileNotFoundError:
        raise
    except (
        zipfile.BadZipFile,
        ValueError,
        KeyError,
        OSError,
        EOFError,
        IndexError,
        NotImplementedError,
    ) as error:
        why = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
        raise damaged(file.path, why) from error


def copy_until(source: Path, folder: Path, step: int) -> None:
    """Take over what another run recorded up to a step. Raises `UserError`."""
    plan = read_plan(source)
    if plan is None:
        return
    write_plan(folder, plan)
    for file in files_in(source):
        if file.step <= step:
            replace_atomic(folder / file.path.name, partial(_share, file.path))


def damaged(path: Path, why: str) -> UserError:
    """Return what to tell of a file that can't be read."""
    return UserError(
        f"the recorded probes are damaged ({why.rstrip('.') or 'it ends too early'}).",
        place=str(path),
        remedy="Delete that file, or train again to record them anew.",
    )


def _share(path: Path, temporary: Path) -> None:
    """Let a new file have another's content, and its space on the disk where the file system can."""
    temporary.unlink()
    try:
        os.link(path, temporary)
    except OSError:
        shutil.copyfile(path, temporary)


def _rows(found: np.lib.npyio.NpzFile, name: str, rows: int) -> Histograms:
    return Histograms(
        _shaped(found[f"{name}.counts"], (rows, BINS)).astype(np.int64),
        _shaped(found[f"{name}.ends"], (rows, 2)),
        _shaped(found[f"{name}.zeros"], (rows,)),
    )


def _shaped(array: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    if array.shape != shape or array.dtype.kind not in "fiu":
        raise ValueError(f"an array has shape {array.shape}, not {shape}")
    return array
