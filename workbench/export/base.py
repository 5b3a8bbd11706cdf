"""What an exporter is, and what it tells of the file that it wrote."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from workbench.export.meaning import Meaning

if TYPE_CHECKING:
    from workbench.build.model import StackModel
    from workbench.data.dataset import Dataset
    from workbench.graph import Project

Progress = Callable[[float, str], None]
"""Told the share that is done, 0 to 1, and what is being done now."""


@dataclass(frozen=True)
class Checked:
    """How the file was compared with the model: on which samples, and by how much they differ at most."""

    samples: int
    batch_sizes: tuple[int, ...]
    max_abs_diff: float
    max_rel_diff: float
    """The largest difference as a share of the largest output."""


@dataclass(frozen=True)
class Exported:
    """What was written, and the proof that it answers as the model does."""

    path: Path
    files: tuple[Path, ...]
    inputs: tuple[Mapping[str, Any], ...]
    """A mapping an input: name, shape (its first entry is "batch") and dtype."""
    checked: Checked
    size_bytes: int
    opset: int | None = None
    nodes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For ONNX: the operators that each layer became. None for a layer that was folded into another."""
    meaning: Meaning = field(default_factory=Meaning)
    """How to make inputs and read outputs."""

    outputs: int = 1
    """How many answers it gives; the main one is the last."""

    @property
    def max_abs_diff(self) -> float:
        """The largest difference between an output of the file and of the model."""
        return self.checked.max_abs_diff

    def as_json(self) -> dict[str, Any]:
        """Everything, in types that JSON knows."""
        return {
            "path": str(self.path),
            "files": [str(file) for file in self.files],
            "opset": self.opset,
            "max_abs_diff": self.max_abs_diff,
            "inputs": [dict(item) for item in self.inputs],
            "checked": asdict(self.checked),
            "size_bytes": self.size_bytes,
            "meaning": {**asdict(self.meaning), "input": self.meaning.input},
            "nodes": {layer: list(names) for layer, names in self.nodes.items()},
        }


class Exporter(ABC):
    """A form that a model can leave in."""

    name: ClassVar[str]
    title: ClassVar[str]
    help: ClassVar[str]
    """One sentence: what it writes and what for."""
    suffix: ClassVar[str]
    """How the file's name ends."""

    @abstractmethod
    def usage(self, exported: Exported) -> str:
        """Return a few lines of Python that load what was written and run it on a sample."""

    @abstractmethod
    def export(
        self,
        model: StackModel,
        project: Project,
        dataset: Dataset,
        path: Path,
        progress: Progress | None = None,
        run: str = "",
    ) -> Exported:
        """Write ``model`` to ``path`` and compare what was written with it, on real samples.

        The model is left as it is. An existing file is replaced only by a whole one that agrees with the
        model. ``run`` is noted in the file. Raises `UserError` naming the layer that can't be written, or
        the place that can't be written to.
        """


def silent(_share: float, _text: str) -> None:
    """Progress that nobody watches."""
