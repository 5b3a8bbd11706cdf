"""Whether a run and the data that are open belong together."""

from __future__ import annotations

from workbench.errors import UserError
from workbench.graph import DataSection
from workbench.runs.run import Run


def require_same_data(run: Run, section: DataSection | None) -> None:
    """Raise `UserError` unless the run was trained on these data with this split.

    Another split mixes samples that the run has learned into those that judge it.
    """
    if run.project().data != section:
        raise UserError(
            f"run {run.id} was trained on other data, or on another split of them.",
            remedy="Train again, or undo the change in the Data stage.",
        )
