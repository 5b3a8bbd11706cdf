"""The models that are looked at: a run's weights, or fresh ones, loaded once."""

from __future__ import annotations

import copy
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.graph import Project, TrainingSection, training
from workbench.graph.facts import Facts

if TYPE_CHECKING:
    from workbench.build.model import StackModel
    from workbench.runs.run import Run

UNTRAINED = ""
"""The run's id for a model with fresh random weights."""
KEPT = 3
"""Models that stay in memory: the one in view, and those that it was just compared with."""


@dataclass(frozen=True, eq=False)
class Loaded:
    """A model in eval mode, and the loss that it was, or is to be, trained with.

    ``epoch``: the one that its weights are of, ``run``: the run; None for fresh ones.
    """

    model: StackModel
    loss: training.Loss
    epoch: int | None = None
    run: Run | None = None


class Models:
    """Loads models; may be asked from several threads at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: OrderedDict[object, Loaded] = OrderedDict()

    def load(self, folder: Path, project: Project, facts: Facts, run: str) -> Loaded:
        """Return a run's best model, as a copy that nobody else has. Raises `UserError`."""
        with self._lock:
            kept = self._kept(folder, project, facts, run)
            return replace(kept, model=copy.deepcopy(kept.model))

    def _kept(self, folder: Path, project: Project, facts: Facts, run: str) -> Loaded:
        from workbench.runs.match import require_same_data
        from workbench.runs.store import RunStore
        from workbench.runs.weights import load_model

        if run == UNTRAINED:
            section = project.training
            key: object = (project.model, facts, section.seed, section.init, section.loss)
            if key not in self._loaded:
                self._loaded[key] = Loaded(_fresh(project, facts), project.training.loss)
        else:
            opened = RunStore(folder).open(run)
            require_same_data(opened, project.data)
            file = opened.best
            key = (project.data, file, file.stat().st_mtime_ns if file.exists() else 0)
            if key not in self._loaded:
                loss, epoch = opened.project().training.loss, opened.info().best_epoch
                self._loaded[key] = Loaded(load_model(opened), loss, epoch, opened)
        self._loaded.move_to_end(key)
        while len(self._loaded) > KEPT:
            self._loaded.popitem(last=False)
        return self._loaded[key]


def _fresh(project: Project, facts: Facts) -> StackModel:
    from workbench.build.check import built
    from workbench.build.drawing import Drawing
    from workbench.train.initialising import initialise

    with Drawing(project.training.seed):
        model = built(project.model, facts, TrainingSection(loss=project.training.loss))
        initialise(model, project.training.init)
        return model.eval()
