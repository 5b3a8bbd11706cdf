"""What training makes small: the loss that fits the task and the stack's end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor
from torch.nn import functional

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
    if reading.task == "regression":
        return _of_values("mse" if name == "auto" else name)
    if name == "auto":
        name = "bce" if width == 1 or reading.end == "sigmoid" else "cross_entropy"
    if name == "cross_entropy":
        return _cross_entropy(reading, width)
    if name == "bce":
        return _binary(reading, width)
    raise _mismatch(f"{name} measures values, but the task is classification.", "Set it to auto.")


def _of_values(name: str) -> Loss:
    functions: dict[str, Function] = {
        "mse": functional.mse_loss,
        "l1": functional.l1_loss,
        "huber": functional.huber_loss,
    }
    if name not in functions:
        raise _mismatch(f"{name} needs classes, but the task is regression.", "Set it to auto, or to mse.")
    return Loss(name, functions[name], columns=True)


def _cross_entropy(reading: Reading, width: int) -> Loss:
    if width == 1:
        raise _mismatch(
            "cross_entropy needs an output for each class, but the stack gives 1.",
            "Set it to bce, or give the last layer 2 outputs.",
        )
    if reading.end == "sigmoid":
        raise _mismatch(
            "cross_entropy needs scores or a Softmax at the stack's end, but it is Sigmoid.",
            "Set it to auto, or end the stack in Softmax.",
        )
    return Loss(
        "cross_entropy", _nll if reading.end == "softmax" else functional.cross_entropy, columns=False
    )


def _nll(probabilities: Tensor, targets: Tensor) -> Tensor:
    return functional.nll_loss(probabilities.clamp_min(TINY).log(), targets)


def _binary(reading: Reading, width: int) -> Loss:
    if width > 1 and reading.end == "sigmoid":
        return Loss("bce", _one_against_rest, columns=False)
    if width > 1:
        raise _mismatch(
            f"bce needs a single output, but the stack gives {width}.",
            "Set it to cross_entropy, or give the last layer 1 output.",
        )
    function: Function = functional.binary_cross_entropy_with_logits
    return Loss(
        "bce", functional.binary_cross_entropy if reading.end == "sigmoid" else function, columns=True
    )


def _one_against_rest(probabilities: Tensor, targets: Tensor) -> Tensor:
    truth = functional.one_hot(targets, probabilities.shape[1]).to(probabilities.dtype)
    return functional.binary_cross_entropy(probabilities, truth)


def _mismatch(what: str, remedy: str) -> UserError:
    return UserError(what, place="training.loss", remedy=remedy)
