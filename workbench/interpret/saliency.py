"""Which parts of the input an answer hangs on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from workbench.errors import UserError
from workbench.interpret.method import Method, Result
from workbench.interpret.subject import Subject


class Saliency(Method):
    """Arrays in the sample's shape: ``saliency``, and ``input`` as the network gets it.

    Simonyan, Vedaldi and Zisserman, 2013, without the maximum over channels.
    """

    name = "saliency"
    title = "Saliency"
    help = "How strongly a class's score hangs on each value of the input: the gradient's size."
    layers = "input"

    def run(self, subject: Subject) -> Result:
        """See `Method.run`. The score is the predicted class's, or that of the target."""
        from workbench.interpret.look import gradients, look

        entrance = subject.model.input_ids[0]
        if subject.layer not in ("", entrance):
            raise UserError(
                "saliency is of the input, not of a layer.",
                place=f"layer {subject.layer}",
                remedy="Leave the layer out, or use gradients.",
            )
        if subject.dataset.input_dtype == "int64":
            raise UserError(
                "it holds whole-number ids, which have no gradient.",
                place=f"layer {entrance}",
                remedy="Use input × gradient or integrated gradients: they are of the ids' vectors.",
            )
        seen = look(replace(subject, layer=entrance), of="score")
        found = {
            "saliency": np.abs(gradients(seen, entrance)[entrance]),
            "input": seen.captured.activations[entrance][0],
        }
        return seen.result(found, f"Size of the gradient of {seen.of} with respect to the input.")
