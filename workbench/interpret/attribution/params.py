"""What several methods of attribution can be set in."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

Baseline = Literal["auto", "zero", "mean", "blur"]

BaselineField = Annotated[
    Baseline,
    Field(
        description="What the sample is compared with: zeros, the mean of the training data, or the sample"
        " blurred. Auto is the mean for tables, else zeros; of ids the padding's."
    ),
]
Seed = Annotated[int, Field(ge=0, le=2**31 - 1, description="The same seed gives the same numbers.")]
Parts = Annotated[
    int,
    Field(
        ge=4,
        le=4096,
        description="Into how many patches an image, or stretches a sequence, is cut at most. Columns of a"
        " table and tokens stay apart, up to 512 of them.",
    ),
]
Choices = Annotated[int, Field(ge=8, le=100_000, description="Choices of parts that are tried.")]
