"""How good a run's best weights are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

from workbench.cli_options import Folder, Json, RunId, split_of
from workbench.cli_output import emit, say, table
from workbench.cli_project import Opened, home_of

if TYPE_CHECKING:
    from workbench.data.dataset import SplitName


def evaluate(
    folder: Folder,
    run: RunId = "latest",
    split: Annotated[str, split_of("The samples to evaluate on.")] = "test",
    as_json: Json = False,
) -> None:
    """Measure a run's best weights on a split."""
    from workbench.evaluate.report import evaluate as measured

    opened = Opened.of(home_of(folder), run)
    training = opened.project.training
    report = measured(
        opened.model,
        opened.dataset,
        cast("SplitName", split),
        loss=training.loss,
        loss_batch=training.batch_size,
    )
    if as_json:
        emit({"run": opened.run.id, **report.to_json()})
        return
    say(f"run {opened.run.id} on {report.samples:,} samples ({split}):")
    table(("metric", "value"), report.metrics.items(), right=("value",))
    if report.classes:
        rows = [(c.name, c.precision, c.recall, c.f1, c.support) for c in report.classes]
        names = ("precision", "recall", "f1", "support")
        table(("class", *names), rows, right=names)
