"""What an import gives, and what it says of what it can't bring in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.errors import UserError
from workbench.graph import Graph

if TYPE_CHECKING:
    from torch import Tensor

NAMED = 8
"""How many faults a message names; of more it gives the number."""


@dataclass(frozen=True)
class Parity:
    """How the stack was compared with the original, on random inputs.

    ``max_abs_diff``: the largest difference between two outputs; ``max_rel_diff``: the same as a share of
    the largest output.
    """

    batch_sizes: tuple[int, ...]
    max_abs_diff: float
    max_rel_diff: float


@dataclass(frozen=True)
class Imported:
    """A model from elsewhere, as a stack.

    ``weights``: tensors on the CPU by the names of the stack's state_dict. ``notes``: sentences on what a
    person should know, such as what was left out because it changes nothing.
    """

    name: str
    graph: Graph
    weights: dict[str, Tensor]
    notes: tuple[str, ...]
    parity: Parity


@dataclass(frozen=True)
class Unmapped:
    """A part of a model that no layer stands for: what it is, why, and where."""

    kind: str
    why: str = ""
    place: str = ""

    def __str__(self) -> str:
        where = f" ({self.place})" if self.place else ""
        return f"{self.kind}{where}" + (f": {self.why}" if self.why else "")


class UnmappedError(Exception):
    """Raised where one part can't be mapped; the importers collect them."""

    def __init__(self, kind: str, why: str = "", place: str = "") -> None:
        super().__init__(f"{kind}: {why}")
        self.fault = Unmapped(kind, why, place)


def refused(faults: Sequence[Unmapped], what: str, place: str, remedy: str) -> UserError:
    """Return one error for all that can't be imported. ``what`` is the parts' name: "operator"."""
    kinds = Counter(fault.kind for fault in faults)
    named: list[str] = []
    told: Counter[str] = Counter()
    for fault in faults:
        told[fault.kind] += 1
        if len(named) < NAMED and told[fault.kind] == 1:
            more = f" and {kinds[fault.kind] - 1} more" if kinds[fault.kind] > 1 else ""
            named.append(f"{fault}".rstrip(".") + more)
    count, sorts = len(faults), len(kinds)
    head = f"{count} {what}{'' if count == 1 else 's'}"
    if sorts > 1 and sorts < count:
        head += f" of {sorts} kinds"
    rest = f"; and {sorts - len(named)} more kinds" if sorts > len(named) else ""
    return UserError(f"{head} can't be imported: {'; '.join(named)}{rest}.", place=place, remedy=remedy)
