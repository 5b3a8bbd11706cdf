"""Writing a run's probes as training goes on, within the bound on the disk."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from workbench.errors import UserError
from workbench.runs import probe_files as files
from workbench.train.probe_plan import ProbePlan, kept_epochs
from workbench.train.probe_record import ProbeRecord


class ProbeWriter:
    """Gathers what was recorded, and writes it in one go.

    What lies there beyond step ``after`` is forgotten, where a resumed run goes on. What was recorded of
    other samples, or otherwise, as the settings then were, gives way to the new.
    """

    def __init__(self, folder: Path, after: int) -> None:
        self._folder = folder
        self._plan: ProbePlan | None = None
        self._gathered: dict[int, ProbeRecord] = {}
        for file in files.files_in(folder):
            if file.step > after:
                file.path.unlink(missing_ok=True)

    def add(self, plan: ProbePlan, record: ProbeRecord) -> None:
        """Gather what was recorded after an epoch."""
        self._gathered[record.epoch] = record
        if plan is self._plan:
            return
        self._plan, found = plan, None
        with suppress(UserError):
            found = files.read_plan(self._folder)
        if found != plan:
            for file in files.files_in(self._folder):
                file.path.unlink(missing_ok=True)
            files.write_plan(self._folder, plan)

    def taken(self) -> Callable[[], None] | None:
        """Return what writes all that was gathered, and thins out what is too much; None for nothing.

        It raises `UserError` where it can't write.
        """
        gathered, self._gathered = self._gathered, {}
        plan = self._plan
        if plan is None or not gathered:
            return None

        def write() -> None:
            there = {file.epoch: file for file in files.files_in(self._folder)}
            kept = set(kept_epochs(sorted({*there, *gathered}), plan.most))
            for epoch, file in there.items():
                if epoch not in kept:
                    file.path.unlink(missing_ok=True)
            for epoch in sorted(kept & gathered.keys()):
                if epoch not in there:
                    files.write_record(self._folder, gathered[epoch])

        return write
