"""Attribution to feature maps, by the mean gradient of each channel."""

from __future__ import annotations

from workbench.interpret.method import Method, Result
from workbench.interpret.subject import Subject


class GradCam(Method):
    """Arrays ``attribution`` and ``input``, in the sample's shape, and ``map``, as large as the layer's maps.

    The map is laid over the input, the same for all channels; where it has no place there, such as behind a
    spectrogram, ``attribution`` is the map itself.
    """

    name = "grad_cam"
    title = "Grad-CAM"
    help = (
        "Where the last feature maps speak for a class: their sum, weighted by the mean gradient of each"
        " channel, above 0. Selvaraju et al., 2017."
    )
    layers = "one"

    def run(self, subject: Subject) -> Result:
        """See `Method.run`. Without a layer it is the last one with feature maps."""
        from workbench.interpret.attribution.cam_maps import grad_cam

        return grad_cam(subject)


class LayerGradCam(Method):
    """Arrays ``attribution``, captum's, and ``activation``: (1, *positions) and (channels, *positions)."""

    name = "layer_grad_cam"
    title = "Layer Grad-CAM"
    help = (
        "The sum of any layer's channels, each weighted by the mean gradient of a class's score: above 0 what"
        " speaks for it, below 0 against."
    )
    layers = "one"

    def run(self, subject: Subject) -> Result:
        """See `Method.run`. Without a layer it is the last one with feature maps."""
        from workbench.interpret.attribution.cam_maps import layer_grad_cam

        return layer_grad_cam(subject)
