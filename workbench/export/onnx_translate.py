"""From a stack to ONNX's own form, and which layer it was if that fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from workbench.errors import UserError
from workbench.export.parity import Arrays
from workbench.export.quiet import exporting_quietly

if TYPE_CHECKING:
    from workbench.build.model import StackModel

OPSET = 20
_REMEDY = "Replace it, or export to python instead."
LARGEST = 2_000_000_000
"""Bytes of weights that one file can hold: protobuf ends at 2 GiB."""


def translated(model: StackModel, samples: Arrays) -> Any:
    """Return the model as an ``onnx.ModelProto``, any batch size. Raises `UserError` naming the layer."""
    for node in model.graph:
        if node.layer.no_onnx:
            raise UserError(
                f"{node.type} can't be written as ONNX. {node.layer.no_onnx}",
                place=f"layer {node.id}",
                remedy=_REMEDY,
            )
    weight_bytes = sum(t.numel() * t.element_size() for t in model.state_dict().values())
    if weight_bytes > LARGEST:
        raise UserError(
            f"the weights take {weight_bytes / 1e9:.1f} GB, and an ONNX file holds 2 GB at most.",
            place="export",
            remedy="Export to python instead.",
        )
    # Several samples: torch.export takes a batch of one for a constant.
    tensors = tuple(torch.from_numpy(np.resize(a, (3, *a.shape[1:]))) for a in samples)
    names = ["input" if name == "output" else name for name in model.input_ids]
    try:
        whole = _Answers(model).eval() if len(model.output_ids) > 1 else model
        return _run_exporter(whole, tensors, names, model.output_ids).model_proto
    except Exception as error:
        # torch raises whatever its passes raise; what matters to a person is which layer it was
        raise _culprit(model, tensors, error) from error


def _run_exporter(
    module: nn.Module,
    tensors: tuple[Tensor, ...],
    names: list[str] | None = None,
    outputs: tuple[str, ...] = ("",),
) -> Any:
    """``module`` must take its inputs as ``*inputs``."""
    import torch

    batch = torch.export.Dim("batch")
    with exporting_quietly():
        return torch.onnx.export(
            module,
            tensors,
            dynamo=True,
            external_data=False,  # else a second file appears
            opset_version=OPSET,
            input_names=names,
            output_names=[*(f"output_{name}" for name in outputs[:-1]), "output"],
            dynamic_shapes=(tuple({0: batch} for _ in tensors),),
            verbose=False,
        )


class _Answers(nn.Module):
    """A model that gives all its answers, as a tuple."""

    def __init__(self, model: StackModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, *inputs: Tensor) -> Any:
        """What the stack's Output layers and its last layer give."""
        return self.model.answers(*inputs)


class _Alone(nn.Module):
    """One layer as a model of its own."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, *inputs: Tensor) -> Any:
        """What the layer gives."""
        return self.layer(*inputs)


def _culprit(model: StackModel, tensors: tuple[Tensor, ...], error: Exception) -> UserError:
    """Translate each layer alone to find the one that fails."""
    for node in model.graph:
        layer = model.get_submodule(node.id)
        try:
            _run_exporter(_Alone(layer).eval(), _inputs_of(model, layer, tensors))
        except Exception as own:  # again, whatever it is
            return UserError(
                f"{node.type} can't be written as ONNX ({_reason(own)}).",
                place=f"layer {node.id}",
                remedy=_REMEDY,
            )
    return UserError(
        f"the stack can't be written as ONNX ({_reason(error)}).",
        place="model",
        remedy="Export to python instead.",
    )


def _inputs_of(model: StackModel, layer: nn.Module, tensors: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """What reaches a layer when these tensors enter the stack."""
    seen: list[tuple[Tensor, ...]] = []

    def note(_layer: nn.Module, arguments: tuple[Tensor, ...]) -> None:
        seen.append(arguments)

    handle = layer.register_forward_pre_hook(note)
    try:
        with torch.no_grad():
            model(*tensors)
    finally:
        handle.remove()
    return seen[0]


def _reason(error: BaseException) -> str:
    """The innermost cause, in a line: torch wraps it in a report of many."""
    while error.__cause__ is not None:
        error = error.__cause__
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:200].rstrip(".")
