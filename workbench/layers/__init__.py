"""The catalogue of layers: a class a layer type, each declared once."""

from workbench.layers.base import Call, DType, Fix, Group, Layer, Misfit, TensorSpec
from workbench.layers.catalogue import CATALOGUE

__all__ = ["CATALOGUE", "Call", "DType", "Fix", "Group", "Layer", "Misfit", "TensorSpec"]
