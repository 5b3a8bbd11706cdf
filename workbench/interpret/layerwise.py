"""Methods that show what is at the layers' outputs."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from workbench.interpret.method import Method, Of, Result
from workbench.interpret.subject import Subject


class Activations(Method):
    """An array a layer, by its id: its output."""

    name = "activations"
    title = "Activations"
    help = "What each layer makes of the sample."

    def run(self, subject: Subject) -> Result:
        """See `Method.run`."""
        from workbench.interpret.look import look

        seen = look(subject)
        found = {name: output[0] for name, output in seen.captured.activations.items()}
        return seen.result(found, "Outputs of the layers in evaluation mode.")


class Gradients(Method):
    """An array a layer, by its id, in its output's shape."""

    name = "gradients"
    title = "Gradients"
    help = "How the loss, or a class's score, changes with each value of a layer's output."

    of: Of = Field(default="loss", description="The loss against the target, or the score of a class.")

    def run(self, subject: Subject) -> Result:
        """See `Method.run`."""
        from workbench.interpret.look import gradients, look

        seen = look(subject, of=self.of)
        note = f"Gradients of {seen.of} with respect to the layers' outputs."
        return seen.result(gradients(seen, subject.layer), note)


class GradientXActivation(Method):
    """An array a layer, by its id, in its output's shape."""

    name = "gradient_x_activation"
    title = "Gradient × activation"
    help = "How much each value of a layer's output adds to a class's score, to first order."

    of: Of = Field(default="score", description="The score of a class, or the loss against the target.")

    def run(self, subject: Subject) -> Result:
        """See `Method.run`."""
        from workbench.interpret.look import gradients, look

        seen = look(subject, of=self.of)
        outputs = seen.captured.activations
        slopes = gradients(seen, subject.layer)
        with np.errstate(over="ignore", invalid="ignore"):  # weights gone wild: shown as they are
            found = {name: slope * outputs[name][0] for name, slope in slopes.items()}
        return seen.result(found, f"Gradients of {seen.of}, times the layers' outputs.")
