"""All layers at once: activations and gradients of one forward and one backward pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench.build.model import StackModel
from workbench.errors import UserError
from workbench.graph import training
from workbench.graph.project import Task
from workbench.interpret.method import Of
from workbench.interpret.objective import mean_loss, total_score
from workbench.interpret.observe import observe
from workbench.train.outputs import reading

Array = NDArray[np.generic]
Inputs = Tensor | Array | tuple[Tensor | Array, ...]


@dataclass(frozen=True)
class Capture:
    """What one pass gave, as arrays with the batch first, by layer id.

    ``gradients`` has no entry for a layer of whole-number ids, nor for one that the output doesn't depend
    on. ``loss`` is the mean over the batch. ``probabilities``: (batch, classes), None for regression.
    ``predicted``: (batch,) class numbers or values.
    """

    activations: Mapping[str, Array]
    gradients: Mapping[str, Array]
    outputs: Array
    predicted: Array
    loss: float | None
    probabilities: Array | None


def capture(
    model: StackModel,
    inputs: Inputs,
    targets: Tensor | Array | None = None,
    layers: Iterable[str] | None = None,
    *,
    task: Task,
    of: Of = "loss",
    loss: training.Loss = training.AUTO,
) -> Capture:
    """Run a batch through the model in eval mode and record every layer, or the given ones.

    ``inputs``: (batch, *sample) as the network gets them, or a tuple of one such an Input layer.
    ``targets``: (batch,) class numbers (int64) or values. Gradients are of the mean loss against the
    targets (none without targets) or, with ``of="score"``, of each sample's score for its target's class,
    without targets for the class that is predicted. The model is left exactly as it was. Raises `UserError`
    for a layer that isn't there.
    """
    chosen = known(model, layers)
    place = device_of(model)
    tensors = tuple(_tensor(item, place) for item in (inputs if isinstance(inputs, tuple) else (inputs,)))
    truth = None if targets is None else _tensor(targets, place)
    read = reading(model, task, loss)
    against = None if truth is None else mean_loss(model, task, truth, loss)
    seen = observe(model, tensors, total_score(read, truth) if of == "score" else against, chosen)
    # a stack that is being designed may end in anything
    scored = seen.outputs.is_floating_point() and seen.outputs.dim() == (3 if read.form == "sequence" else 2)
    readable = scored and read.form != "embedding"
    shares = read.probabilities(seen.outputs) if readable and task == "classification" else None
    return Capture(
        activations={name: array(tensor) for name, tensor in seen.activations.items()},
        gradients={name: array(tensor) for name, tensor in seen.gradients.items()},
        outputs=array(seen.outputs),
        predicted=array(read.labels(seen.outputs)) if readable else array(seen.outputs),
        loss=None if against is None else float(against(seen.outputs)),
        probabilities=None if shares is None else array(shares),
    )


def known(model: StackModel, layers: Iterable[str] | None) -> tuple[str, ...]:
    """Return the layers, in the stack's order; all for None. Raises `UserError` listing the ids there are."""
    if layers is None:
        return model.layer_ids
    wanted = set(layers)
    strange = sorted(wanted - set(model.layer_ids))
    if strange:
        raise UserError(
            f"there is no layer {strange[0]!r} in this stack.",
            place="layer",
            remedy=f"Its layers are {', '.join(model.layer_ids)}.",
        )
    return tuple(name for name in model.layer_ids if name in wanted)


def device_of(model: StackModel) -> torch.device:
    """Return where the model is; a model without weights is on the CPU."""
    weight = next(chain(model.parameters(), model.buffers()), None)
    return torch.device("cpu") if weight is None else weight.device


def array(tensor: Tensor) -> Array:
    """Return a tensor's values as an array of its own, on the CPU."""
    return np.array(tensor.detach().cpu().numpy())


def _tensor(values: Tensor | Array, device: torch.device) -> Tensor:
    return torch.as_tensor(values, device=device)
