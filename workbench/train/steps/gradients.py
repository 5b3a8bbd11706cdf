"""A batch's gradients: forward, loss and backward, in parts where memory demands it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn

from workbench.train.losses import Loss
from workbench.train.mixup import Batch
from workbench.train.steps.backward import backward
from workbench.train.steps.precision import Precision

Model = Callable[[Tensor], Tensor]


class Gradients:
    """Puts the gradients of a batch's mean loss into the parameters' ``grad``.

    ``parts``: the batch is cut into as many nearly equal micro-batches, run one after the other. Each one's
    mean loss counts by its share of the samples (of their classes' weights, where a loss has some), so that
    the sum is the whole batch's mean but for rounding. Layers that look at a batch as a whole see the
    micro-batch, as do losses that compare samples: batch norm takes its statistics from it. None has fewer
    than ``smallest`` samples: a short batch is cut into fewer.
    """

    note = ""
    """Why they aren't worked out in the way that was asked for, as a sentence."""

    def __init__(
        self,
        model: nn.Module,
        loss: Loss,
        parameters: Sequence[Tensor],
        precision: Precision,
        parts: int = 1,
        smallest: int = 1,
    ) -> None:
        self.parts = parts
        self._smallest = smallest
        self._model = model
        self._loss = loss
        self._parameters = parameters
        self._precision = precision

    def __call__(self, batch: Batch) -> Tensor:
        """Replace the gradients by this batch's (scaled ones for float16). Return its mean loss, detached."""
        self.forget()
        parts = 1 if self.parts == 1 else min(self.parts, len(batch.inputs) // self._smallest)
        if parts <= 1:
            return self._add(batch)
        pieces = _cut(batch, parts)
        shares = self._shares([piece.targets for piece in pieces])
        if batch.others is not None:
            others = self._shares([piece.others for piece in pieces if piece.others is not None])
        total = torch.zeros((), device=batch.inputs.device)
        for number, piece in enumerate(pieces):
            weights = (shares[number], shares[number] if batch.others is None else others[number])
            with nullcontext() if number == parts - 1 else self._apart():
                total += self._add(piece, weights)
        return total

    def forget(self) -> None:
        """Let the gradients go, and the memory that they take."""
        for parameter in self._parameters:
            parameter.grad = None

    def _add(self, batch: Batch, weights: tuple[Tensor, Tensor] | None = None) -> Tensor:
        """Add a micro-batch's gradients, its loss weighed; return that loss, detached."""
        loss = self._objective(self._model, batch, weights)
        backward(self._precision.scaler.scale(loss) if self._precision.scaler else loss)
        return loss.detach()

    def _objective(self, model: Model, batch: Batch, weights: tuple[Tensor, Tensor] | None) -> Tensor:
        """Return a batch's mean loss, float32, to go backward from.

        ``weights``: what the losses by its two kinds of targets are multiplied by, where it is a part.
        """
        if self._precision.dtype is None:
            outputs = model(batch.inputs)
        else:
            with self._precision.region():
                outputs = model(batch.inputs)
            outputs = outputs.float()
        function = self._loss.function
        if batch.others is None or batch.share is None:
            loss = function(outputs, batch.targets)
            return loss if weights is None else loss * weights[0]
        if weights is None:
            return self._loss.mixed(outputs, batch.targets, batch.others, batch.share)
        first, second = function(outputs, batch.targets), function(outputs, batch.others)
        return batch.share * weights[0] * first + (1 - batch.share) * weights[1] * second

    def _shares(self, targets: Sequence[Tensor]) -> Tensor:
        """Return what part of a batch each of its pieces is, by what their targets count for."""
        weights = [torch.as_tensor(self._loss.weight(some), device=some.device) for some in targets]
        together = torch.stack(weights).to(torch.float32)
        return together / together.sum().clamp_min(torch.finfo(torch.float32).tiny)

    def _apart(self) -> AbstractContextManager[object]:
        """Several processes exchange gradients once, with the last micro-batch."""
        waiting = getattr(self._model, "no_sync", None)
        return waiting() if waiting else nullcontext()


def _cut(batch: Batch, parts: int) -> list[Batch]:
    inputs, targets = batch.inputs.tensor_split(parts), batch.targets.tensor_split(parts)
    others = [None] * parts if batch.others is None else batch.others.tensor_split(parts)
    return [Batch(*piece, batch.share) for piece in zip(inputs, targets, others, strict=True)]
