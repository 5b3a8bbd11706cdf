"""What a run recorded of its probes: a few samples, looked at after every epoch."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from workbench.errors import UserError
from workbench.runs import probe_files
from workbench.runs.probe_files import ProbeFile
from workbench.runs.run import Run
from workbench.train.probe_plan import ProbePlan
from workbench.train.probe_record import ProbeRecord


class Probes:
    """A run's probes. Epochs are read when they are asked for, and listed anew each time."""

    def __init__(self, run: Run, plan: ProbePlan) -> None:
        self._run = run
        self._folder = run.folder / probe_files.FOLDER
        self.plan = plan

    @property
    def files(self) -> list[ProbeFile]:
        """The recorded epochs' files, ascending by epoch; 0 is before the first step."""
        return probe_files.files_in(self._folder)

    @property
    def epochs(self) -> tuple[int, ...]:
        """The recorded epochs, ascending."""
        return tuple(file.epoch for file in self.files)

    def read_file(self, file: ProbeFile, layers: Iterable[str] = ()) -> ProbeRecord:
        """Return what one of the `files` holds, with the activations of some of the plan's layers.

        Raises `FileNotFoundError` where it was thinned out meanwhile, and `UserError` where it is damaged.
        """
        return probe_files.read_record(file, self.plan, layers)

    def read(self, epoch: int, layers: Iterable[str] = ()) -> ProbeRecord:
        """Return what was recorded after an epoch, with the activations of the given layers.

        A layer that only hands on what it reads has those of its source. Raises `UserError` for an epoch or
        layer that isn't recorded, and a damaged file.
        """
        sources = []
        for name in layers:
            layer = self.plan.layer(name)
            if layer is None:
                known = ", ".join(layer.id for layer in self.plan.layers)
                raise UserError(
                    f"run {self._run.id} recorded nothing of the layer {name!r}.",
                    place="layer",
                    remedy=f"There are {known}.",
                )
            sources.append(layer.id)
        for file in self.files:
            if file.epoch == epoch:
                with suppress(FileNotFoundError):
                    return self.read_file(file, dict.fromkeys(sources))
        raise UserError(
            f"run {self._run.id} recorded nothing after epoch {epoch}.",
            place="epoch",
            remedy="Choose another epoch; of many, only every so many are kept.",
        )


def open_probes(run: Run) -> Probes | None:
    """Return what a run recorded, None for nothing. Raises `UserError` where it is damaged."""
    plan = probe_files.read_plan(run.folder / probe_files.FOLDER)
    return None if plan is None else Probes(run, plan)
