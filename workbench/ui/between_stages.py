"""What a stage's panel wants of another part of the window: another stage, the stack, a training."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from workbench.ui.runs_choice import RunsChoice
from workbench.ui.stack_rows import StackRows
from workbench.ui.stages import Stages
from workbench.ui.starting import Starting
from workbench.ui.top_bar import TopBar
from workbench.ui.training import Training

if TYPE_CHECKING:
    from workbench.ui.train_panel import TrainPanel


class BetweenStages(QObject):
    """Connects each panel once it is made. ``show`` brings a stage to the front."""

    def __init__(
        self,
        stages: Stages,
        show: Callable[[str], object],
        training: Training,
        top: TopBar,
        rows: StackRows,
        starting: Starting,
    ) -> None:
        super().__init__(stages)
        self._stages, self._show, self._training = stages, show, training
        self._top, self._rows, self._starting = top, rows, starting
        stages.made.connect(self._connect)

    def _connect(self, stage: str) -> None:
        panel: Any = self._stages.panel(stage)
        if stage == "train":
            self._connect_train(panel)
        elif stage == "inspect":
            panel.vitals_ready.connect(self._rows.set_vitals)
        elif stage == "evaluate":
            panel.sample_wanted.connect(self._inspect_sample)
        elif stage == "data":
            panel.data_wanted.connect(self._starting.ask_for_other_data)

    def _connect_train(self, panel: TrainPanel) -> None:
        training = self._training
        panel.resume_wanted.connect(lambda run: training.start(self._top.device, run))
        panel.branch_wanted.connect(lambda run, step: training.branch(run, step, self._top.device))
        panel.evaluate_wanted.connect(partial(self._look_at, "evaluate"))
        panel.inspect_wanted.connect(partial(self._look_at, "inspect"))

    def _look_at(self, stage: str, run_id: str) -> None:
        """Evaluate or inspect a run."""
        self._show(stage)
        panel = self._stages.panel(stage)
        choice = panel.findChild(RunsChoice) if panel else None
        if choice is not None:
            choice.choose(run_id)

    def _inspect_sample(self, part: str, index: int) -> None:
        self._show("inspect")
        panel: Any = self._stages.panel("inspect")
        panel.go_to(part, index)
