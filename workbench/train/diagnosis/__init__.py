"""Recognising in a run's numbers what goes wrong, and saying so in sentences."""

from workbench.train.diagnosis.diagnosis import Diagnosis

__all__ = ["Diagnosis"]
