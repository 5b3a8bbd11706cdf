"""What is asked of a training in other processes: put in by one thread, taken out by another."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any, Literal, NamedTuple, get_args

Do = Literal["go", "stop", "keep", "change", "one_by_one"]


class Order(NamedTuple):
    """One order.

    ``go``: go on, now that ``value`` events were received. ``stop`` training; ``keep`` a checkpoint;
    ``change`` the setting ``name`` to ``value``, as `workbench.train.controls.Controls.change`; report steps
    ``one_by_one`` (value 1), or no longer (0).
    """

    do: Do
    name: str = ""
    value: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return it as an object that JSON can hold."""
        return self._asdict()

    @classmethod
    def from_json(cls, raw: Any) -> Order:
        """Return what `to_json` was made of. Raises `ValueError` for anything else."""
        if not isinstance(raw, dict) or raw.keys() != {*cls._fields} or raw["do"] not in get_args(Do):
            raise ValueError("it is no order")
        name, value = raw["name"], raw["value"]
        if not isinstance(name, str) or isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError("it is no order")
        return cls(raw["do"], name, value)


class Orders:
    """Orders on their way to the process that leads, which goes on only as its events are asked for.

    Every method is safe from any thread.
    """

    def __init__(self) -> None:
        self.sent = 0
        """Events that were sent so far."""
        self._received = 0
        self._stopping = False
        self._waiting: deque[Order] = deque()
        self._arrived = threading.Event()

    @property
    def held(self) -> bool:
        """Whether some event was not asked for yet: the training waits, unless it is to stop anyway."""
        return self._received < self.sent and not self._stopping

    def put(self, order: Order) -> None:
        """Add an order."""
        if order.do == "go":
            self._received = max(self._received, int(order.value))
        else:
            self._stopping = self._stopping or order.do == "stop"
            self._waiting.append(order)
        self._arrived.set()

    def take(self) -> list[Order]:
        """Return the orders that came since the last call, but for those to go on."""
        self._arrived.clear()
        return [self._waiting.popleft() for _ in range(len(self._waiting))]

    def wait(self, seconds: float) -> None:
        """Return as soon as there is an order, or after so many seconds."""
        self._arrived.wait(seconds)
