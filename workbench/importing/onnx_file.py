"""Reading an ONNX file without trusting it: nothing outside its folder is opened, no absurd size believed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import UserError

if TYPE_CHECKING:
    from onnx import ModelProto, TensorProto

LARGEST_FILE = 2**31
"""Bytes: protobuf ends at 2 GiB."""
LARGEST_TENSOR = 2**33
"""Bytes that weights, or what passes between two nodes, may take."""
NODES = 20_000

_BROKEN = "Export the model again, or choose another file."


def read(path: Path) -> ModelProto:
    """Return the model in a file, with weights that lie beside it. Raises `UserError`."""
    import onnx

    size = _size(path)
    if size > LARGEST_FILE:
        raise UserError(
            f"the file is {size / 2**30:.1f} GiB large, and an ONNX file ends at 2 GiB.",
            place=str(path),
            remedy="Save its weights as external data.",
        )
    try:
        model = onnx.load_model_from_string(path.read_bytes())
    except OSError as error:
        raise UserError(
            f"can't be read ({error.strerror}).", place=str(path), remedy="Check the file."
        ) from error
    except Exception as error:  # protobuf's own, which differ by its version
        raise _broken(path, "it is cut short, or something else") from error
    if not model.graph.node or not model.opset_import:
        raise _broken(path, "it holds no graph")
    if len(model.graph.node) > NODES:
        raise UserError(
            f"it has {len(model.graph.node):,} operators, and a stack of so many rows helps nobody.",
            place=str(path),
            remedy=f"Import models of up to {NODES:,}.",
        )
    for tensor in _tensors(model.graph):
        _load(tensor, path)
    return _checked(model, path)


def _checked(model: Any, path: Path) -> Any:
    """The model, valid, and with its own functions written out."""
    import onnx
    from onnx import inliner

    try:
        if model.functions:
            model = inliner.inline_local_functions(model)
        onnx.checker.check_model(_shaped(model))
    except Exception as error:
        why = str(error).strip().splitlines()
        raise _broken(
            path, f"ONNX's own check says: {why[0][:160].rstrip('.') if why else 'invalid'}"
        ) from error
    return model


def _shaped(model: Any) -> Any:
    """A copy whose outputs all have a shape: leaving it out is common, and ONNX Runtime doesn't mind."""
    import onnx

    copied = onnx.ModelProto()
    copied.CopyFrom(model)
    for item in copied.graph.output:
        item.type.tensor_type.shape.SetInParent()
    return copied


def _size(path: Path) -> int:
    try:
        if not path.is_file():
            raise UserError("there is no such file.", place=str(path), remedy="Check the name.")
        return path.stat().st_size
    except OSError as error:
        raise UserError(
            f"can't be read ({error.strerror}).", place=str(path), remedy="Check the name."
        ) from error


def _tensors(graph: Any) -> Iterator[TensorProto]:
    """All weights and constants."""
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield sparse.values
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors
            if attribute.HasField("g"):
                yield from _tensors(attribute.g)


def _load(tensor: Any, path: Path) -> None:
    """Check a tensor's size, and read it where it lies in another file of the same folder."""
    import onnx

    name = tensor.name or "a constant"
    if any(side < 0 for side in tensor.dims):
        raise _broken(path, f"{name} has a side below 0")
    count = math.prod(tensor.dims)
    try:
        item = onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type).itemsize
    except (KeyError, TypeError, ValueError) as error:
        raise _broken(path, f"{name} has an unknown type") from error
    if count * item > LARGEST_TENSOR:
        raise _broken(path, f"{name} would take {count * item / 2**30:,.0f} GiB")
    if tensor.data_location != onnx.TensorProto.EXTERNAL:
        if tensor.HasField("raw_data") and item > 1 and len(tensor.raw_data) != count * item:
            raise _broken(path, f"{name} has {len(tensor.raw_data)} bytes where {count * item} belong")
        return
    notes = {entry.key: entry.value for entry in tensor.external_data}
    file = _beside(path, notes.get("location", ""), name)
    try:
        start, length = int(notes.get("offset", 0)), int(notes.get("length", count * item))
    except ValueError as error:
        raise _broken(path, f"{name} lies at a place that is no number") from error
    if start < 0 or length != count * item or start + length > file.stat().st_size:
        raise _broken(path, f"{file.name} doesn't hold all of {name}")
    with file.open("rb") as content:
        content.seek(start)
        tensor.raw_data = content.read(length)
    tensor.data_location = onnx.TensorProto.DEFAULT
    del tensor.external_data[:]


def _beside(path: Path, location: str, name: str) -> Path:
    """The file of weights that a model names, if it lies in the model's folder."""
    folder = path.resolve().parent
    file = (folder / location).resolve() if location and "\0" not in location else folder
    if not file.is_relative_to(folder) or file == folder:
        raise UserError(
            f"its weights ({name}) lie outside its folder ({location[:80]!r}); such files aren't opened.",
            place=str(path),
            remedy="Put the file of weights beside the model and export it again.",
        )
    if not file.is_file():
        raise UserError(
            f"its weights are missing: there is no {location[:80]!r} beside it.",
            place=str(path),
            remedy="Copy that file there too.",
        )
    return file


def _broken(path: Path, why: str) -> UserError:
    return UserError(f"this is no sound ONNX file ({why}).", place=str(path), remedy=_BROKEN)
