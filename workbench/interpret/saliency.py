"""Which parts of the input an answer hangs on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import UserError
from workbench.graph import training
from workbench.interpret.method import Method, Result, Target

if TYPE_CHECKING:
    from workbench.build.model import StackModel
    from workbench.data.dataset import Dataset


class Saliency(Method):
    """Arrays in the sample's shape: ``saliency``, and ``input`` as the network gets it.

    Simonyan, Vedaldi and Zisserman, 2013, without the maximum over channels.
    """

    name = "saliency"
    title = "Saliency"
    help = "How strongly a class's score hangs on each value of the input: the gradient's size."

    def run(
        self,
        model: StackModel,
        dataset: Dataset,
        layer: str | None = None,
        sample: int = 0,
        target: Target | None = None,
        *,
        loss: training.Loss = training.AUTO,
    ) -> Result:
        """See `Method.run`. The score is the predicted class's, or that of ``target``."""
        from workbench.interpret.look import gradients, look

        entrance = model.input_ids[0]
        if layer and layer != entrance:
            raise UserError(
                "saliency is of the input, not of a layer.",
                place=f"layer {layer}",
                remedy="Leave the layer out, or use gradients.",
            )
        seen = look(model, dataset, entrance, sample, target, of="score", loss=loss)
        found = {
            "saliency": np.abs(gradients(seen, entrance)[entrance]),
            "input": seen.captured.activations[entrance][0],
        }
        return seen.result(found, f"Size of the gradient of {seen.of} with respect to the input.")
