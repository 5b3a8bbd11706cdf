"""What training makes small: the loss that fits the task and the stack's end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from torch import Tensor
from torch.nn import functional

from workbench.build.objective import chosen, mismatch
from workbench.errors import UserError
from workbench.graph import training
from workbench.train.outputs import TINY, Reading

Function = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Loss:
    """A loss: ``function(outputs, targets)`` is the mean over the batch, a scalar.

    ``columns``: targets are float32 of shape (N, 1), else int64 class numbers of shape (N,).
    """

    name: str
    function: Function
    columns: bool

    def prepared(self, targets: Tensor) -> Tensor:
        """Return targets, shape (N,), as the function wants them."""
        return targets.float().reshape(-1, 1) if self.columns else targets.long()


def loss(name: training.Loss, reading: Reading, width: int) -> Loss:
    """Return the loss for a stack that gives ``width`` outputs.

    "auto" is cross-entropy for several outputs, binary cross-entropy for one and for sigmoids that score
    classes apart, and the squared error for regression. Raises `UserError` where loss, task and the stack's
    end don't go together.
    """
    fault = mismatch(name, reading.task, reading.end, width)
    if fault:
        raise UserError(fault.what, place="training.loss", remedy=fault.remedy)
    name = chosen(name, reading.task, reading.end, width)
    if name == "cross_entropy":
        function = _nll if reading.end == "softmax" else functional.cross_entropy
        return Loss("cross_entropy", function, columns=False)
    if name == "bce":
        return _binary(reading, width)
    return Loss(name, _OF_VALUES[name], columns=True)


def _nll(probabilities: Tensor, targets: Tensor) -> Tensor:
    return functional.nll_loss(probabilities.clamp_min(TINY).log(), targets)


def _binary(reading: Reading, width: int) -> Loss:
    if width > 1:
        return Loss("bce", _one_against_rest, columns=False)
    function: Function = functional.binary_cross_entropy_with_logits
    return Loss(
        "bce", functional.binary_cross_entropy if reading.end == "sigmoid" else function, columns=True
    )


def _one_against_rest(probabilities: Tensor, targets: Tensor) -> Tensor:
    truth = functional.one_hot(targets, probabilities.shape[1]).to(probabilities.dtype)
    return functional.binary_cross_entropy(probabilities, truth)


_OF_VALUES: Mapping[str, Function] = {
    "mse": functional.mse_loss,
    "l1": functional.l1_loss,
    "huber": functional.huber_loss,
}
