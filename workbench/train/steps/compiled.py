"""Forward, loss and backward as one compiled function.

Measured for Linear 784-128-10, batch 32, Adam, on one core: 274 µs a step against 414 µs of the same step not
compiled. The optimiser's update isn't part of it, because what inductor makes of Adam takes 120 µs on the CPU
where torch's fused kernel takes 80. That leaves every optimiser, clipping and penalty to work as always, and
learning rates out of what is compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from workbench.train.losses import Loss
from workbench.train.mixup import Batch
from workbench.train.steps.compiler import Compiled, compiled, reason
from workbench.train.steps.gradients import Gradients
from workbench.train.steps.memory_errors import ran_out
from workbench.train.steps.precision import Precision
from workbench.train.steps.random import random_state, set_random_state


class CompiledGradients(Gradients):
    """`Gradients` by torch's compiler, inductor, which needs a C++ compiler on the CPU and Triton on CUDA.

    Compiled are batches of ``size`` samples (parts of such batches, where there are parts) and of multiples
    of eight, which other batch sizes are; the odd last batch of an epoch is run as it is. So what is compiled
    follows from the settings alone, not from what a run met first, and a resumed run does what it would have
    done. Numbers differ from the uncompiled ones in their last bits, and dropout may draw others. Where it
    can't be compiled, ``note`` says why and everything is run as it is.
    """

    def __init__(
        self,
        model: nn.Module,
        loss: Loss,
        parameters: Sequence[Tensor],
        precision: Precision,
        parts: int = 1,
        smallest: int = 1,
        *,
        size: int,
    ) -> None:
        super().__init__(model, loss, parameters, precision, parts, smallest)
        self._size = size
        self._learned = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
        self._fixed: dict[str, Tensor] = dict(model.named_buffers())
        self._fixed |= {name: weight for name, weight in model.named_parameters() if not weight.requires_grad}
        self._held = [
            tensor.detach() for tensors in (self._learned, self._fixed) for tensor in tensors.values()
        ]
        if any(isinstance(module, nn.RNNBase) for module in model.modules()):
            # torch 2.13 makes code of an LSTM that fails, and unrolls a GRU over time
            self.note = "Steps run uncompiled: the compiler can't take recurrent layers."
        elif torch.distributed.is_available() and torch.distributed.is_initialized():
            self.note = "Steps run uncompiled: processes exchange gradients in the middle of them."
        self._compiled: dict[tuple[object, ...], Compiled] = {}

    def _add(self, batch: Batch, weights: tuple[Tensor, Tensor] | None = None) -> Tensor:
        count = len(batch.inputs)
        if self.note or (count % 8 and count != -(-self._size // self.parts)):
            return super()._add(batch, weights)
        scaler = self._precision.scaler
        scale = scaler._scale if scaler else None
        given = [tensor for tensor in (*batch, *(weights or ()), scale) if tensor is not None]
        key = (batch.inputs.shape, batch.targets.shape, batch.others is None, weights is None)
        if key not in self._compiled and not self._compile(key, batch, weights, given):
            return super()._add(batch, weights)
        with torch.no_grad():
            results: Sequence[Tensor] = self._compiled[key](*given, *self._held)
            loss, *gradients = results
        for parameter, gradient in zip(self._learned.values(), gradients, strict=True):
            if parameter.grad is None:
                parameter.grad = gradient
            elif gradient is not None:
                parameter.grad.add_(gradient)
        return loss

    def _compile(
        self,
        key: tuple[object, ...],
        batch: Batch,
        weights: tuple[Tensor, Tensor] | None,
        given: list[Tensor],
    ) -> bool:
        """Make the function for batches like this one. Return whether it can be; if not there is a note."""
        try:
            with self._rehearsal(batch.inputs.device):
                expected = self._objective(self._model, batch, None)  # what model and loss keep is real then
                made = compiled(self._function(batch, weights), [*given, *self._held])
                found: Sequence[Tensor | None] = made(*given, *self._held)
        except Exception as error:
            if ran_out(error):
                raise
            self.note = f"Steps run uncompiled: {reason(error)}."
        else:
            if bool(expected.isfinite()) and not _finite(found):
                self.note = "Steps run uncompiled: what the compiler made of them gives no finite numbers."
            else:
                self._compiled[key] = made
        return not self.note

    def _function(
        self, batch: Batch, weights: tuple[Tensor, Tensor] | None
    ) -> Callable[..., list[Tensor | None]]:
        """Return what is compiled: from a batch and all weights and buffers to the loss and the gradients."""
        scaled = self._precision.scaler is not None

        def function(*tensors: Tensor) -> list[Tensor | None]:
            given = iter(tensors)
            inputs, targets = next(given), next(given)
            blended = (next(given), next(given)) if batch.others is not None else (None, None)
            weighing = (next(given), next(given)) if weights is not None else None
            scale = next(given) if scaled else None
            leaves = {name: next(given).detach().requires_grad_() for name in self._learned}
            fixed = {name: next(given) for name in self._fixed}

            def model(values: Tensor) -> Tensor:
                outputs: Tensor = torch.func.functional_call(self._model, {**leaves, **fixed}, (values,))
                return outputs

            with torch.enable_grad():
                loss = self._objective(model, Batch(inputs, targets, *blended), weighing)
                gradients = torch.autograd.grad(
                    loss if scale is None else loss * scale, list(leaves.values()), allow_unused=True
                )
            pairs = zip(gradients, leaves.values(), strict=True)
            return [loss.detach(), *(_laid_out(gradient, leaf) for gradient, leaf in pairs)]

        return function

    @contextmanager
    def _rehearsal(self, device: torch.device) -> Iterator[None]:
        """Put buffers and random numbers back to where they were, and keep no gradients."""
        state, buffers = random_state(device), list(self._model.buffers())
        before = [buffer.clone() for buffer in buffers]
        try:
            with torch.no_grad():
                yield
        finally:
            with torch.no_grad():
                for buffer, values in zip(buffers, before, strict=True):
                    buffer.copy_(values)
            set_random_state(state, device)


def _finite(tensors: Sequence[Tensor | None]) -> bool:
    return all(bool(tensor.isfinite().all()) for tensor in tensors if tensor is not None)


def _laid_out(gradient: Tensor | None, leaf: Tensor) -> Tensor | None:
    """Give a gradient the strides of its weight, as autograd does: fused optimisers take it for granted."""
    if gradient is None or gradient.stride() == leaf.stride():
        return gradient
    return torch.empty_like(leaf).copy_(gradient)
