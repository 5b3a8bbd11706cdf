"""What a stack must know of the data it is for."""

from typing import NamedTuple

from workbench.graph.project import Task
from workbench.layers import TensorSpec


class Facts(NamedTuple):
    """Shape and dtype of a sample, the task, and the number of classes (0 for regression)."""

    sample: TensorSpec
    task: Task
    classes: int = 0
