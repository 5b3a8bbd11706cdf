"""What a run recorded of its probes, read in the background for one layer, and gone on with as it trains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.graph import DataSection
from workbench.graph.project import Graph
from workbench.train.probe_plan import LayerPlan, ProbePlan
from workbench.train.probe_record import Histograms, ProbeRecord

if TYPE_CHECKING:
    from workbench.runs.run import Run

Array = NDArray[Any]
Curve = tuple[Array, Array]


@dataclass(frozen=True, eq=False)
class History:
    """A run's recorded epochs, ascending, with the activations of ``layer``; None where that isn't recorded.

    ``curves``: losses by name, (epochs,) numbers and values. ``best``: the epoch with the best weights.
    ``graph``: the run's stack.
    """

    run: str
    plan: ProbePlan
    layer: LayerPlan | None
    records: tuple[ProbeRecord, ...]
    curves: Mapping[str, Curve]
    best: int | None
    running: bool
    graph: Graph

    @cached_property
    def epochs(self) -> tuple[int, ...]:
        """The recorded epochs; 0 is before the first step."""
        return tuple(record.epoch for record in self.records)

    @cached_property
    def values(self) -> Array:
        """The layer's outputs, (epochs, samples, *kept)."""
        assert self.layer is not None
        return np.stack([record.activations[self.layer.id] for record in self.records])

    @cached_property
    def limits(self) -> Array:
        """Least and greatest output of each sample over all epochs, (samples, 2), finite."""
        values = self.values.astype(np.float32)
        flat = np.nan_to_num(np.moveaxis(values, 1, 0).reshape(values.shape[1], -1), posinf=0.0, neginf=0.0)
        return np.stack([flat.min(1), flat.max(1)], 1)

    @cached_property
    def probabilities(self) -> Array:
        """(epochs, samples, classes); no classes for regression and embeddings."""
        return np.stack([record.probabilities for record in self.records])

    @cached_property
    def predicted(self) -> Array:
        """(epochs, samples): class numbers or values, nan for embeddings."""
        return np.stack([record.predicted for record in self.records])

    def histograms(self, of: str) -> Histograms:
        """Return the layer's histograms, a row an epoch, of its "outputs" or its "weights"."""
        assert self.layer is not None
        row = self.plan.layers.index(self.layer)
        rows: list[Histograms] = [getattr(record, of) for record in self.records]
        return Histograms(
            np.stack([found.counts[row] for found in rows]),
            np.stack([found.ends[row] for found in rows]),
            np.array([found.zeros[row] for found in rows]),
        )


def load(
    folder: Path, data: DataSection | None, run_id: str, layer: str, before: History | None
) -> History | None:
    """Return what a run recorded, None for nothing. Raises `UserError`.

    ``layer``: an id, "" for one that is worth seeing. What ``before`` holds of the same isn't read again.
    """
    from workbench.runs.match import require_same_data
    from workbench.runs.probes import open_probes
    from workbench.runs.store import RunStore

    run = RunStore(folder).open(run_id)
    require_same_data(run, data)
    probes = open_probes(run)
    if probes is None:
        return None
    info, plan = run.info(), probes.plan
    shown = plan.layer(layer) if layer else _worth_seeing(plan)
    known: dict[int, ProbeRecord] = {}
    if before and (before.run, before.plan, before.layer) == (run.id, plan, shown):
        known = {record.epoch: record for record in before.records}
    records = []
    for file in probes.files:
        record = known.get(file.epoch)
        if record is None or record.step != file.step:
            try:
                record = probes.read_file(file, [shown.id] if shown else [])
            except FileNotFoundError:  # thinned out meanwhile
                continue
        records.append(record)
    if not records:
        return None
    running = info.state == "running"
    graph = before.graph if before and before.run == run.id else run.project().model
    return History(run.id, plan, shown, tuple(records), _losses(run), info.best_epoch, running, graph)


def _worth_seeing(plan: ProbePlan) -> LayerPlan | None:
    """The second layer of maps, the first of them, or the layer in the middle."""
    maps = [layer for layer in plan.layers if len(layer.shape) == 3]
    return next(iter(maps[1:2] or maps or plan.layers[len(plan.layers) // 2 :]), None)


def _losses(run: Run) -> dict[str, Curve]:
    """Losses by epoch: of training, the mean of each epoch's steps."""
    from workbench.runs.scalars import curves

    found = curves(run)
    ends = found["lr"][0] if "lr" in found else np.array([], np.int64)
    if not len(ends):
        return {}
    numbers = np.arange(1, len(ends) + 1)
    losses: dict[str, Curve] = {}
    steps, values = found.get("train_loss", (ends[:0], np.array([])))
    at = np.searchsorted(steps, ends, side="right")
    sums = np.concatenate(([0.0], np.cumsum(values)))[np.concatenate(([0], at))]
    counts = np.diff(np.concatenate(([0], at)))
    losses["training"] = numbers, np.diff(sums) / np.maximum(counts, 1)
    if "val_loss" in found:
        where = np.searchsorted(ends, found["val_loss"][0]) + 1
        losses["validation"] = where, found["val_loss"][1]
    return losses
