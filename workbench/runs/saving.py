"""Writing a run's checkpoints in the background: the best weights, everything, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from workbench.errors import UserError
from workbench.runs import checkpoints
from workbench.runs.probe_writer import ProbeWriter
from workbench.runs.run import Run
from workbench.runs.writing import Writer
from workbench.train.events import CheckpointSaved, EpochEnded

if TYPE_CHECKING:
    from workbench.train.checkpoint import Checkpoint, Tensors


class Saving:
    """Gathers what is to be written, writes it in one go, and tells of it once it is on the disk.

    ``most``: how many earlier checkpoints are kept that nobody asked for. ``probes`` are written along.
    """

    def __init__(self, run: Run, most: int, probes: ProbeWriter) -> None:
        self._run = run
        self._probes = probes
        self._most = most
        self._writer = Writer()
        self._work: list[Callable[[], None]] = []
        self._noted: dict[str, Any] = {}
        self._large = False
        self._tells: list[CheckpointSaved] = []
        self._written: list[CheckpointSaved] = []

    def best(self, epoch: EpochEnded, weights: Tensors, values: dict[str, float]) -> None:
        """Add the best epoch's weights, and its figures."""
        from workbench.runs.weights import save_best

        def write() -> None:
            self._still_there()
            save_best(self._run, weights, epoch.epoch)
            self._run.update(best_epoch=epoch.epoch, best=values)

        self._work.append(write)
        self._tells.append(CheckpointSaved("best", epoch.epoch, epoch.step))

    def last(self, checkpoint: Checkpoint, *, asked: bool = False) -> None:
        """Add everything that resuming needs; it is kept too where it was asked for or ends an epoch."""
        run, progress = self._run, checkpoint.settings.progress
        whole = not progress.batch and not progress.origin

        def write() -> None:
            self._still_there()
            checkpoint.save(run.last)
            if asked or (whole and self._most):
                checkpoints.keep(run.last, run.kept, progress.step, progress.epoch, asked=asked)
                checkpoints.thin(run.kept, self._most)

        self._work.append(write)
        self._tells.append(CheckpointSaved("last", progress.epoch, progress.step))
        if asked:
            self._tells.append(CheckpointSaved("kept", progress.epoch, progress.step))

    def note(self, **changes: Any) -> None:
        """Add what ``run.json`` shall say, in place of what was added before and isn't written yet."""
        self._noted.update(changes)

    def begin(self) -> None:
        """Start writing what was added. Raises `UserError` where writing failed before."""
        work, noted, tells = self._work, self._noted, self._tells
        self._large = bool(work)
        self._work, self._noted, self._tells = [], {}, []
        write_probes = self._probes.taken()

        def write() -> None:
            if write_probes:  # before the checkpoint: what a resumed run goes on from has its past
                self._still_there()
                write_probes()
            for piece in work:
                piece()
            if noted:
                self._run.update(**noted)
            self._written.extend(tells)

        self._writer.begin(write)

    def _still_there(self) -> None:
        """Raise `UserError` where the run's folder was taken away: writing would make a ghost of it."""
        if not self._run.folder.is_dir():
            raise UserError(
                "the run's folder is gone.",
                place=str(self._run.folder),
                remedy="Put it back to go on with the run, or train again.",
            )

    @property
    def idle(self) -> bool:
        """Whether nothing is being written."""
        return not self._writer.busy

    @property
    def busy(self) -> bool:
        """Whether a checkpoint is being written; a note is no reason to put the next one off."""
        return self._large and self._writer.busy

    @property
    def seconds(self) -> float:
        """How long the last writing took."""
        return self._writer.seconds

    def collected(self) -> list[CheckpointSaved]:
        """Return what was written since this was last asked. Raises `UserError` where writing failed."""
        if not self._writer.busy:
            self._writer.wait()
        written, self._written = self._written, []
        return written

    def wait(self) -> None:
        """Wait until all is written. Raises `UserError` where it failed."""
        self._writer.wait()

    def close(self) -> None:
        """Let the thread go."""
        self._writer.close()
