"""What a layer has learned, and where the loss would move it."""

from __future__ import annotations

from dataclasses import replace

from workbench.errors import UserError
from workbench.interpret.method import Method, Result
from workbench.interpret.subject import Subject


class Weights(Method):
    """Two arrays a parameter: ``conv1.weight`` and ``conv1.weight.grad``."""

    name = "weights"
    title = "Weights"
    help = "A layer's parameters, and the gradients of the sample's loss with respect to them."

    def run(self, subject: Subject) -> Result:
        """See `Method.run`. A parameter that the output doesn't depend on has no ``.grad``."""
        from workbench.interpret.capture import array, known
        from workbench.interpret.look import look
        from workbench.interpret.parameters import gradients_of

        model, layer = subject.model, subject.layer
        layers = known(model, [layer] if layer else None)
        wanted = {
            name: parameter
            for name, parameter in model.named_parameters()
            if name.partition(".")[0] in layers
        }
        if not wanted:
            raise UserError(
                "there are no weights in it.",
                place=f"layer {layer}" if layer else "model",
                remedy="Choose a layer that learns, such as Linear or Conv2d.",
            )
        seen = look(replace(subject, layer=model.layer_ids[-1]))
        found = {name: array(parameter) for name, parameter in wanted.items()}
        slopes = gradients_of(subject, wanted)
        found |= {f"{name}.grad": array(gradient) for name, gradient in slopes.items()}
        return seen.result(found, f"Parameters, and gradients of {seen.of} with respect to them.")
