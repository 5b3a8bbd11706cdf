"""What happens while a model is trained, as frozen values; nothing here needs torch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

Json = dict[str, Any]


@dataclass(frozen=True)
class _Event:
    """What all events share: a name, and a form that JSON can hold."""

    kind: ClassVar[str]

    def to_json(self) -> Json:
        """Return ``{"event": kind, ...}``; values that are no finite number become None."""
        return {"event": self.kind, **{f.name: _plain(getattr(self, f.name)) for f in fields(self)}}


@dataclass(frozen=True)
class Started(_Event):
    """The first event: what will be done, and where.

    ``first_epoch`` and ``first_step`` are 1 and 0 for a new run; a resumed run goes on from them.
    ``run_steps`` counts the steps of all epochs, those done before a resume too.
    """

    kind: ClassVar[str] = "started"
    run_steps: int
    steps_per_epoch: int
    epochs: int
    device: str
    train_samples: int
    validation_samples: int
    first_epoch: int
    first_step: int


@dataclass(frozen=True, eq=False)
class Steps(_Event):
    """The steps since the last such event: about 30 events a second, however fast the steps are.

    ``losses``: float32, shape (steps,); step ``first_step + i`` had the mean loss ``losses[i]``. Steps count
    from 0 over the whole run. ``lr`` is the last step's. ``samples_per_second`` leaves pauses out.
    """

    kind: ClassVar[str] = "steps"
    first_step: int
    losses: NDArray[np.float32]
    lr: float
    samples_per_second: float


@dataclass(frozen=True)
class EpochEnded(_Event):
    """An epoch is over and was validated.

    ``epoch`` counts from 1; ``step`` is the number of steps done. ``train_loss`` is the mean over the
    epoch's samples while the weights changed, ``val_loss`` that of the validation split after it (None where
    there is none). ``metrics`` are the validation split's, by scikit-learn's names. ``seconds``: this
    epoch's time, validation with it and pauses not. ``best``: no epoch before had as low a loss.
    """

    kind: ClassVar[str] = "epoch_ended"
    epoch: int
    step: int
    train_loss: float
    val_loss: float | None
    metrics: Mapping[str, float]
    seconds: float
    lr: float
    best: bool


@dataclass(frozen=True)
class CheckpointSaved(_Event):
    """A checkpoint is on the disk: the best weights, or everything that resuming needs."""

    kind: ClassVar[str] = "checkpoint_saved"
    which: Literal["best", "last"]
    epoch: int
    step: int


@dataclass(frozen=True)
class Finished(_Event):
    """The last event of training that went well.

    ``epochs`` and ``step`` count what was done over the whole run, ``seconds`` and ``samples_per_second``
    what was done since it was started or resumed; the speed is that of the steps alone, without validation.
    ``best_epoch`` is None where no epoch ended.
    """

    kind: ClassVar[str] = "finished"
    reason: Literal["completed", "stopped early", "stopped"]
    epochs: int
    step: int
    seconds: float
    samples_per_second: float
    best_epoch: int | None
    best_loss: float | None


@dataclass(frozen=True)
class Failed(_Event):
    """The last event of training that went wrong: a loss that is no finite number.

    ``message`` says what and where in a sentence, ``remedy`` what to do. ``step`` is the first step with
    such a loss, None where it was found while validating. ``layer`` is the first layer whose weights are no
    finite numbers, "" where all are. The model is back at the end of the last good epoch.
    """

    kind: ClassVar[str] = "failed"
    message: str
    remedy: str
    epoch: int
    step: int | None
    layer: str = ""


Event = Started | Steps | EpochEnded | CheckpointSaved | Finished | Failed


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return [_plain(item) for item in value.tolist()]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
