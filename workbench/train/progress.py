"""How far training is: all of its state that is neither a tensor nor a setting."""

from __future__ import annotations

from workbench.graph.frozen import Frozen
from workbench.train.schedules import PlateauState


class Pace(Frozen):
    """Where in its schedule a step is: at ``at`` for step ``anchor``, and ``speed`` further each step.

    Both count steps of the batch size that the settings name; another batch size moves on at another speed.
    """

    anchor: int = 0
    at: float = 0.0
    speed: float = 1.0

    def of(self, step: int) -> float:
        """Return where in the schedule a step is."""
        return self.at + (step - self.anchor) * self.speed


class Progress(Frozen):
    """How far training is.

    ``step``: steps done. ``epoch``: epochs done. Of the epoch under way, ``origin`` samples were visited
    before its batches had ``batch_size`` samples (0: what the settings say), and ``batch`` batches since;
    ``loss_sum`` is the sum over all these samples of the loss. ``best_loss``: lowest so far, of
    ``best_epoch``. ``seconds``: time in steps and validation. ``lr_scale`` and ``weight_decay``: what people
    changed while training. ``parts``: how many parts a batch is run in, as memory demands.
    """

    step: int = 0
    epoch: int = 0
    batch: int = 0
    loss_sum: float = 0.0
    best_loss: float | None = None
    best_epoch: int | None = None
    epoch_seconds: float = 0.0
    seconds: float = 0.0
    origin: int = 0
    batch_size: int = 0
    pace: Pace = Pace()
    plateau: PlateauState = PlateauState()
    lr_scale: float = 1.0
    weight_decay: float | None = None
    parts: int = 1
