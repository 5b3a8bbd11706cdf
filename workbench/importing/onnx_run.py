"""An ONNX model's values, as ONNX Runtime gives them: what passes between its nodes, and its answers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.errors import UserError
from workbench.importing.onnx_file import LARGEST_TENSOR

Array = NDArray[Any]

BATCH = 3
"""Samples of an example where the model takes any number."""

_KINDS = {1: np.float32, 10: np.float16, 11: np.float64, 6: np.int32, 7: np.int64}


@dataclass(frozen=True)
class Entrance:
    """An input: name, shape of a sample, dtype as NumPy has it, and the batch size if that is fixed."""

    name: str
    shape: tuple[int, ...]
    dtype: Any
    batch: int | None

    @property
    def whole(self) -> bool:
        """Whether it takes whole numbers."""
        return np.issubdtype(self.dtype, np.integer)

    def example(self, count: int, seed: int, highest: int) -> Array:
        """Random samples: normal numbers, or ids below ``highest``."""
        random = np.random.default_rng(seed)
        shape = (count, *self.shape)
        if self.whole:
            return random.integers(0, max(1, highest), shape).astype(self.dtype)
        return random.standard_normal(shape).astype(self.dtype)


def entrances(model: Any, path: Path, shapes: Sequence[tuple[int, ...]] = ()) -> tuple[Entrance, ...]:
    """Return the inputs. ``shapes`` are samples' shapes for inputs that leave theirs open.

    Raises `UserError`.
    """
    weights = {tensor.name for tensor in model.graph.initializer}
    found = []
    for number, item in enumerate(item for item in model.graph.input if item.name not in weights):
        kind = item.type.tensor_type
        if kind.elem_type not in _KINDS:
            raise UserError(
                f"input {item.name} is neither decimal nor whole numbers.",
                place=str(path),
                remedy="Import a model that reads float32 or int64.",
            )
        sides = [d.dim_value if d.HasField("dim_value") else None for d in kind.shape.dim]
        given = shapes[number] if number < len(shapes) else ()
        sample: tuple[int | None, ...] = tuple(given) or tuple(sides[1:])
        if len(sides) < 2 or None in sample or len(sample) != len(sides) - 1:
            raise UserError(
                f"input {item.name} leaves its size open.",
                place=str(path),
                remedy="Say what a sample's shape is (--shape), such as 3x224x224.",
            )
        if math.prod(side or 1 for side in sample) * 4 > LARGEST_TENSOR or any((s or 0) < 1 for s in sample):
            raise UserError(
                f"input {item.name} can't have the shape {'×'.join(map(str, sample))}.",
                place=str(path),
                remedy="Choose another file.",
            )
        whole = tuple(int(side or 1) for side in sample)
        found.append(Entrance(item.name, whole, _KINDS[kind.elem_type], sides[0] or None))
    if not found:
        raise UserError("the model has no input.", place=str(path), remedy="Choose another file.")
    return tuple(found)


NEWEST_FORM = 10
"""The newest version of ONNX's file format (IR) that is asked of ONNX Runtime."""


class Runner:
    """Runs a model. Raises `UserError` where ONNX Runtime can't."""

    def __init__(self, model: Any, path: Path, everything: bool = False) -> None:
        import onnx
        import onnxruntime

        self._path = path
        copied = onnx.ModelProto()
        copied.CopyFrom(model)
        # A file may be of a newer form than ONNX Runtime knows though it uses nothing new: the operators' own
        # version says what they mean.
        copied.ir_version = min(copied.ir_version, NEWEST_FORM)
        names = [item.name for item in copied.graph.output]
        if everything:
            known = set(names)
            between = [
                name for node in copied.graph.node for name in node.output if name and name not in known
            ]
            copied.graph.output.extend(onnx.ValueInfoProto(name=name) for name in between)
            names += between
        self.names = names
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        if everything:
            options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        try:
            self._session = onnxruntime.InferenceSession(
                copied.SerializeToString(), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise self._refused(error) from error

    def __call__(self, feed: Mapping[str, Array]) -> dict[str, Array]:
        """Return outputs by name."""
        try:
            return dict(zip(self.names, self._session.run(self.names, dict(feed)), strict=True))
        except Exception as error:
            raise self._refused(error) from error

    def _refused(self, error: Exception) -> UserError:
        lines = str(error).strip().splitlines()
        # Before the reason stands where in its own source ONNX Runtime found it.
        said = lines[0].rpartition(" : ")[2].rpartition(") ")[2] if lines else type(error).__name__
        said = said[:160].rstrip(".")
        return UserError(
            f"ONNX Runtime can't run it ({said}).",
            place=str(self._path),
            remedy="Export the model again, or choose another file.",
        )


def bounded(model: Any, path: Path, feeds: Sequence[Entrance], count: int) -> None:
    """Raise `UserError` where what passes between nodes would take more memory than can be meant."""
    import onnx

    copied = onnx.ModelProto()
    copied.CopyFrom(model)
    by_name = {item.name: item for item in feeds}
    for item in copied.graph.input:
        if item.name in by_name:
            whole = (by_name[item.name].batch or count, *by_name[item.name].shape)
            del item.type.tensor_type.shape.dim[:]
            for side in whole:
                item.type.tensor_type.shape.dim.add(dim_value=side)
    try:
        inferred = onnx.shape_inference.infer_shapes(copied, data_prop=True)
    except Exception:
        return  # ONNX Runtime says what is wrong
    for item in inferred.graph.value_info:
        sides = [d.dim_value for d in item.type.tensor_type.shape.dim]
        if 4 * math.prod(sides) > LARGEST_TENSOR:
            raise UserError(
                f"{item.name} in it would take {4 * math.prod(sides) / 2**30:,.0f} GiB.",
                place=str(path),
                remedy="Choose another file.",
            )
