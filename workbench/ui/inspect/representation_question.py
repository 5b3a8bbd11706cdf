"""What is asked of a method about many samples, and the answers that are kept."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.interpret.method import Method, Result
from workbench.interpret.subject import Progress
from workbench.runs.run import Run
from workbench.ui.inspect.inspected import Inspected, MakeSubject
from workbench.ui.inspect.models import UNTRAINED
from workbench.ui.inspect.other_model import Other
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.interpret.representation.projection import Map

KEPT = 40
"""Answers that stay in memory: some hundred kilobytes each."""

Key = tuple[object, ...]


@dataclass(frozen=True, eq=False)
class Question:
    """A method for what is inspected now. ``key`` is the same for the same answer."""

    key: Key
    method: Method
    make: MakeSubject
    layer: str
    other: Other | None

    def answer(self, progress: Progress) -> Answer:
        """Work it out, in the background. Raises `UserError`."""
        from workbench.interpret.representation.projection import Projection, before_the_answer

        subject = self.make(progress)
        progress(0, 1)
        if self.other is not None:
            subject = replace(subject, other=self.other.load())
        if isinstance(self.method, Projection):
            layer = self.layer or before_the_answer(subject.model)
            fitted = self.method.fit(replace(subject, layer=layer))
            return Answer(self.key, layer, fitted.result, fitted)
        return Answer(self.key, self.layer, self.method.run(subject))


@dataclass(frozen=True, eq=False)
class Answer:
    """What a method found, and the layer that it is of, "" for all; a map also places other samples."""

    key: Key
    layer: str
    result: Result
    fitted: Map | None = None


class Answers:
    """The last answers, by their questions' keys."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, Answer] = OrderedDict()

    def get(self, key: Key) -> Answer | None:
        """Return an answer that is kept."""
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def keep(self, answer: Answer) -> None:
        """Keep an answer, and forget the one that was used longest ago."""
        self._kept[answer.key] = answer
        self._kept.move_to_end(answer.key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)


def question(
    workspace: Workspace, inspected: Inspected, method: Method, layer: str = "", other: Other | None = None
) -> Question:
    """Return the question of now. Call it only while ``inspected.ready``."""
    folder, project = workspace.folder, workspace.project
    assert folder is not None
    fresh = (project.model, project.training.seed, project.training.init)
    of = fresh if inspected.run == UNTRAINED else _version(folder, inspected.run)
    # the data themselves are part of the key, by which they stay alive and unlike any others
    key = (folder, inspected.run, of, _Same(inspected.dataset), inspected.part, method, layer, other)
    return Question(key, method, inspected.subject(layer=layer), layer, other)


def _version(folder: Path, run: str) -> int:
    """What tells a run's best weights from those that it had before."""
    try:
        return Run(folder / "runs" / run).best.stat().st_mtime_ns
    except OSError:
        return 0


class _Same:
    """Equal only for the same object: arrays can't be compared as a key must be."""

    def __init__(self, thing: object) -> None:
        self._thing = thing

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self._thing is other._thing

    def __hash__(self) -> int:
        return id(self._thing)
