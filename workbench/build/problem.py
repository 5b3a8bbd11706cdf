"""What checking finds wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workbench.layers import Fix


@dataclass(frozen=True)
class Problem:
    """What is wrong at a layer ("" is the whole stack), in the user's words.

    Errors stop a stack from being built or trained. Warnings stop nothing.
    """

    layer: str
    severity: Literal["error", "warning"]
    message: str
    fixes: tuple[Fix, ...] = ()
