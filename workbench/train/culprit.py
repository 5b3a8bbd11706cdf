"""Where a number ceased to be finite: the first layer, forwards or backwards, and what may help."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from workbench.build.model import StackModel
from workbench.graph.training import LBFGS, OneCycle, TrainingSection
from workbench.train import rehearsal
from workbench.train.events import Remedy

Part = Literal["inputs", "targets", "weights", "outputs", "loss", "gradient", "weight gradient"]

WARMUP = 0.05
"""Share of the steps in which the rate first rises, as a remedy."""


@dataclass(frozen=True)
class Culprit:
    """The first numbers that aren't finite: which, and of which layer ("" for the data).

    ``name`` is that of the weight, for weights and their gradients: ``bias``.
    """

    part: Part
    layer: str = ""
    name: str = ""
    infinite: bool = False
    """Whether there was an infinity, and not only nan."""

    @property
    def what(self) -> str:
        """What they are: ``the outputs of relu2``."""
        if self.part in ("inputs", "targets"):
            return f"the batch's {self.part}"
        if self.part == "loss":
            return f"the loss, though the outputs of {self.layer} are finite"
        if self.part == "gradient":
            return f"the gradient that {self.layer} hands down"
        if self.part == "weight gradient":
            return f"the gradient at {self.layer}'s {self.name}"
        return f"the {self.part if self.part == 'outputs' else self.name} of {self.layer}"

    @property
    def message(self) -> str:
        """What was found, to go on with after a colon."""
        return f"{'infinity' if self.infinite else 'NaN'} came up first in {self.what}"


def first_not_finite(
    model: StackModel,
    loss: Callable[[Tensor, Tensor], Tensor],
    inputs: Tensor | tuple[Tensor, ...],
    targets: Tensor,
    *,
    backwards: bool = True,
) -> Culprit | None:
    """Return what is the first to hold nan or infinity when a batch is learned from, or None.

    The batch, then layer by layer in the stack's order weights and outputs, then the loss, then backwards
    the gradients. Give the model as it was before the step that went wrong: after it, all weights may be
    spoiled. ``inputs`` and ``targets`` are those of the step, on the device, as the loss wants them. The pass
    is in float32 and without dropout, so that it may find nothing where half precision overflowed.
    Gradients are looked at if ``backwards``. The model is left as it was.
    """
    entering = inputs if isinstance(inputs, tuple) else (inputs,)
    if any(not _finite(tensor) for tensor in entering):
        return Culprit("inputs", infinite=any(bool(tensor.isinf().any()) for tensor in entering))
    if not _finite(targets):
        return Culprit("targets", infinite=bool(targets.isinf().any()))
    with rehearsal.rehearsal(model), torch.set_grad_enabled(backwards):
        answer, outputs = rehearsal.run(model, entering)
        for name, output in outputs.items():
            found = _weights(model, name) or _bad(output, "outputs", name)
            if found:
                return found
        value = loss(answer, targets)
        return _bad(value, "loss", model.layer_ids[-1]) or _backwards(model, value, outputs)


def remedies_for(culprit: Culprit | None, training: TrainingSection) -> tuple[Remedy, ...]:
    """Return what may help where training diverged: a lower rate, clipping, a warm-up, more digits."""
    if culprit is not None and culprit.part in ("inputs", "targets"):
        return ()
    rate = float(f"{training.optimizer.lr / 10:.1g}")
    remedies = [Remedy(f"Lower the learning rate to {rate:g}", (("optimizer.lr", rate),))]
    if not training.clip_norm and not isinstance(training.optimizer, LBFGS):
        remedies.append(Remedy("Clip gradients to a norm of 1", (("clip_norm", 1.0),)))
    if not isinstance(training.schedule, OneCycle) and training.schedule.warmup < WARMUP:
        remedies.append(Remedy("Warm the rate up", (("schedule.warmup", WARMUP),)))
    if culprit is None and training.precision != "float32":  # in float32 nothing overflows
        remedies.append(Remedy("Compute in float32", (("precision", "float32"),)))
    return tuple(remedies)


def _weights(model: StackModel, layer: str) -> Culprit | None:
    for name, value in model.get_submodule(layer).state_dict().items():
        if found := _bad(value, "weights", layer, name):
            return found
    return None


def _backwards(model: StackModel, value: Tensor, outputs: dict[str, Tensor]) -> Culprit | None:
    """Look at the gradients from the loss downwards."""
    if not value.requires_grad:
        return None
    reached = [name for name, output in outputs.items() if output.requires_grad]
    weights = [
        (layer, name, weight)
        for layer in model.layer_ids
        for name, weight in model.get_submodule(layer).named_parameters()
        if weight.requires_grad
    ]
    asked = [*(outputs[name] for name in reached), *(weight for *_, weight in weights)]
    found = torch.autograd.grad(value, asked, allow_unused=True)
    arriving = dict(zip(reached, found, strict=False))
    slopes: dict[str, list[tuple[str, Tensor | None]]] = {}
    for (layer, name, _), slope in zip(weights, found[len(reached) :], strict=True):
        slopes.setdefault(layer, []).append((name, slope))
    readers = _readers(model)
    for layer in reversed(model.layer_ids):
        # what arrives at a layer's outputs was handed down by the layers that read it
        if at_fault := _bad(arriving.get(layer), "gradient", readers.get(layer, layer)):
            above = layer in readers
            return at_fault if above else Culprit("loss", layer, infinite=at_fault.infinite)
        for name, gradient in slopes.get(layer, ()):
            if at_fault := _bad(gradient, "weight gradient", layer, name):
                return at_fault
    return None


def _readers(model: StackModel) -> dict[str, str]:
    """The last layer that reads each layer: the first of them that a gradient comes through."""
    return {
        name: node.id
        for node, reads in zip(model.graph, model.graph.sources(), strict=True)
        for name in reads
    }


def _bad(tensor: Tensor | None, part: Part, layer: str, name: str = "") -> Culprit | None:
    if tensor is None or _finite(tensor):
        return None
    return Culprit(part, layer, name, bool(tensor.isinf().any()))


def _finite(tensor: Tensor) -> bool:
    return bool(tensor.isfinite().all())
