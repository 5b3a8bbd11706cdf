"""One layer's output while its model runs, for methods that go through many samples or steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from torch import Tensor, nn

from workbench.build.check import check
from workbench.build.model import StackModel
from workbench.graph import training
from workbench.interpret.misfit import entrance_misfit
from workbench.interpret.subject import Subject
from workbench.train import validation


@contextmanager
def output_of(model: StackModel, layer: str) -> Iterator[Callable[[], Tensor]]:
    """Watch a layer; what it gives tells the layer's output of the last run, batch first, not detached."""
    seen: list[Tensor] = []

    def record(_layer: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> None:
        seen[:] = [output]

    handle = model.get_submodule(layer).register_forward_hook(record)
    try:
        yield lambda: seen[0]
    finally:
        handle.remove()


def batch_size(subject: Subject, model: StackModel | None = None) -> int:
    """Return how many of the subject's samples to run at a time, by the size of the stack's outputs.

    ``model``: another than the subject's own. Raises `UserError` for one that reads other samples.
    """
    chosen = subject.model if model is None else model
    unreadable = entrance_misfit(chosen, subject.dataset)
    if unreadable:
        raise unreadable
    section = training.TrainingSection(loss=subject.loss)
    return validation.batch_size(check(chosen.graph, subject.dataset.facts, section), 1)
