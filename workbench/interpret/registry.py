"""The methods, by name. A new one is a class in a file and a row here."""

from collections.abc import Mapping
from types import MappingProxyType

from workbench.interpret.layerwise import Activations, Gradients, GradientXActivation
from workbench.interpret.method import Method
from workbench.interpret.saliency import Saliency
from workbench.interpret.weights import Weights

METHODS: Mapping[str, Method] = MappingProxyType(
    {
        method.name: method
        for method in (Activations(), Gradients(), GradientXActivation(), Weights(), Saliency())
    }
)
"""Each with its default params; ``type(METHODS[name])(of="score")`` has others."""
