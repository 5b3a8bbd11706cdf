"""A run's numbers as rules need them."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator

import numpy as np

from workbench.graph.project import Project
from workbench.graph.training import Constant
from workbench.train.events import (
    Changed,
    EpochEnded,
    Event,
    Failed,
    Finished,
    LayerVitals,
    Started,
    Steps,
    Vitals,
)

LOOKS = 3
"""Vitals that are judged together: what one batch shows by chance is no finding."""
BLOCK = 50
"""Steps whose losses are averaged."""


class History:
    """What happened so far. A resumed run's history begins where it was resumed."""

    def __init__(self, project: Project) -> None:
        self.training = project.training
        self.graph = project.model
        self.types = {node.id: node.type for node in project.model}
        self.inner = {name for row in range(len(self.graph)) for name in self.graph.inputs_of(row)}
        """Layers that others read: all but the answers."""
        self.step = 0
        self.whole = True
        """Whether it was watched from the first step on."""
        self.first_loss = math.nan
        """The loss of the untrained model, as its first batches have it."""
        self.blocks: list[float] = []
        """Mean training losses of `BLOCK` steps each."""
        self.epochs: list[EpochEnded] = []
        self.looks: deque[Vitals] = deque(maxlen=LOOKS)
        self.over = False
        self.lr = self.training.optimizer.lr
        """The rate of the last step."""
        self.top_lr = self.lr
        """The rate that the settings, or a person while training, asked for."""
        self.batch_size = self.training.batch_size
        self.weight_decay: float | None = getattr(self.training.optimizer, "weight_decay", None)
        self.steady_since = 0
        """Epochs that were done when a setting was last changed."""
        self._first: list[float] = []
        self._open: list[float] = []

    def take(self, event: Event) -> None:
        """Note an event."""
        if isinstance(event, Steps):
            self._take_steps(event)
        elif isinstance(event, Vitals):
            self.looks.append(event)
        elif isinstance(event, EpochEnded):
            self.epochs.append(event)
        elif isinstance(event, Changed):
            self._take_change(event)
        elif isinstance(event, Started):
            self.step = event.first_step
            self.whole = event.first_step == 0
        elif isinstance(event, Finished | Failed):
            self.over = True

    def _take_steps(self, event: Steps) -> None:
        self.step = event.first_step + len(event.losses)
        self.lr = event.lr
        if len(self._first) < 5:
            self._first = [*self._first, *event.losses.tolist()][:5]
            # the first alone where the rate is such that the next are already spoiled
            self.first_loss = min(self._first[0], float(np.median(self._first)))
        self._open.extend(event.losses.tolist())
        while len(self._open) >= BLOCK:
            self.blocks.append(float(np.mean(self._open[:BLOCK])))
            del self._open[:BLOCK]

    def _take_change(self, event: Changed) -> None:
        if event.name == "optimizer.lr":
            self.lr = self.top_lr = event.value
        elif event.name == "batch_size":
            self.batch_size = int(event.value)
        elif event.name == "optimizer.weight_decay":
            self.weight_decay = event.value
        self.steady_since = len(self.epochs)

    # What rules ask for

    @property
    def rate(self) -> float:
        """The learning rate that a remedy changes: the one in force, or of the settings for the next run."""
        return self.training.optimizer.lr if self.over else self.lr

    @property
    def full_rate(self) -> bool:
        """Whether the rate is not much below the one that was asked for: no warm-up, nor near the end."""
        return self.lr >= 0.5 * self.top_lr

    @property
    def constant(self) -> bool:
        """Whether the rate stays as it is."""
        return isinstance(self.training.schedule, Constant)

    @property
    def judged(self) -> list[float]:
        """Each epoch's validation loss, or the training loss where there is no validation split."""
        return [e.train_loss if e.val_loss is None else e.val_loss for e in self.epochs]

    @property
    def judged_name(self) -> str:
        """What `judged` is."""
        known = self.epochs and self.epochs[-1].val_loss is not None
        return "validation loss" if known else "training loss"

    @property
    def recent_loss(self) -> float:
        """The training loss now: the mean of the last full blocks, or of the last epoch."""
        if self.blocks:
            return float(np.mean(self.blocks[-4:]))
        return self.epochs[-1].train_loss if self.epochs else math.nan

    def layers(self) -> Iterator[tuple[str, list[LayerVitals]]]:
        """Yield each layer's last few vitals, in the stack's order."""
        for name in self.looks[-1].layers if self.looks else ():
            yield name, [look.layers[name] for look in self.looks if name in look.layers]


def median(values: list[float]) -> float:
    """The median of those that are numbers; nan for none."""
    known = [value for value in values if not math.isnan(value)]
    return float(np.median(known)) if known else math.nan
