"""The base of every part of the document."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """Immutable, compared by value, and refusing keys that it doesn't know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
