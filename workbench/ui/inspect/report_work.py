"""Writing a report in the background: the stack, the run, its curves, and the views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.ui.inspect.models import UNTRAINED
from workbench.ui.inspect.report import Kept
from workbench.ui.stack_picture import Subject, drawn
from workbench.ui.wording import duration, figure, spelled

if TYPE_CHECKING:
    from workbench.interpret.report.page import Section


@dataclass(frozen=True, eq=False)
class ReportOrder:
    """What a report is of."""

    name: str
    folder: Path
    run: str
    stack: Subject
    views: Sequence[Kept]


def written(order: ReportOrder) -> str:
    """Return the report as HTML. Raises `UserError`."""
    from workbench.interpret.report.page import Section, page

    sections = [Section("Stack", picture=drawn(order.stack, "light", frozenset()).encode())]
    trained = "with weights that aren't trained"
    if order.run != UNTRAINED:
        trained = f"run {order.run}"
        sections += _of_run(order)
    sections += [Section(view.title, view.note, view.picture) for view in order.views]
    sections.append(_environment(order))
    return page(order.name, f"Model Workbench, {trained}", sections)


def _of_run(order: ReportOrder) -> list[Section]:
    from workbench.interpret.report.curves import curves_svg
    from workbench.interpret.report.page import Section
    from workbench.runs.scalars import curves
    from workbench.runs.store import RunStore

    run = RunStore(order.folder).open(order.run)
    info = run.info()
    rows = [
        ("state", info.state),
        ("epochs", f"{info.epochs:,} of {info.planned_epochs:,}, best: {info.best_epoch}"),
        ("time", duration(info.seconds)),
        ("seed", str(info.seed)),
        *((f"best {spelled(name) or name}", figure(name, value)) for name, value in info.best.items()),
    ]
    if info.data:
        counts = ", ".join(f"{name} {count:,}" for name, count in info.data.samples.items())
        rows.append(("data", f"{info.data.name}: {counts}"))
    return [Section(f"Run {order.run}", info.notes, curves_svg(curves(run)), rows)]


def _environment(order: ReportOrder) -> Section:
    """What the run was made with; what runs now, where nothing is trained."""
    import platform

    from workbench.interpret.report.page import Section
    from workbench.runs.machine import versions
    from workbench.runs.store import RunStore

    rows = [("system", platform.platform())]
    if order.run == UNTRAINED:
        return Section("Environment", rows=[*rows, *versions().items()])
    info = RunStore(order.folder).open(order.run).info()
    rows += [("device", info.device), ("trained", info.created), *info.versions.items()]
    if info.git:
        rows.append(("git", info.git.commit + (" with changes" if info.git.dirty else "")))
    return Section("Environment", rows=rows)
