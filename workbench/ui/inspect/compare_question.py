"""Two models on the same samples: what is asked, and what is shown of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from numpy.typing import NDArray

from workbench.interpret.contrast import Contrast
from workbench.interpret.method import Result
from workbench.ui.inspect.inspected import Inspected
from workbench.ui.inspect.models import UNTRAINED
from workbench.ui.inspect.other_model import Other
from workbench.ui.inspect.representation_question import Question, question
from workbench.ui.workspace import Workspace


@dataclass(frozen=True, eq=False)
class Comparison:
    """An answer with the question it is of; ``this`` and ``that`` name the inspected model and the other."""

    asked: Question
    this: str
    that: str
    result: Result

    @property
    def other(self) -> Other:
        """The second model."""
        assert self.asked.other is not None
        return self.asked.other

    @property
    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """See `Contrast`."""
        return self.result.arrays

    @property
    def alike(self) -> float:
        """The CKA below which layers count as different."""
        assert isinstance(self.asked.method, Contrast)
        return self.asked.method.alike

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers that both models have."""
        return tuple(map(str, self.arrays["layers"]))

    @property
    def first(self) -> str:
        """The first layer that sees the samples differently; "" for none."""
        place = int(self.result.figures["first_layer"])
        return self.layers[place] if place >= 0 else ""


def compare(workspace: Workspace, inspected: Inspected, method: Contrast, other: Other) -> Question:
    """Return the question of now. Call it only while ``inspected.ready``."""
    asked = question(workspace, inspected, method, other=other)
    if other.run != UNTRAINED:
        return asked
    project = workspace.project  # which fresh weights hang on
    return replace(asked, key=(*asked.key, project.model, project.training.seed, project.training.init))
