"""A single ONNX node as the mapping reads it: attributes, constants and data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from workbench.importing import proposals as propose
from workbench.importing.onnx_graph import Array, Cluster
from workbench.importing.result import UnmappedError
from workbench.importing.rows import Value

Given = Value | Array | None


class One:
    """A cluster of one node."""

    def __init__(self, cluster: Cluster) -> None:
        self.op = cluster.ops[0]
        self.args = cluster.arguments[0]
        self.reads = cluster.reads
        self.expected = cluster.expected

    def attribute(self, name: str, default: Any = None) -> Any:
        """An attribute of the node."""
        return self.op.attributes.get(name, default)

    def array(self, place: int, name: str = "") -> Array | None:
        """A constant input, or in older operator sets the attribute ``name``."""
        found = self.args[place] if len(self.args) > place else None
        if isinstance(found, Value):
            raise UnmappedError(self.op.type, f"its input {place + 1} depends on the data")
        if found is None and name and name in self.op.attributes:
            return np.asarray(self.op.attributes[name])
        return found

    def numbers(self, place: int, name: str = "") -> tuple[int, ...] | None:
        """As `array`, as whole numbers."""
        found = self.array(place, name)
        return None if found is None else tuple(int(n) for n in np.atleast_1d(found))

    @property
    def data(self) -> Value:
        """The first input, which must be data."""
        if not self.args or not isinstance(self.args[0], Value):
            raise UnmappedError(self.op.type, "its first input is no data")
        return self.args[0]

    @property
    def rank(self) -> int:
        """Dimensions of the first data input, with the batch."""
        return self.reads[0].example.dim()


def tensor(array: Array | None) -> Tensor | None:
    """An array as weights."""
    return None if array is None else torch.from_numpy(np.array(array, dtype=np.float32))


def weights(**arrays: Array | Tensor | None) -> dict[str, Tensor]:
    """Weights by name; None is left out."""
    found = {k: v if isinstance(v, Tensor) else tensor(v) for k, v in arrays.items() if v is not None}
    return {name: item for name, item in found.items() if item is not None}


def rounded(value: float) -> float:
    """A number as it was before float32: 9.99999974e-06 is 1e-05."""
    return float(f"{float(value):.6g}")


def window(one: One, kernel: Sequence[int]) -> dict[str, Any] | None:
    """Stride, padding and dilation; None where the two sides are padded unlike."""
    sides = len(kernel)
    stride = tuple(one.attribute("strides") or (1,) * sides)
    dilation = tuple(one.attribute("dilations") or (1,) * sides)
    pads = tuple(one.attribute("pads") or (0,) * 2 * sides)
    auto = one.attribute("auto_pad", "NOTSET")
    if auto in ("SAME_UPPER", "SAME_LOWER"):
        total = []
        for size, k, s, d in zip(one.data.example.shape[2:], kernel, stride, dilation, strict=True):
            total.append(max(0, (-(-size // s) - 1) * s + d * (k - 1) + 1 - size))
        low = tuple(t // 2 if auto == "SAME_UPPER" else t - t // 2 for t in total)
        pads = (*low, *(t - p for t, p in zip(total, low, strict=True)))
    same = all(
        p + q == d * (k - 1) for p, q, d, k in zip(pads[:sides], pads[sides:], dilation, kernel, strict=True)
    )
    found = {"kernel_size": tuple(kernel), "stride": stride, "dilation": dilation, "padding": pads[:sides]}
    written = {name: propose.sizes(value) for name, value in found.items()}
    if same and set(stride) == {1} and set(kernel) != {1} and one.op.type == "Conv":
        written["padding"] = "same"
    elif pads[:sides] != pads[sides:]:
        return None
    return written
