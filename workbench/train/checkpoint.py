"""All that resuming needs, in one safetensors file: tensors, and JSON in its metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from pydantic import ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from workbench.errors import UserError
from workbench.graph.atomic import replace_atomic
from workbench.graph.file import explain
from workbench.graph.frozen import Frozen
from workbench.train.progress import Progress

Tensors = dict[str, Tensor]

_KEY = "workbench"
_FORMAT = 1


class Settings(Frozen):
    """What a checkpoint only makes sense with."""

    format: int = _FORMAT
    seed: int
    optimizer: str
    batch_size: int
    train_samples: int
    progress: Progress
    numbers: dict[str, Any] = {}
    """What the optimiser keeps that is no tensor; see `workbench.train.optimizer_state`."""
    lr: float | None = None
    """What the project said, apart from what people changed while training; None in older files, like
    ``weight_decay``, ``accumulate`` and ``epochs``."""
    weight_decay: float | None = None
    accumulate: int | None = None
    epochs: int | None = None
    environment: dict[str, str] = {}
    """What it was trained with; see `workbench.train.environment`."""


@dataclass(frozen=True)
class Checkpoint:
    """A moment of training, with copies of all its tensors on the CPU.

    ``weights``: the model's state_dict. ``optimizer``: for each parameter, by its number, the optimiser's
    tensors by name. ``random``: states of the random streams by name. ``extra``: what a step keeps besides,
    such as averaged weights.
    """

    settings: Settings
    weights: Tensors
    optimizer: Mapping[int, Tensors]
    random: Tensors
    extra: Tensors = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Write it atomically. Raises `UserError`."""
        tensors = {f"model.{name}": tensor for name, tensor in self.weights.items()}
        tensors |= {f"random.{name}": tensor for name, tensor in self.random.items()}
        tensors |= {f"extra.{name}": tensor for name, tensor in self.extra.items()}
        for number, state in self.optimizer.items():
            tensors |= {f"optimizer.{number}.{name}": tensor for name, tensor in state.items()}
        write(path, tensors, self.settings.model_dump_json())

    @classmethod
    def load(cls, path: Path) -> Checkpoint:
        """Read one. Raises `UserError` for a file that is missing, damaged or of another kind."""
        tensors, header = read(path)
        try:
            settings = Settings.model_validate_json(header)
        except ValidationError as error:
            raise _damaged(path, explain(error)) from None
        if settings.format != _FORMAT:
            raise _damaged(path, f"it has format {settings.format}, this program reads {_FORMAT}")
        optimizer: dict[int, Tensors] = {}
        parts: dict[str, Tensors] = {"model": {}, "random": {}, "extra": {}}
        for key, tensor in tensors.items():
            part, _, name = key.partition(".")
            number, _, state = name.partition(".")
            if part == "optimizer" and number.isdecimal():
                optimizer.setdefault(int(number), {})[state] = tensor
            elif part in parts:
                parts[part][name] = tensor
            else:
                raise _damaged(path, f"it holds {key!r}, which belongs to no checkpoint")
        return cls(settings, parts["model"], optimizer, parts["random"], parts["extra"])


def write(path: Path, tensors: Tensors, header: str) -> None:
    """Write tensors and a JSON text atomically. Raises `UserError`."""

    def fill(temporary: Path) -> None:
        mode = temporary.stat().st_mode
        try:
            save_file(tensors, temporary, metadata={_KEY: header})
        except SafetensorError as error:
            raise OSError(str(error)) from error
        temporary.chmod(mode)  # safetensors makes its files for their owner alone

    replace_atomic(path, fill)


def read(path: Path) -> tuple[Tensors, str]:
    """Return what `write` wrote. Raises `UserError` for a file that is missing or damaged."""
    if not path.is_file():
        raise UserError(
            "there is no such checkpoint.", place=str(path), remedy="Train until an epoch has ended first."
        )
    try:
        with safe_open(path, framework="pt") as file:
            header = (file.metadata() or {}).get(_KEY)
            # Cloned, because what lies in the mapped file would change, or be gone, along with it.
            tensors = {key: file.get_tensor(key).clone() for key in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError, RuntimeError) as error:
        raise _damaged(path, str(error)) from error
    if header is None or not _is_json(header):
        raise _damaged(path, "it wasn't written by this program")
    return tensors, header


def fit(weights: Mapping[str, Tensor], model: torch.nn.Module, place: str) -> None:
    """Raise `UserError` unless these weights are the model's, name for name and shape for shape."""
    wanted = model.state_dict()
    for name in [*wanted, *weights]:
        has = tuple(weights[name].shape) if name in weights else None
        needs = tuple(wanted[name].shape) if name in wanted else None
        if has != needs:
            raise UserError(
                f"the checkpoint is of another stack: {name} is {_shape(has)} there, {_shape(needs)} here.",
                place=place,
                remedy="Use the stack that it was trained with.",
            )


def _shape(shape: tuple[int, ...] | None) -> str:
    if shape is None:
        return "missing"
    return "×".join(map(str, shape)) if shape else "a number"


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _damaged(path: Path, why: str) -> UserError:
    return UserError(
        f"the checkpoint is damaged ({why.rstrip('.')}).",
        place=str(path),
        remedy="Use another checkpoint, or train again.",
    )
