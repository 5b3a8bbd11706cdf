"""What a stack must know of the data it is for."""

from typing import NamedTuple

from workbench.graph.project import Task
from workbench.layers import TensorSpec


class Facts(NamedTuple):
    """Shape and dtype of a sample, the task, the number of classes (0 for regression), and of ids.

    ``ids``: how many an Embedding must know; 0 where samples are measurements, or it isn't known.
    """

    sample: TensorSpec
    task: Task
    classes: int = 0
    ids: int = 0
