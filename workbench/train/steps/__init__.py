"""A whole step of training, in several kinds: as torch runs it, compiled, captured as a CUDA graph."""

from workbench.train.steps.choice import step_for
from workbench.train.steps.step import Step

__all__ = ["Step", "step_for"]
