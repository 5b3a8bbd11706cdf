"""One of several processes that train a run together; torchrun starts it, as `workbench.runs.watch` asks.

The first process of all records the run and tells its parent, on standard output, what happens; the others
follow it. What else is printed goes to standard error.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, NoReturn

from workbench.errors import UserError
from workbench.runs import pipe
from workbench.train.orders import Order, Orders

_UNSEEN = (
    "Each process has only a part of the weights, so none can look at the layers: "
    "there are no vitals of them, no probes, and no diagnosis by them."
)
_LAST_SECONDS = 60.0
"""Time that is left to keep what was learned once the parent is gone."""


class Voice:
    """Standard output, kept for messages."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._out = os.dup(1)
        os.dup2(2, 1)

    def say(self, message: Any) -> None:
        """Send a message; once nobody listens, training is to stop."""
        left = pipe.line(message)
        try:
            while left:
                left = left[os.write(self._out, left) :]
        except OSError:
            self._orders.put(Order("stop"))

    def event(self, message: Any) -> None:
        """Send an event. Training goes on once the next is asked for."""
        self._orders.sent += 1
        self.say(message)


def main(arguments: list[str]) -> NoReturn:
    """Train as the arguments say, a JSON object with folder, device, backend and shard; then end the process.

    The first process reads another from standard input: project, seed and resume; then orders.
    """
    place = json.loads(arguments[0])
    rank, local_rank = int(os.environ["RANK"]), int(os.environ["LOCAL_RANK"])
    orders = Orders()
    voice = Voice(orders)
    # Ctrl+C is the parent's, and what ends torchrun goes by the parent's orders too.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: orders.put(Order("stop")))
    request: Any = None
    if local_rank == 0:
        told = pipe.lines(0)
        request = pipe.message(next(told, b""))
        threading.Thread(target=_listen, args=(told, orders, rank), daemon=True).start()
    from workbench.train.joining import leave

    try:
        _train(place, request, orders, voice)
    except UserError as error:
        voice.say({"error": {"what": error.what, "place": error.place, "remedy": error.remedy}})
        leave(1)
    except BaseException as error:
        traceback.print_exc()
        text = (str(error).strip().splitlines() or ["no message"])[0]
        what = f"process {rank} broke off: {type(error).__name__}: {text}"
        voice.say({"lost" if _is_loss(error) else "broken": what})
        leave(1)


def _listen(told: Iterator[bytes], orders: Orders, rank: int) -> None:
    """Take orders, and end when the parent does."""
    for text in told:
        try:
            orders.put(Order.from_json(pipe.message(text)))
        except ValueError:
            continue
    if rank == 0:
        orders.put(Order("stop"))
        threading.Event().wait(_LAST_SECONDS)
    os._exit(1)


def _train(place: Any, request: Any, orders: Orders, voice: Voice) -> NoReturn:
    from workbench.data.load import load
    from workbench.graph.file import parse
    from workbench.runs.origin import Origin
    from workbench.runs.recorder import record
    from workbench.runs.store import RunStore
    from workbench.train.joining import join, leave
    from workbench.train.trainer import Trainer
    from workbench.train.words import to_all

    folder, device = Path(place["folder"]), place["device"]
    team = join(device, place["backend"], orders, shard=place["shard"])
    wanted = to_all(request)
    project = parse(json.dumps(wanted["project"]), str(folder))
    assert project.data  # the parent has looked
    dataset = load(project.data, folder)
    store = RunStore(folder)
    origin = Origin.of(store, wanted, project, dataset, first=team.rank == 0)
    trainer = Trainer(
        project,
        dataset,
        device=device,
        seed=origin.seed,
        resume=origin.checkpoint,
        folder=folder,
        team=team,
    )
    if team.rank:
        for _ in trainer.events():
            pass
        leave(0)
    run = origin.run or store.create(project, dataset, device=device, seed=origin.seed, parent=origin.parent)
    unseen = _UNSEEN if team.sharded else ""
    notes = [*dataset.notes, *(note for note in (trainer.note, unseen) if note)]
    start = trainer.start
    events = record(run, trainer)
    first = next(events)  # the run is ours now; before, the parent mustn't take it for that
    voice.event(
        {"run": run.id, "seed": trainer.seed, "notes": notes, "start": start.note, "whole": start.whole}
    )
    for event in chain([first], events):
        voice.event(event.to_json())
    leave(0)


def _is_loss(error: BaseException) -> bool:
    """Whether it only tells that another process is gone."""
    text = str(error)
    return any(word in text for word in ("Connection closed by peer", "Connection reset", "gloo", "NCCL"))


if __name__ == "__main__":
    main(sys.argv[1:])
