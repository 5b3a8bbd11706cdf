"""The panels, a stage each, made when they are first shown."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from workbench.ui.training import Training
from workbench.ui.workspace import Workspace


class Stages(QStackedWidget):
    """Shows one stage's panel at a time."""

    made = Signal(str)
    """A stage's panel was made."""

    def __init__(self, workspace: Workspace, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._training = workspace, training
        self._panels: dict[str, QWidget] = {}
        self._makers: dict[str, Callable[[], QWidget]] = {
            "data": self._data,
            "design": self._design,
            "train": self._train,
            "inspect": self._inspect,
            "evaluate": self._evaluate,
            "export": self._export,
        }
        self.stage = ""

    def show_stage(self, stage: str) -> None:
        """Show a stage, making its panel if it is the first time."""
        if stage not in self._panels:
            panel = self._makers[stage]()
            self._panels[stage] = panel
            self.addWidget(panel)
            self.made.emit(stage)
        self.stage = stage
        self.setCurrentWidget(self._panels[stage])

    def panel(self, stage: str) -> QWidget | None:
        """Return a stage's panel, None before it is first shown."""
        return self._panels.get(stage)

    def _data(self) -> QWidget:
        from workbench.ui.data_panel import DataPanel

        return DataPanel(self._workspace)

    def _design(self) -> QWidget:
        from workbench.ui.design_panel import DesignPanel

        return DesignPanel(self._workspace)

    def _train(self) -> QWidget:
        from workbench.ui.train_panel import TrainPanel

        return TrainPanel(self._workspace, self._training)

    def _inspect(self) -> QWidget:
        from workbench.ui.inspect.panel import InspectPanel

        return InspectPanel(self._workspace, self._training)

    def _evaluate(self) -> QWidget:
        from workbench.ui.evaluate_panel import EvaluatePanel

        return EvaluatePanel(self._workspace, self._training)

    def _export(self) -> QWidget:
        from workbench.ui.export_panel import ExportPanel

        return ExportPanel(self._workspace, self._training)
