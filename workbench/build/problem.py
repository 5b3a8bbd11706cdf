"""What checking finds wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workbench.layers import Fix


@dataclass(frozen=True)
class Problem:
    """What is wrong at a layer ("" is the whole stack), in the user's words."""

    layer: str
    severity: Literal["error", "warning"]
    message: str
    fixes: tuple[Fix, ...] = ()
