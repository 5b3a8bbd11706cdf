"""Starting from weights that are there already, such as those of an imported model."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import torch
from torch import nn

from workbench.errors import UserError
from workbench.train import checkpoint

_PLACE = "training.weights"


class Start(NamedTuple):
    """A sentence on how many weights were taken, and whether that is all of the model's and the file's."""

    note: str = ""
    whole: bool = True


def start_from(model: nn.Module, name: str, folder: Path | None) -> Start:
    """Give a model the weights of a file, as far as names and shapes agree; return how many did.

    ``name`` is the file's, relative to the project's ``folder``. The others keep their random start. Raises
    `UserError` for a file that is missing or damaged, or where nothing in it agrees.
    """
    path = Path(name)
    if folder is not None:
        path = folder / path
    if not path.is_file():
        raise UserError(
            f"there is no file of weights {name!r}.",
            place=_PLACE,
            remedy="Put it into the project folder, or empty this setting to start at random.",
        )
    found, _ = checkpoint.read(path)
    own = model.state_dict()
    agreeing = {key: t for key, t in found.items() if key in own and own[key].shape == t.shape}
    if not agreeing:
        raise UserError(
            f"none of the {len(found)} weights in {name} fit the stack: {_first(found, own)}.",
            place=_PLACE,
            remedy="Choose another file, or empty this setting to start at random.",
        )
    with torch.no_grad():
        for key, tensor in agreeing.items():
            own[key].copy_(tensor)
    if len(agreeing) == len(own) == len(found):
        return Start(f"Started from all {len(own)} weights of {name}.")
    left = [key for key in own if key not in agreeing]
    rest = f" {_first(found, own)}." if left else ""
    note = f"Started from {len(agreeing)} of {len(own)} weights; {name} has {len(found)}.{rest}"
    return Start(note, whole=False)


def _first(found: checkpoint.Tensors, own: dict[str, torch.Tensor]) -> str:
    """The first of the stack's weights that the file lacks, or has in another shape."""
    for key, tensor in own.items():
        if key not in found:
            return f"{key} is missing there"
        if found[key].shape != tensor.shape:
            there, here = ("×".join(map(str, t.shape)) or "a number" for t in (found[key], tensor))
            return f"{key} is {there} there, {here} here"
    return "the stack has no weights"
