"""What kinds of samples there are, by shape and dtype."""

from __future__ import annotations

from typing import Literal

from workbench.layers import TensorSpec

Takes = Literal["image", "vector", "sequence", "ids", "waveform", "pairs of ids"]
"""What a template reads.

image: channels × height × width. vector: a row of numbers. sequence: time × features. ids: int64, one a time
step. waveform: a row of numbers in time, long enough to be heard. pairs of ids: int64, or the two columns of
a table.
"""

WAVEFORM = 1024
"""Fewest samples that are taken for sound."""


def takes(sample: TensorSpec, kind: Takes) -> bool:
    """Whether a sample is of a kind."""
    rank, ids = len(sample.shape), sample.dtype == "int64"
    if kind == "pairs of ids":
        return sample.shape == (2,)
    if kind == "ids":
        return ids and rank == 1
    if ids:
        return False
    if kind == "waveform":
        return rank == 1 and sample.shape[0] >= WAVEFORM
    return rank == {"image": 3, "vector": 1, "sequence": 2}[kind]


def described(sample: TensorSpec) -> str:
    """Return what samples are, in words: "30 numbers", "images of 1×28×28"."""
    count = len(sample.shape)
    if sample.dtype == "int64":
        return f"{sample} ids"
    if count == 3:
        return f"images of {sample}"
    if count == 2:
        return f"sequences of {sample} (time × features)"
    return f"{sample} numbers"


def halvings(sample: TensorSpec, wanted: int, least: int = 4) -> tuple[bool, ...]:
    """Return which of an architecture's halvings an image has room for, the first ones dropped first.

    ``least`` is the side in pixels below which an image isn't made. Dropping the first ones keeps small
    images large where they enter, as in the CIFAR variants of the papers.
    """
    room, side = 0, min(sample.shape[1:])
    while room < wanted and side // 2 >= least:
        room, side = room + 1, side // 2
    return (False,) * (wanted - room) + (True,) * room
