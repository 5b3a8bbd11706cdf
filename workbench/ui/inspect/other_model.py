"""Choosing a second model: another run's, or one of another epoch."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from workbench.graph import Project
from workbench.graph.facts import Facts
from workbench.runs.info import RunInfo
from workbench.runs.reading import RunList
from workbench.runs.run import Run
from workbench.ui.form import Choice
from workbench.ui.inspect.inspected import Inspected
from workbench.ui.inspect.models import UNTRAINED, Models
from workbench.ui.jobs import Latest
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.build.model import StackModel


@dataclass(frozen=True)
class Other:
    """A model by where it lies: a run's best, or the checkpoint in a file; loaded in the background."""

    run: str
    checkpoint: Path | None
    stamp: int
    """Tells a file from one that took its place."""
    models: Models = field(compare=False)
    folder: Path = field(compare=False)
    project: Project = field(compare=False)
    facts: Facts = field(compare=False)

    def load(self) -> StackModel:
        """Return a copy of its own. Raises `UserError`."""
        model = self.models.load(self.folder, self.project, self.facts, self.run).model
        if self.checkpoint is not None:
            from workbench.train import checkpoint

            weights = checkpoint.Checkpoint.load(self.checkpoint).weights
            checkpoint.fit(weights, model, str(self.checkpoint))
            model.load_state_dict(weights)
        return model


@dataclass(frozen=True)
class _Row:
    text: str
    run: str
    checkpoint: Path | None
    stamp: int


class OtherChoice(Choice):
    """First the model itself, then the inspected run's other epochs, other runs, and fresh weights."""

    chosen = Signal()
    listed = Signal()
    """What there is was read anew."""

    def __init__(self, workspace: Workspace, inspected: Inspected, *, itself: bool = True) -> None:
        """``itself``: offer the inspected model too; else another run is chosen, where there is one."""
        super().__init__()
        self._itself = itself
        self.setObjectName("otherModel")
        self.setAccessibleName(self.tr("Compare with"))
        self.setToolTip(
            self.tr("The model whose layers are the columns.") if itself else self.tr("The other model.")
        )
        self.setPlaceholderText(self.tr("no other model yet"))
        self.setSizeAdjustPolicy(self.SizeAdjustPolicy.AdjustToContents)
        self._workspace, self._inspected = workspace, inspected
        self._rows: list[_Row] = []
        self._list = Latest(workspace.jobs)
        self._list.answered.connect(self._fill)
        self._list.failed.connect(workspace.tell_error)
        if itself:
            self.addItem(self.tr("the same model"), None)
        self.activated.connect(lambda: self.chosen.emit())

    def refresh(self) -> None:
        """Read anew what there is."""
        folder, run = self._workspace.folder, self._inspected.run
        if folder is not None:
            self._list.ask(lambda: _rows(folder, run))

    def other(self) -> Other | None:
        """Return the model that is chosen; None for the inspected one itself."""
        row, dataset, folder = self.currentData(), self._inspected.dataset, self._workspace.folder
        if row is None or dataset is None or folder is None:
            return None
        return Other(
            row.run,
            row.checkpoint,
            row.stamp,
            self._inspected.models,
            folder,
            self._workspace.project,
            dataset.facts,
        )

    @property
    def words(self) -> str:
        """The chosen model, for a title; "" for the inspected one itself."""
        return "" if self.currentData() is None else self.currentText()

    def choose_untrained(self) -> None:
        """Take fresh weights, which are offered beside those of a run."""
        place = next((n for n in range(self.count()) if _is_fresh(self.itemData(n))), -1)
        if place >= 0:
            self.setCurrentIndex(place)
            self.chosen.emit()

    def _fill(self, rows: list[_Row]) -> None:
        before: _Row | None = self.currentData()
        self.clear()
        if self._itself:
            self.addItem(self.tr("the same model"), None)
        for row in rows:
            self.addItem(row.text, row)
        if self._inspected.run != UNTRAINED:
            self.addItem(self.tr("Untrained"), _Row("", UNTRAINED, None, 0))
        places = [n for n in range(self.count()) if _alike(self.itemData(n), before)]
        self.setCurrentIndex(places[0] if places else 0 if self._itself else self._first(rows))
        if before is not None and self.currentData() != before:
            self.chosen.emit()  # it is gone, or has new weights
        self.listed.emit()

    def _first(self, rows: list[_Row]) -> int:
        """Where the newest other run is, or where there is none an epoch of this one; -1 for neither."""
        others = (place for place, row in enumerate(rows) if row.run != self._inspected.run)
        return next(others, 0 if rows else -1)


def _alike(row: _Row, before: _Row | None) -> bool:
    return before is not None and (row.run, row.checkpoint) == (before.run, before.checkpoint)


def _is_fresh(row: _Row | None) -> bool:
    return row is not None and row.run == UNTRAINED


def _rows(folder: Path, inspected: str) -> list[_Row]:
    """What there is besides the inspected run's best: other epochs of it, and the best of others."""
    infos: list[RunInfo] = list(reversed(RunList(folder).read()))
    found = []
    for info in infos:
        run = Run(folder / "runs" / info.id)
        if info.id == inspected:
            for kept in run.checkpoints():
                text = f"Run {info.id} · epoch {kept.epoch}, step {kept.step}"
                found.append(_Row(text, info.id, kept.path, 0))
        elif info.best_epoch is not None and run.best.exists():
            stamp = run.best.stat().st_mtime_ns
            found.append(_Row(f"Run {info.id} · epoch {info.best_epoch}", info.id, None, stamp))
    return found
