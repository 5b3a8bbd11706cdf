"""Types that several templates' params share, with their bounds."""

from typing import Annotated

from pydantic import Field

Depth = Annotated[int, Field(ge=1, le=200)]
"""A number of layers or blocks on top of each other."""

Vocabulary = Annotated[int, Field(ge=1, le=10_000_000)]
"""A number of different ids."""
