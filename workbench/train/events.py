"""What happens while a model is trained, as frozen values; nothing here needs torch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
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
    """A checkpoint is on the disk.

    "best": the best weights. "last": everything that resuming needs. "kept": the same, to go back to.
    """

    kind: ClassVar[str] = "checkpoint_saved"
    which: Literal["best", "last", "kept"]
    epoch: int
    step: int


@dataclass(frozen=True)
class Changed(_Event):
    """A setting was changed while training: from step ``step`` (the next one) on it has ``value``.

    ``name`` is the path of a setting of ``training``, such as ``optimizer.lr`` or ``batch_size``. ``why`` is
    "" for a person's wish, else a sentence: memory ran out, and batches are run in parts from here on.
    ``run_steps`` is how many steps the run has now.
    """

    kind: ClassVar[str] = "changed"
    step: int
    name: str
    before: float
    value: float
    run_steps: int
    why: str = ""


@dataclass(frozen=True, eq=False)
class LayerVitals:
    """How a layer fares on up to 64 samples of the batch that was just learned from.

    ``counts``: histogram of its outputs over equal bins from ``low`` to ``high``, int64, shape (bins,); it,
    ``mean`` and ``std`` are of up to some thousand values, evenly picked. ``dead``: share of its units
    (channels or features) that were zero for all samples, and in the last looks before this one, too;
    ``saturated``: share of values within a hundredth of an end of a bounded activation; both nan where that
    has no meaning. ``gradient``: norm of one sample's gradient of the loss by its outputs, as the root mean
    square over the samples; nan where none arrives. For layers with weights (else nan): ``weight`` is their
    norm, ``weight_gradient`` that of their gradient, ``update`` the norm of the last step's change over that
    of the weights (healthy is about 1e-3).

    ``gradient_counts``: histogram of the common logarithms of one sample's gradients by its outputs, their
    signs left out, over equal bins from ``gradient_low`` to ``gradient_high``; int64, shape (bins,), or empty
    where none arrives. Zeros have no logarithm: ``gradient_zeros`` is their share.

    These are measured in some looks only, and stand as they last were: ``rank``, the effective rank of the
    outputs (Roy & Vetterli, 2007), 1 to ``most_rank``, the lesser of units and samples − 1; and ``time``, an
    estimate of its share of a step, 0 to 1: see `workbench.train.layer_times`. Both are nan while unknown.
    """

    counts: NDArray[np.int64]
    low: float
    high: float
    mean: float
    std: float
    dead: float
    saturated: float
    gradient: float
    weight: float
    weight_gradient: float
    update: float
    gradient_counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    gradient_low: float = math.nan
    gradient_high: float = math.nan
    gradient_zeros: float = math.nan
    rank: float = math.nan
    most_rank: float = math.nan
    time: float = math.nan


@dataclass(frozen=True, eq=False)
class Vitals(_Event):
    """The layers' vitals after ``step`` steps, by layer id.

    Measuring took ``share`` of the training time so far; that it stays small, the next look is ``every``
    seconds of training away.
    """

    kind: ClassVar[str] = "vitals"
    step: int
    layers: Mapping[str, LayerVitals]
    share: float
    every: float = math.nan


@dataclass(frozen=True)
class Probed(_Event):
    """The probes were looked at after ``epoch`` epochs and ``step`` steps; 0 is before the first.

    Looking took ``share`` of the time so far. What was seen is the trainer's until the next such event.
    """

    kind: ClassVar[str] = "probed"
    epoch: int
    step: int
    share: float


@dataclass(frozen=True)
class Remedy:
    """What may help: ``text`` is what a button says.

    ``set`` are settings of ``training`` to change, by path (``("optimizer.lr", 0.001)``), live where that can
    be. ``replace`` is a layer type to put in the place of ``layers``, or where these are empty of the
    finding's layer; "" for none. ``insert`` are layers to put in: each a layer's id, and the type of the one
    to stand right before it.
    """

    text: str
    set: tuple[tuple[str, float | str], ...] = ()
    replace: str = ""
    layers: tuple[str, ...] = ()
    insert: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Finding:
    """Something that was recognised in a run: a sentence, the layer that it is about ("" for none)."""

    name: str
    """What it is: plateau, divergence, overfitting, dead_units, vanishing_gradients, healthy, ..."""
    severity: Literal["good", "watch", "broken"]
    message: str
    layer: str = ""
    remedies: tuple[Remedy, ...] = ()


@dataclass(frozen=True)
class Diagnosed(_Event):
    """What is to be said of the run after ``step`` steps, in place of what was said before."""

    kind: ClassVar[str] = "diagnosed"
    step: int
    findings: tuple[Finding, ...]


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

    ``message`` says what and where in a sentence, ``remedy`` what to do, ``remedies`` as buttons. ``step`` is
    the first step with such a loss, None where it was found while validating. ``layer`` is the first layer
    whose outputs, gradients or weights are no finite numbers, "" where none is found. The model is as it was
    before that step.
    """

    kind: ClassVar[str] = "failed"
    message: str
    remedy: str
    epoch: int
    step: int | None
    layer: str = ""
    remedies: tuple[Remedy, ...] = ()


Event = (
    Started | Steps | EpochEnded | CheckpointSaved | Changed | Vitals | Probed | Diagnosed | Finished | Failed
)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return [_plain(item) for item in value.tolist()]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
