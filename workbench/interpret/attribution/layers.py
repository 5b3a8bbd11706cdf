"""Attribution to a layer's output in place of the input."""

from __future__ import annotations

from workbench.interpret.attribution.deeplift import DeepLift
from workbench.interpret.attribution.gradients import IntegratedGradients


class LayerIntegratedGradients(IntegratedGradients):
    """Arrays ``attribution`` and ``activation``, in the shape of the layer's output.

    From the layer's output for the baseline to that for the sample. Layers that don't read this one keep what
    they make of the sample.
    """

    name = "layer_integrated_gradients"
    title = "Layer integrated gradients"
    help = (
        "What each value of a layer's output adds to a class's score, compared with a baseline's output."
        " Sundararajan et al., 2017."
    )
    layers = "one"
    at = "layer"


class LayerDeepLift(DeepLift):
    """Arrays ``attribution`` and ``activation``, in the shape of the layer's output."""

    name = "layer_deeplift"
    title = "Layer DeepLIFT"
    help = (
        "What each value of a layer's output adds to a class's score, compared with a baseline's output,"
        " carried back through each activation. Shrikumar et al., 2017."
    )
    layers = "one"
    at = "layer"
