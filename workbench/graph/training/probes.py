"""Probes: samples that are looked at after every epoch."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from workbench.graph.frozen import Frozen


def _listed(value: Any) -> Any:
    """Let names in a row stand for their list: "conv1, conv2"."""
    if isinstance(value, str):
        return tuple(name for name in re.split(r"[,;\s]+", value) if name)
    return value


Names = Annotated[tuple[str, ...], BeforeValidator(_listed), Field(max_length=1000)]


class Probes(Frozen):
    """What is recorded of a few samples after every epoch, to look back through training."""

    samples: int = Field(
        default=8,
        ge=0,
        le=256,
        description="Samples of the validation split (else of training) that are run through the network "
        "after every epoch; 0 records none. Runs of several processes record none.",
    )
    layers: Names = Field(
        default=(),
        description="Ids of the layers whose outputs are recorded, with commas; empty takes all, or as many "
        "as there is room for.",
    )
    megabytes: int = Field(
        default=32,
        ge=1,
        le=100_000,
        description="Most space on the disk a run. What is too much for it is thinned out: wide layers "
        "first, then epochs.",
    )
