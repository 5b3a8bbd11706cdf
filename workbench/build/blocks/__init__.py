"""Layers that torch.nn lacks, as modules.

Generated code carries a block's source along, so each class stands alone: it uses only ``torch``, ``nn``,
``Tensor``, ``F`` (torch.nn.functional), ``math`` and ``reduce``, and no class or function beside it.
"""

from workbench.build.blocks.data import Standardize
from workbench.build.blocks.merge import Add, Concat, Multiply
from workbench.build.blocks.recurrent import GRULast, GRUSequence, LSTMLast, LSTMSequence

__all__ = [
    "Add",
    "Concat",
    "GRULast",
    "GRUSequence",
    "LSTMLast",
    "LSTMSequence",
    "Multiply",
    "Standardize",
]
