"""The end of a stack computes in float32 even where the rest computes in fewer digits.

In bfloat16 a sigmoid above 0.998 is rounded to 1: binary cross-entropy then takes a wrong answer for
infinitely wrong, and its gradient for 0. torch's autocast refuses `binary_cross_entropy` for that reason, and
keeps softmax and log_softmax in float32 on CUDA, but on the CPU it doesn't.
"""

from __future__ import annotations

from torch import Tensor, nn

from workbench.build.model import StackModel
from workbench.build.objective import last_of


def keep_exact(model: StackModel) -> None:
    """Let the layer that makes probabilities of a model's scores take them as float32, whatever they are."""
    model.get_submodule(last_of(model.graph).id).register_forward_pre_hook(_to_float32)


def _to_float32(_layer: nn.Module, taken: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return tuple(tensor.float() for tensor in taken)
