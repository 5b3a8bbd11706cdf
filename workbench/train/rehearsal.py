"""A forward pass beside training that leaves no trace in the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm, _NormBase

from workbench.build.model import StackModel


@contextmanager
def rehearsal(model: StackModel) -> Iterator[None]:
    """Have the model compute as in training, but by chance nothing, and without a change of its state.

    Batch norm takes the batch's own statistics and leaves the running ones alone; dropout, noise and the
    like are off. Numbers are float32, gradients on. Modes are put back afterwards, also after an error; the
    random streams aren't touched.
    """
    with ExitStack() as stack:
        for module in model.modules():
            _calm(module, stack)
        stack.enter_context(torch.enable_grad())
        for device in {parameter.device.type for parameter in model.parameters()} or {"cpu"}:
            stack.enter_context(torch.autocast(device, enabled=False))
        yield


def run(model: StackModel, inputs: tuple[Tensor, ...]) -> tuple[Tensor, dict[str, Tensor]]:
    """Return the model's answer and each layer's output, by id, with the graph that leads there.

    A layer that hands its input on as it is (Dropout in a `rehearsal`) gets an output of its own, so that
    gradients of the two can be told apart. Hooks are gone afterwards, also after an error.
    """
    outputs: dict[str, Tensor] = {}

    def recorder(name: str) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], Tensor | None]:
        def record(_layer: nn.Module, taken: tuple[Tensor, ...], output: Tensor) -> Tensor | None:
            handed_on = any(output is tensor for tensor in taken)
            outputs[name] = own = output.view_as(output) if handed_on else output
            return own if handed_on else None

        return record

    with ExitStack() as hooks:
        for name in model.layer_ids:
            hooks.callback(getattr(model, name).register_forward_hook(recorder(name)).remove)
        answer = model(*inputs)
    return answer, outputs


def _calm(module: nn.Module, stack: ExitStack) -> None:
    """Set what a module does by its mode; whatever is set is put back when the stack is unwound."""
    if not module.training:
        return
    if isinstance(module, _NormBase) and not isinstance(module, nn.SyncBatchNorm):
        if module.track_running_stats:
            _set(module, stack, track_running_stats=False)
            if not isinstance(module, _BatchNorm):  # instance norm changes them whatever that says
                _set(module, stack, running_mean=None, running_var=None)
    elif isinstance(module, nn.RNNBase):
        # cuDNN differentiates recurrent layers only while they train
        _set(module, stack, dropout=0.0)
    else:
        _set(module, stack, training=False)


def _set(module: nn.Module, stack: ExitStack, **values: object) -> None:
    for name, value in values.items():
        stack.callback(setattr, module, name, getattr(module, name))
        setattr(module, name, value)
