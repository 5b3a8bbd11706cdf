"""Watching a model run, forward and backward, without leaving a trace in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from workbench.build.model import StackModel
from workbench.errors import UserError
from workbench.train.faults import strange_id

Objective = Callable[[Tensor], Tensor]
"""From a model's outputs, (batch, outputs), to the scalar that is differentiated."""


@dataclass(frozen=True)
class Observed:
    """Tensors of one pass, batch first, detached. ``gradients`` leaves out layers that have none."""

    outputs: Tensor
    objective: Tensor | None
    activations: Mapping[str, Tensor]
    gradients: Mapping[str, Tensor]


def observe(
    model: StackModel, inputs: tuple[Tensor, ...], objective: Objective | None, layers: Iterable[str]
) -> Observed:
    """Run the model once in eval mode; record the layers' outputs, and the objective's gradients by them.

    ``inputs`` are on the model's device. The model's state, mode, gradients and the random state stay as
    they are, also when it fails.
    """
    recorded: dict[str, Tensor] = {}

    def recorder(layer_id: str) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], Tensor]:
        def record(_layer: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> Tensor:
            recorded[layer_id] = own = _separate(output)
            return own

        return record

    with undisturbed(model), ExitStack() as hooks:
        for layer_id in layers:
            hooks.enter_context(_hook(model.get_submodule(layer_id), recorder(layer_id)))
        entering = [_entering(tensor) for tensor in inputs]
        outputs = model(*entering)
        value = objective(outputs) if objective else None
        gradients = _gradients(value, recorded) if value is not None else {}
    return Observed(
        outputs.detach(),
        None if value is None else value.detach(),
        {name: tensor.detach() for name, tensor in recorded.items()},
        gradients,
    )


@contextmanager
def undisturbed(model: nn.Module) -> Iterator[None]:
    """Run in eval mode with gradients on; put modes and requires_grad back afterwards.

    In eval mode no layer draws random numbers, and the global generators aren't touched: a training in
    another thread draws from them meanwhile. Raises `UserError` for an id that an Embedding doesn't know.
    """
    modes = [(module, module.training) for module in model.modules()]
    wanted = [(parameter, parameter.requires_grad) for parameter in model.parameters()]
    on_cuda = any(parameter.is_cuda for parameter, _ in wanted)
    # cuDNN's recurrent layers can't be differentiated in eval mode
    recurrent = any(isinstance(module, nn.RNNBase) for module in model.modules())
    with ExitStack() as stack:
        if on_cuda and recurrent:
            stack.enter_context(torch.backends.cudnn.flags(enabled=False))
        stack.enter_context(torch.inference_mode(mode=False))
        stack.enter_context(torch.enable_grad())
        try:
            model.eval()
            yield
        except IndexError as error:
            if not strange_id(error):
                raise
            raise UserError(
                "it has an id that the Embedding has no vector for.",
                place="sample",
                remedy="Choose another sample, or set num_embeddings to more than the largest id and train.",
            ) from error
        finally:
            for module, mode in modes:
                module.training = mode
            for parameter, wants in wanted:
                if parameter.requires_grad != wants:  # a copy made in inference mode can't be told
                    parameter.requires_grad_(wants)


@contextmanager
def _hook(
    layer: nn.Module, record: Callable[[nn.Module, tuple[Tensor, ...], Tensor], Tensor]
) -> Iterator[None]:
    handle = layer.register_forward_hook(record)
    try:
        yield
    finally:
        handle.remove()


def _entering(tensor: Tensor) -> Tensor:
    """A tensor of our own, with a gradient if it holds decimal numbers."""
    own = tensor.detach().clone()
    return own.requires_grad_() if own.is_floating_point() else own


def _separate(output: Tensor) -> Tensor:
    """A layer's output as a place of its own in the graph.

    Dropout in eval mode hands its input on: its gradient would be that of the layer before it, too. Behind
    frozen weights that read ids, the graph starts here.
    """
    if output.requires_grad:
        return output.view_as(output)
    return output.detach().requires_grad_() if output.is_floating_point() else output


def _gradients(value: Tensor, recorded: Mapping[str, Tensor]) -> dict[str, Tensor]:
    names = [name for name, tensor in recorded.items() if tensor.requires_grad]
    if not names or not value.requires_grad:
        return {}
    found = torch.autograd.grad(value, [recorded[name] for name in names], allow_unused=True)
    return {name: gradient for name, gradient in zip(names, found, strict=True) if gradient is not None}
