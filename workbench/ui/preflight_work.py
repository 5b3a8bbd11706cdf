"""What the preflight card lets run in the background; torch is loaded there."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.graph import Project
from workbench.ui.jobs import Stopped

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset

SECONDS = 1.5
"""How long steps are timed."""

Stopping = Callable[[], bool]
"""Whether the work shall end."""


@dataclass(frozen=True)
class Order:
    """What to try: a project and its data, with the folder that a file of weights is in.

    Orders are alike where project and data are: data aren't compared value by value.
    """

    project: Project
    dataset: Dataset = field(compare=False)
    folder: Path | None

    def forecast(self, stopping: Stopping) -> Generator[Any, None, Any]:
        """Work out what a run takes; see `workbench.train.preflight.forecast`."""
        from workbench.train.preflight.forecast import forecast

        def working() -> None:
            if stopping():
                raise Stopped

        return (
            yield from forecast(
                self.project, self.dataset, folder=self.folder, seconds=SECONDS, working=working
            )
        )

    def find_rate(self) -> Generator[Any, None, Any]:
        """Look for a learning rate; see `workbench.train.preflight.rates`."""
        from workbench.train.preflight.rates import find_rate

        return (yield from find_rate(self.project, self.dataset, folder=self.folder))

    def learn_one_batch(self) -> Generator[Any, None, Any]:
        """Try one batch; see `workbench.train.preflight.one_batch`."""
        from workbench.train.preflight.one_batch import learn_one_batch

        return (yield from learn_one_batch(self.project, self.dataset, folder=self.folder))


_NO_MATTER = ("epochs", "schedule", "patience", "min_delta", "keep", "save_minutes", "seed")
"""Settings that change neither memory nor the time of a step."""


def bearing(order: Order) -> tuple[Any, ...]:
    """Return what of an order bears on its forecast: while that stays the same, so does the forecast."""
    training = order.project.training
    settings = {name: value for name, value in training if name not in _NO_MATTER}
    optimizer = training.optimizer.model_copy(update={"lr": 1.0})
    return (order.project.model, id(order.dataset), tuple({**settings, "optimizer": optimizer}.items()))
