"""Types that several layers' params share, with their bounds and help."""

from typing import Annotated

from pydantic import Field

Width = Annotated[int, Field(ge=1, le=1_000_000)]
"""A number of channels, features or units."""

Whole = Annotated[int, Field(ge=1, le=65_536)]
NotNegative = Annotated[int, Field(ge=0, le=65_536)]

Size2d = Whole | tuple[Whole, Whole]
"""One whole number for both directions, or (height, width)."""
Padding2d = NotNegative | tuple[NotNegative, NotNegative]

Probability = Annotated[float, Field(ge=0, lt=1)]
Epsilon = Annotated[float, Field(gt=0, le=1)]
