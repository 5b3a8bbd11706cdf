"""Types that several layers' params share, with their bounds and help."""

from typing import Annotated, Literal

from pydantic import Field

Width = Annotated[int, Field(ge=1, le=1_000_000)]
"""A number of channels, features or units."""

Whole = Annotated[int, Field(ge=1, le=65_536)]
NotNegative = Annotated[int, Field(ge=0, le=65_536)]

Sides = int | tuple[int, ...]
"""Any of the sizes below: one whole number for all directions, or one for each."""
Size2d = Whole | tuple[Whole, Whole]
"""One whole number for both directions, or (height, width)."""
Size3d = Whole | tuple[Whole, Whole, Whole]
"""One whole number for all directions, or (depth, height, width)."""
Padding2d = NotNegative | tuple[NotNegative, NotNegative]
Padding3d = NotNegative | tuple[NotNegative, NotNegative, NotNegative]

Edges1d = NotNegative | tuple[NotNegative, NotNegative]
"""What is added at both ends, or at (start, end)."""
Edges2d = NotNegative | tuple[NotNegative, NotNegative, NotNegative, NotNegative]
"""What is added on all sides, or (left, right, top, bottom)."""
Edges3d = NotNegative | tuple[NotNegative, NotNegative, NotNegative, NotNegative, NotNegative, NotNegative]
"""What is added on all sides, or (left, right, top, bottom, front, back)."""

Dim = Annotated[int, Field(ge=-6, le=6)]
"""A dimension, the batch being 0; negative ones count from the last."""
Side = Annotated[int, Field(ge=-1, le=100_000_000)]
"""One side of a shape; -1 is whatever is left."""

PaddingMode = Literal["zeros", "reflect", "replicate", "circular"]

Probability = Annotated[float, Field(ge=0, lt=1)]
Epsilon = Annotated[float, Field(gt=0, le=1)]
