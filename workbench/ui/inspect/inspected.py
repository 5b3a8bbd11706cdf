"""What is looked at: a run, a sample, and the layer that is selected in the stack."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from workbench.data.dataset import SplitName
from workbench.interpret.subject import Progress, Subject, Target
from workbench.ui.inspect.models import UNTRAINED, Models
from workbench.ui.inspect.report import Report
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset

Array = NDArray[Any]
MakeSubject = Callable[[Progress | None], Subject]
"""Makes a subject, in the background: it loads the model."""


@dataclass(frozen=True, eq=False)
class OwnSample:
    """A sample that isn't in the data: its values as the network gets them, and where they are from."""

    values: Array
    origin: str
    """In words: "drawn", "typed", or a file's name."""
    truth: Target | None = None
    """The class number or value that a person says it is, if any."""


class Inspected(QObject):
    """Shared by the pages of Inspect, which ask again when it changes."""

    changed = Signal()
    """The data, the run, its weights or the sample are others."""
    layer_changed = Signal(str)
    """Another layer is to be shown."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.models = Models()
        self.report = Report(self)
        self.run = UNTRAINED
        self.part: SplitName = "test"
        self.sample: int | OwnSample = 0
        self.last_in_data = 0
        """The sample of the data that was looked at last."""
        workspace.selected.connect(lambda _name: self.layer_changed.emit(self.layer))

    # What is chosen

    def choose_run(self, run: str) -> None:
        """Look at a run's best weights, which may be new though the run is the same."""
        self.run = run
        self.changed.emit()

    def choose_sample(self, sample: int | OwnSample) -> None:
        """Look at a sample, by its number in the data or from elsewhere."""
        if isinstance(sample, OwnSample) or sample != self.sample:
            self.sample = sample
            if not isinstance(sample, OwnSample):
                self.last_in_data = sample
            self.changed.emit()

    def choose_part(self, part: SplitName) -> None:
        """Look at a part of the data."""
        if part != self.part:
            self.part = part
            self.changed.emit()

    @property
    def dataset(self) -> Dataset | None:
        """The data that are open, None while there are none."""
        return self._workspace.dataset

    @property
    def ready(self) -> bool:
        """Whether there are data, and a model that fits them."""
        workspace = self._workspace
        if workspace.folder is None or workspace.dataset is None:
            return False
        if self.run != UNTRAINED:
            return True
        return workspace.report is not None and not workspace.report.errors

    @property
    def samples(self) -> NDArray[np.int64]:
        """The numbers of the samples of the chosen part."""
        dataset = self.dataset
        found = dataset.splits.get(self.part) if dataset else None
        return np.array([], np.int64) if found is None else found

    @property
    def layer(self) -> str:
        """The id of the layer that is selected, of a block its last; "" for none."""
        stack = self._workspace.stack
        if not stack.is_block(self._workspace.selection):
            return self._workspace.selection
        return stack.chosen[-1] if stack.chosen else ""

    @property
    def sample_words(self) -> str:
        """Which sample it is, for a headline."""
        if isinstance(self.sample, OwnSample):
            return self.sample.origin
        return self.tr("sample {}").format(self.sample)

    def subject(
        self,
        *,
        layer: str = "",
        target: Target | None = None,
        samples: NDArray[np.int64] | None = None,
    ) -> MakeSubject:
        """Return what makes a subject of what is chosen now, with a model of its own.

        ``samples`` default to the chosen part. Call it only while `ready`. Making one raises `UserError` for
        a run that isn't of these data.
        """
        workspace = self._workspace
        folder, project, dataset = workspace.folder, workspace.project, workspace.dataset
        assert folder is not None
        assert dataset is not None
        run, sample = self.run, self.sample
        many = self.samples if samples is None else samples

        def make(progress: Progress | None) -> Subject:
            from workbench.runs.match import refuse_other_data

            loaded = self.models.load(folder, project, dataset.facts, run)
            if loaded.run is not None:
                refuse_other_data(loaded.run, dataset)
            return Subject(
                loaded.model,
                dataset,
                layer=layer,
                sample=sample.values if isinstance(sample, OwnSample) else sample,
                meant=sample.truth if isinstance(sample, OwnSample) else None,
                target=target,
                samples=many,
                loss=loaded.loss,
                progress=progress,
            )

        return make
