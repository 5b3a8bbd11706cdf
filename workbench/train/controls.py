"""What people ask of a training under way: put in from any thread, taken out between two steps."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from pydantic import ValidationError

from workbench.errors import UserError
from workbench.graph.file import explain
from workbench.graph.training import TrainingSection

LIVE = ("optimizer.lr", "optimizer.weight_decay", "batch_size")
"""Paths of the settings of ``training`` that can be changed while it goes on."""


class Wish(NamedTuple):
    """A setting's path and the value that it shall have from the next step on."""

    name: str
    value: float


class Controls:
    """Wishes on their way to the loop. Every method is safe from any thread."""

    def __init__(self) -> None:
        self.wishes: deque[Wish] = deque()
        self.keep_wanted = 0
        """How many times saving a checkpoint was asked for and not yet done."""
        self.one_by_one = False
        """Whether every step is reported by itself, for a training that is paused after each."""
        self.stopping = False
        """Whether training shall end after its next event."""

    def change(self, training: TrainingSection, name: str, value: float) -> None:
        """Ask for another value of a setting. Raises `UserError` for one that can't be changed or taken."""
        if name not in LIVE:
            raise UserError(
                f"{name} can't be changed while training.",
                place=f"training.{name}",
                remedy=f"Stop, change it, and train again. These can be: {', '.join(LIVE)}.",
            )
        section, _, key = name.rpartition(".")
        raw = training.model_dump(mode="json")
        place = raw[section] if section else raw
        if key not in place:
            raise UserError(f"{training.optimizer.name} has no {key}.", place=f"training.{name}")
        place[key] = int(value) if name == "batch_size" and float(value).is_integer() else value
        try:
            TrainingSection.model_validate(raw)
        except ValidationError as error:
            why = explain(error).rpartition(": ")[2]
            raise UserError(why, place=f"training.{name}") from None
        self.wishes.append(Wish(name, value))

    def keep(self) -> None:
        """Ask for a checkpoint now, to go back to."""
        self.keep_wanted += 1

    @property
    def waiting(self) -> bool:
        """Whether anything that was asked for is still to be done."""
        return bool(self.wishes) or self.keep_wanted > 0
