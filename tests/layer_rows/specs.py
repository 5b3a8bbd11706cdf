"""Inputs that the rows share, and what a row is."""

from typing import Any

from workbench.layers import TensorSpec

Rows = dict[str, list[tuple[dict[str, Any], list[TensorSpec]]]]
"""Layer type → params and inputs, a pair a case."""

VECTOR = TensorSpec((8,))
SEQUENCE = TensorSpec((12, 6))
STEPS = TensorSpec((5, 6))
"""Few, because exporting a recurrent layer takes time for each."""
IMAGE = TensorSpec((4, 10, 9))
VOLUME = TensorSpec((2, 5, 6, 4))
IDS = TensorSpec((12,), "int64")
